import type { CompleteJob, FailJob, ThrowError, UpdateJob } from '../command.ts';
import { elementOf, guard, moveOn, raise, tokenOf, work, type Execution } from '../execution.ts';
import { setInside, setVariables } from '../mappings.ts';
import { Failure } from '../failure.ts';
import { tokenWithJob, type Job, type ListenerPlace, type Token, type Variables } from '../instance.ts';
import { listen } from '../listeners.ts';
import type { Element } from '../model.ts';
import { Rejection } from '../rejection.ts';
import { throwError } from '../throwing.ts';
import { addNotes, gone } from './common.ts';

/** CompleteJob: the job's element goes on with the worker's result. */
export function completeJob(x: Execution, command: CompleteJob): void {
  const { token, job } = openJob(x, command.job);
  for (const incident of x.instance.incidents.filter((other) => other.token === token.id)) {
    x.emit({ type: 'IncidentResolved', incident: incident.id });
  }
  x.emit({ type: 'JobCompleted', job: command.job });
  addNotes(x, command.notes);
  const element = elementOf(x, token);
  if (job.listener) return heard(x, token, element, job.listener, command.variables);
  element.behaviour.trigger?.(x, token.id, element, { kind: 'job', variables: command.variables });
}

/** A listener is done: its variables are the element's own (`end`: a part of its result); then the next, or what they were for. */
function heard(x: Execution, token: Token, element: Element, place: ListenerPlace, variables: Variables): void {
  const { event, done, pending } = place;
  if (event === 'end') setVariables(x, token.scope, variables);
  else setInside(x, token, variables);
  if (listen(x, token, element, event, done + 1, pending)) return;
  if (event === 'start') work(x, token.id, element);
  else if (event === 'end') moveOn(x, token.id, element);
  else guard(x, token.id, 'enter', () => element.behaviour.heard?.(x, token, element, place));
}

/** FailJob: to be tried again at `retryAt`, or an incident when nothing is left to try. */
export function failJob(x: Execution, command: FailJob): void {
  const { token } = openJob(x, command.job);
  const { message, retryAt, variables } = command;
  const retries = Math.max(0, command.retries);
  x.emit({ type: 'JobFailed', job: command.job, retries, retryAt, message });
  if (variables) setInside(x, token, variables);
  if (retries > 0) return;
  const found = `Expected the job of "${token.element}" to succeed, but it failed for the last time: ${message}`;
  raise(x, token, new Failure('job', found), 'job');
}

/** ThrowError: a BPMN error of the job, to be caught by the diagram. */
export function throwJobError(x: Execution, command: ThrowError): void {
  const { token } = openJob(x, command.job);
  throwError(x, token, command.code, command.message, command.variables);
}

/** UpdateJob: a new number of attempts. */
export function updateJob(x: Execution, { job, retries }: UpdateJob): void {
  openJob(x, job);
  x.emit({ type: 'JobUpdated', job, retries: attempts(retries) });
}

/**
 * Asks once more for the job that failed: a listener's, or the element's own.
 * @param retries how often it is to be tried; default what it was given since it failed, else what the model says
 */
export function requestAgain(x: Execution, token: Token, element: Element, retries?: number): void {
  const { job } = token;
  const given = retries === undefined ? job?.retries : attempts(retries);
  guard(x, token.id, 'job', () => {
    if (job?.listener) {
      x.emit({ type: 'JobCancelled', job: job.id ?? token.id });
      listen(x, token, element, job.listener.event, job.listener.done, job.listener.pending);
    } else element.behaviour.enter(x, token, element);
    const again = tokenOf(x, token.id)?.job;
    if (!again || !given || again.retries === given) return;
    x.emit({ type: 'JobUpdated', job: again.id ?? token.id, retries: given });
  });
}

function attempts(retries: number): number {
  if (Number.isInteger(retries) && retries > 0) return retries;
  throw new Rejection('invalid', `Expected retries to be a whole number from 1, but found ${retries}.`);
}

function openJob(x: Execution, id: number): { token: Token; job: Job } {
  const token = tokenWithJob(x.instance, id);
  if (!token?.job) throw gone(x, `job ${id} to be open`);
  return { token, job: token.job };
}
