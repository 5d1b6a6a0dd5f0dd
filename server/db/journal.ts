import type { Command } from '../../engine/command.ts';
import type { Event } from '../../engine/event.ts';
import type { Instant } from '../../engine/instance.ts';
import { chainHash, linkHash } from './chain.ts';
import { bucketOfKey } from './key.ts';
import { unpackStep } from './packed-step.ts';
import type { Sql } from './sql.ts';

/** A row as it is stored: command and events as the texts of `packStep`. */
export interface StoredRow {
  instance: string;
  seq: number;
  at: Instant;
  actor: string;
  command: string;
  events: string;
  engine: string;
  prevHash: Buffer;
  hash: Buffer;
}

/** One command of an instance, what it caused, and its link of the hash chain (hashes in hexadecimal). */
export interface JournalRow {
  instance: string;
  /** From 1. */
  seq: number;
  at: Instant;
  actor: string;
  command: Command;
  events: Event[];
  /** Version of the engine that executed it. */
  engine: string;
  prevHash: string;
  hash: string;
}

/**
 * The hash of a row, over what is stored: the hash before it, and three lines: the JSON of actor, at, engine, instance and
 * seq in this order, the command, the events. No line has a line feed in it.
 */
export function hashOfRow({
  instance,
  seq,
  at,
  actor,
  engine,
  command,
  events,
  prevHash,
}: Omit<StoredRow, 'hash'>): Buffer {
  const who = `{"actor":${JSON.stringify(actor)},"at":${at},"engine":${JSON.stringify(engine)},"instance":"${instance}","seq":${seq}}`;
  return linkHash(prevHash, who, '\n', command, '\n', events);
}

/** Does a row have the content of its hash? That of older rows is over what their command and events say. */
export function hasItsHash(row: StoredRow): boolean {
  return hashOfRow(row).equals(row.hash) || olderHash(row)?.equals(row.hash) === true;
}

function olderHash(row: StoredRow): Buffer | null {
  try {
    const { instance, seq, at, actor, engine } = row;
    return chainHash(row.prevHash, { instance, seq, at, actor, engine, ...unpackStep(row, row) });
  } catch {
    return null; // Somebody changed the texts so that they cannot be read any more.
  }
}

/** Fails with a duplicate (23505) when one of the instances has moved on. */
export async function insertJournal(tx: Sql, rows: readonly StoredRow[]): Promise<void> {
  await tx.run(
    `insert into journal (bucket, instance_id, seq, at, actor, command, events, engine, prev_hash, hash)
     select * from unnest($1::int[], $2::bigint[], $3::int[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[],
       $9::bytea[], $10::bytea[])`,
    [
      rows.map((row) => bucketOfKey(row.instance)),
      rows.map((row) => row.instance),
      rows.map((row) => row.seq),
      rows.map((row) => row.at),
      rows.map((row) => row.actor),
      rows.map((row) => row.command),
      rows.map((row) => row.events),
      rows.map((row) => row.engine),
      rows.map((row) => row.prevHash),
      rows.map((row) => row.hash),
    ],
  );
}

interface Columns {
  seq: number;
  at: string;
  actor: string;
  command: string;
  events: string;
  engine: string;
  prev_hash: Buffer;
  hash: Buffer;
}

/** The rows of one instance, in order. */
export async function readJournal(sql: Sql, instance: string): Promise<JournalRow[]> {
  return (await readStored(sql, instance)).map(parseStored);
}

/** What a row says. @throws SyntaxError, or Error, when its texts are no step */
export function parseStored(row: StoredRow): JournalRow {
  const { prevHash, hash, ...columns } = row;
  return { ...columns, ...unpackStep(row, row), prevHash: prevHash.toString('hex'), hash: hash.toString('hex') };
}

/**
 * The rows of one instance as they are stored, in order, wherever they are: what ended long ago is in the archive, in
 * the partition of its end. One statement, so that rows that are being moved are seen once.
 */
export async function readStored(sql: Sql, instance: string): Promise<StoredRow[]> {
  const rows = await sql.query<Columns>(
    `select seq, at, actor, command, events, engine, prev_hash, hash from journal
     where bucket = $1 and instance_id = $2
     union all
     select seq, at, actor, command, events, engine, prev_hash, hash from journal_archive
     where bucket = $1 and instance_id = $2
       and ended_at = (select ended_at from instances where bucket = $1 and id = $2)
     order by seq`,
    [bucketOfKey(instance), instance],
  );
  return rows.map(({ seq, at, actor, command, events, engine, prev_hash: prevHash, hash }) => ({
    instance,
    seq,
    at: Number(at),
    actor,
    command,
    events,
    engine,
    prevHash,
    hash,
  }));
}

/** The hash of one row, or null when there is no such row. */
export async function readHash(sql: Sql, instance: string, seq: number): Promise<Buffer | null> {
  const [row] = await sql.query<{ hash: Buffer }>(
    'select hash from journal where bucket = $1 and instance_id = $2 and seq = $3',
    [bucketOfKey(instance), instance, seq],
  );
  return row?.hash ?? null;
}
