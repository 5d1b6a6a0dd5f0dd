/**
 * Undoing what has completed (BPMN 2.0, 10.7 and 13.5.5). A record is used up when its compensation begins. All of them
 * begin at once, the latest completed first; who threw waits until the last is done.
 */
import {
  childrenOf,
  complete,
  createToken,
  disarm,
  elementIn,
  elementOf,
  gone,
  takeIn,
  tokenOf,
  type Execution,
} from './execution.ts';
import { openScope, setLocal } from './mappings.ts';
import { terminate } from './termination.ts';
import type { Compensable, Token } from './instance.ts';
import { compensationStart } from './keep.ts';

/**
 * Begins to undo, on behalf of the token `by`, what completed in a scope; gives how much that is.
 * @param activity only this activity
 */
export function compensate(x: Execution, scope: number, by: number, activity: string | null = null): number {
  const records = (x.instance.compensations ?? []).filter(
    (record) =>
      record.scope === scope &&
      (activity === null || record.element === activity) &&
      // A call activity is on record a little before it has completed.
      !tokenOf(x, record.id),
  );
  for (const record of records.reverse()) begin(x, record, by);
  return records.length;
}

/** Makes the token that undoes one record: at the handler, or at the activity itself, whose inside is opened again. */
function begin(x: Execution, record: Compensable, by: number): void {
  const { handler, variables } = record;
  if (handler !== undefined && variables === undefined) return handle(x, record.scope, handler, by, record.id);
  const id = createToken(x, elementIn(x, record.scope, record.element), record.scope);
  x.emit({ type: 'CompensationStarted', token: id, record: record.id, by });
  x.later(() => {
    const token = tokenOf(x, id);
    if (token) reopen(x, token, record);
  });
}

/** Makes the token that undoes at the handler. */
function handle(x: Execution, scope: number, handler: string, by: number, record?: number): void {
  const element = elementIn(x, scope, handler);
  const id = createToken(x, element, scope);
  const started = { type: 'CompensationStarted', token: id, by } as const;
  x.emit(record === undefined ? started : { ...started, record });
  x.later(() => {
    const token = tokenOf(x, id);
    if (token) takeIn(x, token, element);
  });
}

/** Opens the inside of a completed activity, or iteration, with the variables it had, and undoes it there. */
function reopen(x: Execution, token: Token, record: Compensable): void {
  x.emit({ type: 'ElementEntered', token: token.id });
  openScope(x, token, record.process);
  setLocal(x, token.id, record.variables ?? {});
  const start = compensationStart(childrenOf(x, token.id));
  if (record.handler !== undefined) handle(x, token.id, record.handler, token.id);
  else if (start) start.behaviour.trigger?.(x, token.id, start, { kind: 'compensation', variables: {} });
  else compensate(x, token.id, token.id);
  x.later(() => gone(x, token.id));
}

/**
 * Cancels a transaction (BPMN 2.0, 10.3.5): all that goes on inside ends, all that completed inside is undone. An activity
 * that still goes on has not completed, so that what it did is not undone (10.7 leaves that open; other engines do the
 * same), but for what lies around the thrower, what is just being left, and the iterations of a loop, which have completed
 * each by itself. The transaction's element is told when that is done.
 */
export function cancelTransaction(x: Execution, thrower: Token, transaction: Token): void {
  const around = new Set<number>();
  for (let scope = thrower.scope; scope !== transaction.id;) {
    around.add(scope);
    scope = tokenOf(x, scope)?.scope ?? transaction.id;
  }
  complete(x, thrower);
  x.emit({ type: 'TransactionCancelled', token: transaction.id });
  disarm(x, transaction.id);
  undoInside(x, transaction.id, around);
  x.later(() => gone(x, transaction.id));
}

/** Ends what goes on in a scope, but for what is already being undone, and undoes what completed there. */
function undoInside(x: Execution, scope: number, around: ReadonlySet<number>): void {
  for (const { id } of x.instance.tokens.filter((token) => token.scope === scope)) {
    const token = tokenOf(x, id);
    if (!token || token.compensates !== undefined) continue;
    const isBody = elementOf(x, token).loop !== null && token.iteration === undefined;
    if ((isBody || around.has(id) || isBeingLeft(x, token)) && holdsRecords(x, id)) turnBack(x, token, scope, around);
    else terminate(x, token);
  }
  compensate(x, scope, scope);
}

/** Whether its inside is done: its end listener is told, or an incident keeps it from going on. */
function isBeingLeft({ instance }: Execution, { id, job }: Token): boolean {
  return (
    job?.listener?.event === 'end' || instance.incidents.some(({ token, phase }) => token === id && phase === 'leave')
  );
}

/** What still goes on, in which something completed that is to be undone, is undone from its inside. */
function turnBack(x: Execution, token: Token, by: number, around: ReadonlySet<number>): void {
  for (const { id } of x.instance.incidents.filter((incident) => incident.token === token.id)) {
    x.emit({ type: 'IncidentResolved', incident: id });
  }
  // The listener of an activity that was just being left.
  if (token.job) x.emit({ type: 'JobCancelled', job: token.job.id ?? token.id });
  disarm(x, token.id);
  x.emit({ type: 'CompensationStarted', token: token.id, by });
  undoInside(x, token.id, around);
  x.later(() => gone(x, token.id));
}

function holdsRecords(x: Execution, scope: number): boolean {
  const { compensations, tokens } = x.instance;
  if (compensations === undefined) return false;
  return (
    compensations.some((record) => record.scope === scope) ||
    tokens.some((token) => token.scope === scope && holdsRecords(x, token.id))
  );
}
