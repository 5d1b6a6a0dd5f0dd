import type { Sql } from './sql.ts';

/** A value, unique within its kind, and the key of what it stands for. */
export interface NamedKey {
  /** Follows from the value: the same value lies in the same bucket. */
  bucket: number;
  kind: string;
  value: string;
  ref: string;
}

/** Takes the values; gives how many were free. */
export async function insertNamedKeys(tx: Sql, rows: readonly NamedKey[]): Promise<number> {
  return tx.run(
    `insert into keys (bucket, kind, value, ref) select * from unnest($1::int[], $2::text[], $3::text[], $4::bigint[])
     on conflict do nothing`,
    [
      rows.map((row) => row.bucket),
      rows.map((row) => row.kind),
      rows.map((row) => row.value),
      rows.map((row) => row.ref),
    ],
  );
}
