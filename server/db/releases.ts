import type { Instant } from '../../engine/index.ts';
import type { ResourceVersion } from './resources.ts';
import type { Sql } from './sql.ts';

/** One deployment. */
export interface ReleaseRow {
  /** From 1, without gaps; the largest is the newest. */
  number: number;
  /** Key, to which instances are pinned. */
  id: string;
  at: Instant;
  actor: string;
  /** Why, in the words of who deployed. */
  note: string;
}

/** The newest releases, newest first. */
export async function readReleases(sql: Sql, limit: number): Promise<ReleaseRow[]> {
  const rows = await sql.query<Omit<ReleaseRow, 'at'> & { at: string }>(
    'select number, id, at, actor, note from releases order by number desc limit $1',
    [limit],
  );
  return rows.map((row) => ({ ...row, at: Number(row.at) }));
}

/** Fails with a duplicate (23505) when another deployment took the number first. */
export async function insertRelease(
  tx: Sql,
  release: ReleaseRow,
  resources: readonly ResourceVersion[],
): Promise<void> {
  const { number, id, at, actor, note } = release;
  await tx.run('insert into releases (number, id, at, actor, note) values ($1, $2, $3, $4, $5)', [
    number,
    id,
    at,
    actor,
    note,
  ]);
  await tx.run(
    `insert into release_resources (release_id, kind, id, version)
     select $1::bigint, * from unnest($2::text[], $3::text[], $4::int[])`,
    [id, resources.map((it) => it.kind), resources.map((it) => it.id), resources.map((it) => it.version)],
  );
}
