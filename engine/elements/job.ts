/** Work that the world does: `zeebe:taskDefinition` of service, send, script and business rule tasks and of throw events. */
import type { ModdleElement } from 'bpmn-moddle';
import { BACK_OFF_HEADER, parseBackOff } from '../back-off.ts';
import type { Trigger } from '../behaviour.ts';
import type { Compiler } from '../bpmn/compiler.ts';
import { child, children, extension, text } from '../bpmn/read.ts';
import { evaluate, findable } from '../evaluation.ts';
import { complete, ownScope, tokenOf, type Execution } from '../execution.ts';
import type { Expression } from '../expression/expression.ts';
import { Failure } from '../failure.ts';
import type { ListenerPlace, Token } from '../instance.ts';
import type { Element } from '../model.ts';
import { TimeError } from '../time.ts';

export interface JobSpec {
  readonly type: Expression;
  /** How often it is tried in all. */
  readonly retries: Expression;
  readonly headers: Readonly<Record<string, string>>;
}

/** More attempts than this are not counted. */
const MOST_RETRIES = 1_000_000;

/** The extension elements that make a job. */
export const JOB_EXTENSIONS = ['zeebe:TaskDefinition', 'zeebe:TaskHeaders'] as const;

/** Reads `zeebe:taskDefinition` and `zeebe:taskHeaders`; null when the node has no task definition. */
export function compileJob(node: ModdleElement, c: Compiler): JobSpec | null {
  const definition = extension(node, 'zeebe:TaskDefinition');
  return definition ? compileJobOf(node, definition, c, extension(node, 'zeebe:TaskHeaders')) : null;
}

/** Reads type, retries and headers of a job from a task definition or listener of `node`. */
export function compileJobOf(
  node: ModdleElement,
  definition: ModdleElement,
  c: Compiler,
  headers = child(definition, 'headers'),
): JobSpec {
  const type = text(definition, 'type');
  if (type === undefined) {
    c.problem(node, 'job-type', `Expected every job of "${node.id ?? ''}" to have a type. Fill it in.`);
  }
  const entries = headers ? children(headers, 'values') : [];
  const texts = Object.fromEntries(entries.map((entry) => [text(entry, 'key') ?? '', text(entry, 'value') ?? '']));
  checkBackOff(node, texts[BACK_OFF_HEADER], c);
  return {
    type: c.value(node, type ?? ''),
    retries: c.value(node, text(definition, 'retries') ?? '3'),
    headers: texts,
  };
}

function checkBackOff(node: ModdleElement, pauses: string | undefined, c: Compiler): void {
  if (pauses === undefined) return;
  try {
    parseBackOff(pauses);
  } catch (error) {
    if (!(error instanceof TimeError)) throw error;
    const example = 'Write ISO 8601 durations with commas between them, such as PT10S, PT1M.';
    c.problem(
      node,
      'retry-back-off',
      `Expected the header ${BACK_OFF_HEADER} of "${node.id ?? ''}" to be pauses. ${error.message} ${example}`,
    );
  }
}

/** Asks the world to do the job of this token, or of a listener. */
export function requestJob(x: Execution, token: Token, element: Element, job: JobSpec, listener?: ListenerPlace): void {
  const scope = ownScope(x, token);
  const kind = evaluate(x, scope, job.type, 'job type');
  const retries = Number(evaluate(x, scope, job.retries, 'retries'));
  if (typeof kind !== 'string' || kind === '' || !Number.isInteger(retries) || retries < 1 || retries > MOST_RETRIES) {
    throw new Failure(
      'job',
      `Expected the job of "${element.id}" to have a type and a whole number of retries, but found ` +
        `${JSON.stringify(kind)} and ${JSON.stringify(retries)}.`,
    );
  }
  findable(kind, `the job type of "${element.id}"`);
  const headers = { ...job.headers };
  x.emit(
    listener
      ? { type: 'JobRequested', element: element.id, kind, retries, headers, job: x.draw(), token: token.id, listener }
      : { type: 'JobRequested', element: element.id, kind, retries, headers, job: token.id },
  );
}

/** The trigger of everything that rests until one thing is done for it: it completes with the result. */
export function completeWith(x: Execution, host: number, _element: Element<never>, { variables }: Trigger): void {
  const token = tokenOf(x, host);
  if (token) complete(x, token, variables);
}
