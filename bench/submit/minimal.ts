/**
 * The least that a durable write of the same bytes can cost: one row per command, as long as Lanework's journal row and
 * snapshot together, inserted by one statement per batch. Batches form as in Lanework: what came during the last commit.
 */
import type { Database } from '../../server/db/database.ts';
import type { Contender } from './load.ts';

/** The texts that one command stores. */
export interface Bytes {
  journal: string;
  snapshot: string;
}

interface Waiting {
  bytes: Bytes;
  id: number;
  done: () => void;
  failed: (error: unknown) => void;
}

const MAX_COMMANDS = 256;

/** @param stored what the commands of a case store, one after the other */
export async function minimal(db: Database, stored: readonly Bytes[]): Promise<Contender> {
  await db.run(
    'create table minimal (bucket int, id bigint, seq int, journal text, snapshot text, primary key (bucket, id, seq))',
  );
  const queue: Waiting[] = [];
  let ids = 0;
  let running = false;
  const work = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = queue.splice(0, MAX_COMMANDS);
      try {
        await write(db, batch);
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    running = false;
  };
  return {
    caller() {
      let next = 0;
      return () => {
        const bytes = stored[next % stored.length];
        if (bytes === undefined) throw new Error('Expected the bytes of at least one command.');
        next += 1;
        ids += 1;
        const id = ids;
        return new Promise<void>((done, failed) => {
          queue.push({ bytes, id, done, failed });
          if (running) return;
          running = true;
          void work();
        });
      };
    },
  };
}

async function write(db: Database, batch: readonly Waiting[]): Promise<void> {
  await db.run(
    `insert into minimal (bucket, id, seq, journal, snapshot)
     select * from unnest($1::int[], $2::bigint[], $3::int[], $4::text[], $5::text[])`,
    [
      batch.map(({ id }) => bucketOfRun(id >> 6)),
      batch.map(({ id }) => id),
      batch.map(() => 1),
      batch.map(({ bytes }) => bytes.journal),
      batch.map(({ bytes }) => bytes.snapshot),
    ],
  );
}

/** Runs of ids lie in buckets anywhere, as the keys of instances do. */
function bucketOfRun(run: number): number {
  return Math.imul(run, 0x9e3779b1) >>> 20;
}
