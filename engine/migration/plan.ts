/** What of an instance has which place in another release, and what has none. Reads only. */
import type { Migrate } from '../command.ts';
import type { MovedRecord } from '../event.ts';
import { elementOf, type Execution } from '../execution.ts';
import type { Compensable, Instance, Token } from '../instance.ts';
import type { Element } from '../model.ts';
import type { Release } from '../release.ts';
import { scopeOf } from '../variables.ts';
import { begin } from '../work.ts';
import { counterflow, counterpart, pairOf, type Pair } from './counterpart.ts';

/** Why an instance cannot go over as it is. */
export interface MigrationProblem {
  /** The element, or process, that has no place there. */
  readonly element: string;
  /** The token that is at it. */
  readonly token?: number;
  /** The end of a sentence. */
  readonly reason: string;
}

/** A token, with its element here and there. */
export interface Crossing {
  readonly token: Token;
  readonly before: Element;
  readonly after: Element;
  readonly pair: Pair;
}

export interface Plan {
  /** The process itself; null when it is not there. */
  readonly own: Pair | null;
  readonly problems: MigrationProblem[];
  /** One for each token that has a place there. */
  readonly crossings: Crossing[];
  /** What changes its name. */
  readonly moved: MovedRecord[];
}

/** Why the command would be refused as far as the diagrams tell; nothing when it can be tried. */
export function checkMigration(
  release: Release,
  instance: Instance,
  command: Migrate,
  target: Release,
): MigrationProblem[] {
  return planOf(begin(release, instance, command.at, target), command, target).problems;
}

/** Finds the place of each token, of what waits in a join, and of what can still be undone. */
export function planOf(x: Execution, command: Migrate, target: Release): Plan {
  const own = pairOf(x, target, command, x.instance.process);
  const plan: Plan = { own, problems: [], crossings: [], moved: [] };
  if (!own) {
    plan.problems.push({ element: command.process, reason: `there is no process "${command.process}" there` });
    return plan;
  }
  checkNames(own, command, plan);
  for (const token of x.instance.tokens) cross(x, token, command, target, plan);
  for (const record of x.instance.compensations ?? []) {
    keepRecord(x, record, scopeOf(x.instance, record.scope).process, { command, target, plan });
  }
  for (const incident of x.instance.incidents) {
    const at = plan.crossings.find(({ token }) => token.id === incident.token);
    if (at && at.after.id !== incident.element) plan.moved.push({ id: incident.id, element: at.after.id });
  }
  return plan;
}

/** A mapping that names what is not there is a mistake, also where no token is. */
function checkNames({ here, there }: Pair, { elements }: Migrate, { problems }: Plan): void {
  for (const [from, to] of Object.entries(elements)) {
    if (!here.byId.has(from)) problems.push({ element: from, reason: `process "${here.id}" has no such element` });
    else if (!there.byId.has(to))
      problems.push({ element: from, reason: `there is no "${to}" in process "${there.id}" there` });
  }
}

function cross(x: Execution, token: Token, command: Migrate, target: Release, plan: Plan): void {
  const before = elementOf(x, token);
  const report = (reason: string): void => void plan.problems.push({ element: before.id, token: token.id, reason });
  const pair = pairOf(x, target, command, scopeOf(x.instance, token.scope).process);
  // Told where the process is called.
  if (!pair) return;
  const called = x.instance.scopes.find(({ id, isolated }) => id === token.id && isolated)?.process;
  if (called !== undefined && !pairOf(x, target, command, called)) {
    return report(`it has called process "${called}", which is not there`);
  }
  const after = counterpart(pair, before);
  if (typeof after === 'string') return report(after);
  const renamed = renamedOf(token, { before, after, pair }, report);
  plan.crossings.push({ token, before, after, pair });
  if (renamed) plan.moved.push(renamed);
}

/** The token in the words of the other release; null when they are the same. */
function renamedOf(
  { id, via, awaiting, state }: Token,
  { before, after, pair }: Omit<Crossing, 'token'>,
  report: (reason: string) => void,
): MovedRecord | null {
  const flowOf = (flow: string): string | undefined => {
    const found = before.incoming.find((other) => other.id === flow);
    return found && counterflow(pair, found, after)?.id;
  };
  const renamed: MovedRecord = { id, element: after.id };
  if (state === 'arrived' && via !== undefined) {
    const flow = flowOf(via);
    if (flow === undefined) report(`it came by flow "${via}", which does not lead to "${after.id}" there`);
    else if (flow !== via) renamed.via = flow;
  }
  const awaited = (awaiting ?? []).map((one) => {
    const choice = after.behaviour.choices?.(after).find((other) => other.id === pair.idOf(one))?.id;
    const found = flowOf(one) ?? choice;
    if (found === undefined) report(`"${one}" is still before it, which has no place there`);
    return found ?? one;
  });
  if (awaited.some((one, index) => one !== awaiting?.[index])) renamed.awaiting = awaited;
  return after.id === before.id && Object.keys(renamed).length === 2 ? null : renamed;
}

/** What has completed and can be undone must still be what can be undone. */
function keepRecord(
  x: Execution,
  record: Compensable,
  process: string,
  { command, target, plan }: { command: Migrate; target: Release; plan: Plan },
): void {
  const { id, element, handler, records = [] } = record;
  const report = (reason: string): void =>
    void plan.problems.push({ element, reason: `it has completed and may have to be undone, but ${reason}` });
  const pair = pairOf(x, target, command, process);
  const before = pair?.here.byId.get(element);
  if (!pair || !before) return report(`process "${process}" is not there`);
  const after = counterpart(pair, before);
  if (typeof after === 'string') return report(after);
  const undoes = handler === undefined ? undefined : handlerOf(pair, handler, after);
  if (undoes === null) return report(`nothing undoes it there: its handler was "${handler ?? ''}"`);
  if (after.id !== element || undoes !== handler) {
    plan.moved.push(undoes === undefined ? { id, element: after.id } : { id, element: after.id, handler: undoes });
  }
  const inside = record.process ?? process;
  if (records.length > 0 && !pairOf(x, target, command, inside)) return report(`process "${inside}" is not there`);
  for (const inner of records) keepRecord(x, inner, inside, { command, target, plan });
}

function handlerOf({ there, idOf }: Pair, handler: string, after: Element): string | null {
  const same = there.byId.get(idOf(handler));
  return same?.forCompensation && same.parent === after.parent ? same.id : after.compensation;
}
