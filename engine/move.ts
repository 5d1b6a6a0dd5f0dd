import type { EventOf, MovedRecord } from './event.ts';
import type { Compensable, Instance } from './instance.ts';

/** The fold of InstanceMigrated: records are replaced, or changed where the instance's owner may change them. */
export function move(instance: Instance, event: EventOf<'InstanceMigrated'>): void {
  const before = instance.process;
  const moved = new Map(event.moved.map((one) => [one.id, one]));
  instance.release = event.release;
  instance.process = event.process;
  for (const scope of instance.scopes) {
    if (scope.process === before) scope.process = event.process;
    scope.element = scope.parent === null ? event.process : (moved.get(scope.id)?.element ?? scope.element);
  }
  for (const token of instance.tokens) {
    const { element = token.element, via, awaiting } = moved.get(token.id) ?? {};
    token.element = element;
    if (via !== undefined) token.via = via;
    if (awaiting !== undefined) token.awaiting = awaiting;
  }
  const place = <T extends { id: number; element: string }>(record: T): T => {
    const element = moved.get(record.id)?.element;
    return element === undefined ? record : { ...record, element };
  };
  instance.timers = instance.timers.map(place);
  instance.messages = instance.messages.map(place);
  instance.signals = instance.signals.map(place);
  instance.incidents = instance.incidents.map(place);
  if (instance.conditions) instance.conditions = instance.conditions.map(place);
  if (!instance.compensations) return;
  const processes = { before, after: event.process };
  instance.compensations = instance.compensations.map((record) => placeRecord(record, moved, processes));
}

function placeRecord(
  record: Compensable,
  moved: ReadonlyMap<number, MovedRecord>,
  processes: { before: string; after: string },
): Compensable {
  const { element = record.element, handler = record.handler } = moved.get(record.id) ?? {};
  const placed: Compensable = { ...record, element };
  if (handler !== undefined) placed.handler = handler;
  if (record.process === processes.before) placed.process = processes.after;
  if (record.records) placed.records = record.records.map((inner) => placeRecord(inner, moved, processes));
  return placed;
}
