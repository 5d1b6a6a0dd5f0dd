import type { CompleteJob, FailJob, ThrowError } from '../command.ts';
import { elementOf, raise, tokenOf, type Execution } from '../execution.ts';
import { Failure } from '../failure.ts';
import type { Job, Token } from '../instance.ts';
import { throwError } from '../throwing.ts';
import { addNotes, gone } from './common.ts';

/** CompleteJob: the job's element goes on with the worker's result. */
export function completeJob(x: Execution, command: CompleteJob): void {
  const { token } = openJob(x, command.job);
  for (const incident of x.instance.incidents.filter((other) => other.token === token.id)) {
    x.emit({ type: 'IncidentResolved', incident: incident.id });
  }
  x.emit({ type: 'JobCompleted', job: token.id });
  addNotes(x, command.notes);
  const element = elementOf(x, token);
  element.behaviour.trigger?.(x, token.id, element, { kind: 'job', variables: command.variables });
}

/** FailJob: to be tried again at `retryAt`, or an incident when nothing is left to try. */
export function failJob(x: Execution, command: FailJob): void {
  const { token } = openJob(x, command.job);
  const { message, retryAt } = command;
  const retries = Math.max(0, command.retries);
  x.emit({ type: 'JobFailed', job: token.id, retries, retryAt, message });
  if (retries > 0) return;
  const found = `Expected the job of "${token.element}" to succeed, but it failed for the last time: ${message}`;
  raise(x, token, new Failure('job', found), 'job');
}

/** ThrowError: a BPMN error of the job, to be caught by the diagram. */
export function throwJobError(x: Execution, command: ThrowError): void {
  const { token } = openJob(x, command.job);
  throwError(x, token, command.code, command.message, command.variables);
}

function openJob(x: Execution, id: number): { token: Token; job: Job } {
  const token = tokenOf(x, id);
  if (!token?.job) throw gone(x, `job ${id} to be open`);
  return { token, job: token.job };
}
