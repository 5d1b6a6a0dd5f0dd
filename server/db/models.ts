import type { ResourceKind } from './resources.ts';
import type { Sql } from './sql.ts';

/** A deployed version without its content, with the words of the deployment that brought it. */
export interface DeployedVersion {
  kind: ResourceKind;
  id: string;
  version: number;
  /** File name. */
  name: string;
  createdAt: number;
  createdBy: string;
  /** Of the first release that holds this version. */
  note: string;
}

interface Stored extends Omit<DeployedVersion, 'createdAt' | 'createdBy'> {
  created_at: string;
  created_by: string;
}

const columns = `r.kind, r.id, r.version, r.name, r.created_at, r.created_by, coalesce((
  select e.note from release_resources f join releases e on e.id = f.release_id
  where f.kind = r.kind and f.id = r.id and f.version = r.version order by e.number limit 1), '') as note`;

function fromStored({ created_at, created_by, ...rest }: Stored): DeployedVersion {
  return { ...rest, createdAt: Number(created_at), createdBy: created_by };
}

/** What the newest release holds; empty before the first deployment. */
export async function readCurrentModels(sql: Sql): Promise<DeployedVersion[]> {
  const rows = await sql.query<Stored>(
    `select ${columns} from release_resources m
     join resources r on r.kind = m.kind and r.id = m.id and r.version = m.version
     where m.release_id = (select id from releases order by number desc limit 1) order by r.kind, r.id`,
  );
  return rows.map(fromStored);
}

/** All versions of one resource, newest first; empty when there is none. */
export async function readModelVersions(sql: Sql, kind: ResourceKind, id: string): Promise<DeployedVersion[]> {
  const rows = await sql.query<Stored>(
    `select ${columns} from resources r where r.kind = $1 and r.id = $2 order by r.version desc`,
    [kind, id],
  );
  return rows.map(fromStored);
}

/** The version of each process in a release. */
export async function readProcessVersions(sql: Sql, release: string): Promise<Map<string, number>> {
  const rows = await sql.query<{ id: string; version: number }>(
    "select id, version from release_resources where release_id = $1 and kind = 'process'",
    [release],
  );
  return new Map(rows.map(({ id, version }) => [id, version]));
}
