/** What `byBucket` sends to the database, noted and looked at: PostgreSQL itself does not mind several buckets. */
import type { Database } from '../../server/db/database.ts';
import { readTables } from '../../server/db/distribute.ts';
import { byBucket } from '../../server/db/one-bucket.ts';
import type { Parameter, Sql } from '../../server/db/sql.ts';

/** A statement that reached the database. */
export interface Sent {
  text: string;
  parameters: readonly Parameter[];
}

/** Hears of each statement; `transaction` is the same list for those of one transaction, null outside of any. */
type Hear = (sent: Sent, transaction: Sent[] | null) => void;

/** The database, heard of. */
export function overheard(db: Database, hear: Hear): Database {
  const on = (sql: Sql, transaction: Sent[] | null): Sql => {
    const told = (text: string, parameters: readonly Parameter[]): void => {
      const sent = { text, parameters };
      transaction?.push(sent);
      hear(sent, transaction);
    };
    return {
      query: (text, parameters = []) => (told(text, parameters), sql.query(text, parameters)),
      run: (text, parameters = []) => (told(text, parameters), sql.run(text, parameters)),
    };
  };
  return {
    ...db,
    ...on(db, null),
    transaction: (work) => db.transaction((tx) => work(on(tx, []))),
    atOnce: (...stages) => {
      const sent: Sent[] = [];
      return db.atOnce(...stages.map((stage) => (tx: Sql) => stage(on(tx, sent))));
    },
  };
}

/** The buckets that a statement names. */
export function bucketsIn({ text, parameters }: Sent): number[] {
  const places = [
    ...text.matchAll(/\bbucket = \$(\d+)/g),
    ...text.matchAll(/insert into \w+ (?:as \w+ )?\(bucket\b[^()]*\)\s+values \(\$(\d+)/g),
    // Further rows.
    ...text.matchAll(/\), \(\$(\d+)/g),
  ].map(([, place]) => Number(place) - 1);
  return [...new Set(places.map((place) => Number(parameters[place])))];
}

/** The tables that a statement names. */
export function tablesIn({ text }: Sent): string[] {
  return [...text.matchAll(/\b(?:from|into|update|join|using)\s+(\w+)/g)].flatMap(([, name]) => name ?? []);
}

/** The table that a statement changes; undefined when it changes none. */
export function changedTable({ text }: Sent): string | undefined {
  return /\b(?:insert into|update|delete from)\s+(\w+)/.exec(text)?.[1];
}

/** The names of the tables with a bucket. */
export async function bucketedTables(db: Sql): Promise<Set<string>> {
  return new Set((await readTables(db)).flatMap((table) => (table.bucketed ? [table.name] : [])));
}

/** What Citus would say of its tables: a server that starts finds nothing to distribute. */
const ALL_DISTRIBUTED = `create or replace view pg_dist_partition as
  select oid::regclass as logicalrelid, 'h'::"char" as partmethod, 's'::"char" as repmodel from pg_class`;

/** What administrators do and what retention removes is recorded in the same transaction; both are rare. */
const RECORDED = ['operation_streams', 'leases'];

/**
 * The database as it is used on Citus, which refuses a transaction that changes rows of two buckets; Citus itself would
 * commit that in two phases.
 */
export async function strictlyByBucket(db: Database): Promise<Database> {
  await db.run(ALL_DISTRIBUTED);
  const tables = await bucketedTables(db);
  const changed = (sent: Sent): number[] => (tables.has(changedTable(sent) ?? '') ? bucketsIn(sent) : []);
  const refuse = (sent: Sent, transaction: Sent[] | null): void => {
    if (transaction === null || changed(sent).length === 0) return;
    if (transaction.some((it) => tablesIn(it).some((name) => RECORDED.includes(name)))) return;
    const buckets = new Set(transaction.flatMap(changed));
    if (buckets.size < 2) return;
    const texts = transaction.filter((it) => changed(it).length > 0).map(({ text }) => text.slice(0, 60));
    throw new Error(`Expected a transaction in one bucket, but found ${buckets.size}: ${texts.join(' | ')}`);
  };
  return byBucket(overheard(db, refuse));
}
