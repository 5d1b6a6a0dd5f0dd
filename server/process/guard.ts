import { Rejection } from '../../engine/index.ts';
import { deleteBufferedMessages } from '../db/buffered-messages.ts';
import type { BufferedMessageId } from '../db/buffered-messages.ts';
import { insertDedup } from '../db/dedup.ts';
import type { Once } from '../db/dedup.ts';
import { insertNamedKeys } from '../db/named-keys.ts';
import type { NamedKey } from '../db/named-keys.ts';
import { deleteOutbox } from '../db/outbox.ts';
import type { Part } from '../db/part.ts';
import { insertRequests } from '../db/requests.ts';
import type { RequestRow } from '../db/requests.ts';
import type { Sql } from '../db/sql.ts';
import { advanceStartTimer } from '../db/start-timers.ts';
import type { StartTimer } from '../db/start-timers.ts';

/** A request that came with a key, before it is known what it brings about. */
export type Remembered = Pick<RequestRow, 'hash' | 'fingerprint' | 'expiresAt'>;

/**
 * What has to hold in the transaction of a command, so that the command is done once and no more:
 * `once` is remembered, `request` is remembered with what it moves (`moved`), `key` is taken, the outgoing or buffered message is taken out, the start timer is moved on.
 */
export type Guard =
  | { type: 'once'; once: Once }
  | { type: 'request'; request: Remembered; answer: string | null; moved?: { instance: string; seq: number } }
  | { type: 'key'; key: NamedKey }
  | { type: 'outbox'; row: Part }
  | { type: 'buffered'; message: BufferedMessageId }
  | { type: 'start-timer'; timer: StartTimer; next: Pick<StartTimer, 'dueAt' | 'repeat'> | null };

/** A guard did not hold: what the command was for has been done already. Nothing was stored. */
export class AlreadyDone extends Rejection {
  constructor(what: string) {
    super('conflict', `Expected ${what} to be new, but it was done already.`);
  }
}

/**
 * Applies all guards, one statement per kind.
 * @throws AlreadyDone when any of them does not hold
 */
export async function applyGuards(tx: Sql, guards: readonly Guard[]): Promise<void> {
  const once = guards.flatMap((guard) => (guard.type === 'once' ? [guard.once] : []));
  expect(once, once.length === 0 ? 0 : await insertDedup(tx, once), (it) => `${it.kind} ${it.id}`);
  const requests = guards.flatMap((guard) => (guard.type === 'request' ? [rowOf(guard)] : []));
  expect(requests, requests.length === 0 ? 0 : await insertRequests(tx, requests), (it) => `request ${it.hash}`);
  const keys = guards.flatMap((guard) => (guard.type === 'key' ? [guard.key] : []));
  expect(keys, keys.length === 0 ? 0 : await insertNamedKeys(tx, keys), (it) => `${it.kind} ${it.value}`);
  const rows = guards.flatMap((guard) => (guard.type === 'outbox' ? [guard.row] : []));
  expect(rows, rows.length === 0 ? 0 : await deleteOutbox(tx, rows), (it) => `message ${it.id} of ${it.instance}`);
  const messages = guards.flatMap((guard) => (guard.type === 'buffered' ? [guard.message] : []));
  const taken = messages.length === 0 ? 0 : await deleteBufferedMessages(tx, messages);
  expect(messages, taken, (it) => `buffered message ${it.id}`);
  for (const guard of guards) {
    if (guard.type === 'start-timer' && !(await advanceStartTimer(tx, guard.timer, guard.next))) {
      throw new AlreadyDone(`the start of ${guard.timer.process} at ${guard.timer.dueAt}`);
    }
  }
}

function rowOf({ request, answer, moved }: Guard & { type: 'request' }): RequestRow {
  return { ...request, answer, instance: moved?.instance ?? null, seq: moved?.seq ?? null };
}

function expect<T>(wanted: readonly T[], done: number, name: (it: T) => string): void {
  if (done !== wanted.length) throw new AlreadyDone(wanted.map(name).join(', '));
}
