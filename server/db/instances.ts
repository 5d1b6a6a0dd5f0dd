import type { Instance } from '../../engine/instance.ts';
import { bucketOf, bucketOfKey } from './key.ts';
import { unpackSnapshot } from './snapshot.ts';
import type { InstanceColumns } from './snapshot.ts';
import type { Sql } from './sql.ts';

/** An instance as it is stored, with the hash of its last journal row. */
export interface StoredInstance {
  instance: Instance;
  hash: Buffer;
}

/** An instance to be written, with what `packSnapshot` gives of it. */
export interface InstanceRow extends StoredInstance {
  snapshot: string;
}

/** The bucket of an instance with a business key, so that it is found by it. */
export function bucketOfBusinessKey(businessKey: string): number {
  return bucketOf('business-key', businessKey);
}

/** Reads the newest state of several instances in one statement; those that do not exist are left out. */
export async function readInstances(sql: Sql, ids: readonly string[]): Promise<Map<string, StoredInstance>> {
  const rows = await sql.query<InstanceColumns & { hash: Buffer }>(
    `select i.id, i.version, i.hash, i.release_id, i.process, i.business_key, i.status, i.started_at, i.ended_at, i.snapshot
     from unnest($1::int[], $2::bigint[]) wanted (bucket, id) join instances i on i.bucket = wanted.bucket and i.id = wanted.id`,
    [ids.map(bucketOfKey), ids],
  );
  return new Map(rows.map((row) => [row.id, { instance: unpackSnapshot(row), hash: row.hash }]));
}

/** Fails with a duplicate (23505) when one of them exists. */
export async function insertInstances(tx: Sql, rows: readonly InstanceRow[]): Promise<void> {
  await tx.run(
    `insert into instances (bucket, id, version, hash, release_id, process, business_key, status, started_at, ended_at, snapshot)
     select * from unnest($1::int[], $2::bigint[], $3::int[], $4::bytea[], $5::bigint[], $6::text[], $7::text[], $8::text[],
       $9::bigint[], $10::bigint[], $11::text[])`,
    [
      rows.map(({ instance }) => bucketOfKey(instance.id)),
      rows.map(({ instance }) => instance.id),
      rows.map(({ instance }) => instance.version),
      rows.map(({ hash }) => hash),
      rows.map(({ instance }) => instance.release),
      rows.map(({ instance }) => instance.process),
      rows.map(({ instance }) => instance.businessKey ?? null),
      rows.map(({ instance }) => instance.status),
      rows.map(({ instance }) => instance.startedAt),
      rows.map(({ instance }) => instance.endedAt ?? null),
      rows.map(({ snapshot }) => snapshot),
    ],
  );
}

/** Pins instances to another release. Primary key. */
export async function repinInstances(
  tx: Sql,
  rows: readonly { id: string; release: string; process: string }[],
): Promise<void> {
  await tx.run(
    `update instances i set release_id = n.release_id, process = n.process
     from unnest($1::int[], $2::bigint[], $3::bigint[], $4::text[]) n (bucket, id, release_id, process)
     where i.bucket = n.bucket and i.id = n.id`,
    [
      rows.map(({ id }) => bucketOfKey(id)),
      rows.map(({ id }) => id),
      rows.map(({ release }) => release),
      rows.map(({ process }) => process),
    ],
  );
}

/** Writes the new states. Fails by a division by zero (22012) unless each of them still has the version that was read. */
export async function updateInstances(
  tx: Sql,
  rows: readonly (InstanceRow & { readVersion: number })[],
): Promise<void> {
  await tx.run(
    `with moved as (
       update instances i set version = n.version, hash = n.hash, status = n.status, ended_at = n.ended_at, snapshot = n.snapshot
       from unnest($1::int[], $2::bigint[], $3::int[], $4::int[], $5::bytea[], $6::text[], $7::bigint[], $8::text[])
         n (bucket, id, read_version, version, hash, status, ended_at, snapshot)
       where i.bucket = n.bucket and i.id = n.id and i.version = n.read_version
       returning 1)
     select 1 / (count(*) = $9)::int from moved`,
    [
      rows.map(({ instance }) => bucketOfKey(instance.id)),
      rows.map(({ instance }) => instance.id),
      rows.map(({ readVersion }) => readVersion),
      rows.map(({ instance }) => instance.version),
      rows.map(({ hash }) => hash),
      rows.map(({ instance }) => instance.status),
      rows.map(({ instance }) => instance.endedAt ?? null),
      rows.map(({ snapshot }) => snapshot),
      rows.length,
    ],
  );
}
