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

/** A request that came with a key, before it is known what it brings about. */
export type Remembered = Pick<RequestRow, 'bucket' | 'hash' | 'fingerprint' | 'expiresAt'>;

/**
 * What has to hold in the transaction of a command, so that the command is done once and no more:
 * `once` is remembered, `request` is remembered with what it moves (`moved`), `key` is taken, the outgoing or buffered message is taken out.
 */
export type Guard =
  | { type: 'once'; once: Once }
  | { type: 'request'; request: Remembered; answer: string | null; moved?: { instance: string; seq: number } }
  | { type: 'key'; key: NamedKey }
  | { type: 'outbox'; row: Part }
  | { type: 'buffered'; message: BufferedMessageId };

/** A guard did not hold: what the command was for has been done already. Nothing was stored. */
export class AlreadyDone extends Rejection {
  constructor(what: string) {
    super('conflict', `Expected ${what} to be new, but it was done already.`);
  }
}

/** One kind of guard: how many rows its statement has to change, and what they are called. */
interface Check {
  names: string[];
  write: (tx: Sql) => Promise<number>;
}

/**
 * Applies all guards, one statement per kind.
 * @throws AlreadyDone when any of them does not hold
 */
export async function applyGuards(tx: Sql, guards: readonly Guard[]): Promise<void> {
  await Promise.all(
    checksOf(guards).map(async ({ names, write }) => {
      if ((await write(tx)) !== names.length) throw new AlreadyDone(names.join(', '));
    }),
  );
}

/**
 * The same for statements that are answered only after the commit: what does not hold makes its statement fail.
 * @throws an error that isConflict knows when any of them does not hold
 */
export async function applyGuardsAtOnce(tx: Sql, guards: readonly Guard[]): Promise<void> {
  await Promise.all(checksOf(guards).map(({ names, write }) => write(exactly(tx, names.length))));
}

/** Statements that fail by a division by zero (22012) unless they change just so many rows. */
function exactly(tx: Sql, count: number): Sql {
  return {
    ...tx,
    run: (text, parameters = []) =>
      tx.run(`with done as (${text} returning 1) select 1 / (count(*) = $${parameters.length + 1})::int from done`, [
        ...parameters,
        count,
      ]),
  };
}

function checksOf(guards: readonly Guard[]): Check[] {
  const once = guards.flatMap((guard) => (guard.type === 'once' ? [guard.once] : []));
  const requests = guards.flatMap((guard) => (guard.type === 'request' ? [rowOf(guard)] : []));
  const keys = guards.flatMap((guard) => (guard.type === 'key' ? [guard.key] : []));
  const sent = guards.flatMap((guard) => (guard.type === 'outbox' ? [guard.row] : []));
  const buffered = guards.flatMap((guard) => (guard.type === 'buffered' ? [guard.message] : []));
  return [
    { names: once.map((it) => `${it.kind} ${it.id}`), write: (tx: Sql) => insertDedup(tx, once) },
    { names: requests.map((it) => `request ${it.hash}`), write: (tx: Sql) => insertRequests(tx, requests) },
    { names: keys.map((it) => `${it.kind} ${it.value}`), write: (tx: Sql) => insertNamedKeys(tx, keys) },
    { names: sent.map((it) => `message ${it.id} of ${it.instance}`), write: (tx: Sql) => deleteOutbox(tx, sent) },
    {
      names: buffered.map((it) => `buffered message ${it.id}`),
      write: (tx: Sql) => deleteBufferedMessages(tx, buffered),
    },
  ].filter(({ names }) => names.length > 0);
}

function rowOf({ request, answer, moved }: Guard & { type: 'request' }): RequestRow {
  return { ...request, answer, instance: moved?.instance ?? null, seq: moved?.seq ?? null };
}
