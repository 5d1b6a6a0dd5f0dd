import type { Command } from '../../engine/command.ts';
import type { Event } from '../../engine/event.ts';
import type { Instant } from '../../engine/instance.ts';
import { canonical } from '../../engine/index.ts';
import { linkHash } from './chain.ts';
import { bucketOfKey } from './key.ts';
import { packStep, unpackStep } from './packed-step.ts';
import type { Step } from './packed-step.ts';
import type { Sql } from './sql.ts';

/** A row with the very texts that its hash is made over: command and events as canonical JSON. */
export interface NewJournalRow {
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

/** A row to be written, with what its texts say. */
export interface StepRow extends NewJournalRow {
  step: Step;
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

/** The hash of a row: over all of its columns but the hashes and the bucket, which the key holds. */
export function hashOfRow(row: Omit<NewJournalRow, 'hash'>): Buffer {
  const { instance, seq, at, actor, engine, command, events, prevHash } = row;
  const who = `{"actor":${canonical(actor)},"at":${at},"command":${command},"engine":${canonical(engine)}`;
  return linkHash(prevHash, `${who},"events":${events},"instance":"${instance}","seq":${seq}}`);
}

/** Fails with a duplicate (23505) when one of the instances has moved on. */
export async function insertJournal(tx: Sql, rows: readonly StepRow[]): Promise<void> {
  const packed = rows.map(({ step }) => packStep(step));
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
      packed.map(({ command }) => command),
      packed.map(({ events }) => events),
      rows.map((row) => row.engine),
      rows.map((row) => row.prevHash),
      rows.map((row) => row.hash),
    ],
  );
}

interface StoredRow {
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
  const rows = await readRows(sql, instance);
  return rows.map(({ prevHash, hash, ...row }) => ({
    ...row,
    ...unpackStep(row, row),
    prevHash: prevHash.toString('hex'),
    hash: hash.toString('hex'),
  }));
}

/** What the texts of a row say. */
export function parseStored(row: NewJournalRow): JournalRow {
  return {
    ...row,
    // What is stored was written as a Command and an Event[].
    command: JSON.parse(row.command) as Command,
    events: JSON.parse(row.events) as Event[],
    prevHash: row.prevHash.toString('hex'),
    hash: row.hash.toString('hex'),
  };
}

/** The rows of one instance, in order, with the texts that their hashes were made over. */
export async function readStored(sql: Sql, instance: string): Promise<NewJournalRow[]> {
  return (await readRows(sql, instance)).map((row) => ({ ...row, ...textsOf(row) }));
}

function textsOf(row: NewJournalRow): Pick<NewJournalRow, 'command' | 'events'> {
  try {
    const { command, events } = unpackStep(row, row);
    return { command: canonical(command), events: canonical(events) };
  } catch {
    // Somebody changed them so that they cannot be read any more; as they are, they do not have their hash.
    return row;
  }
}

/**
 * The rows of one instance as they are stored, in order, wherever they are: what ended long ago is in the archive, in
 * the partition of its end. One statement, so that rows that are being moved are seen once.
 */
async function readRows(sql: Sql, instance: string): Promise<NewJournalRow[]> {
  const rows = await sql.query<StoredRow>(
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
