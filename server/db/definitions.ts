/** Statements on `definitions`: by key, by the file that defines them (both unique), or over the whole small table. */
import type { Database } from './database.ts';
import type { Resource, ResourceKind, ResourceVersion } from './resources.ts';
import { searchTable } from './search.ts';
import type { Found, Search, SearchTable } from './search.ts';
import type { Sql } from './sql.ts';

/** `requirements` is a decision file as a whole. */
export type DefinitionKind = 'process' | 'decision' | 'requirements' | 'form';

/** What a file says of one thing that it defines. */
export interface Described {
  kind: DefinitionKind;
  /** Id in the file. */
  id: string;
  /** '' = none. */
  name: string;
  versionTag: string | null;
}

/** A process, decision or form in one version. */
export interface Definition extends Described {
  /** Decimal string; never changes. */
  key: string;
  /** From 1, counted per kind and id. */
  version: number;
  resource: ResourceVersion;
  /** File name. */
  resourceName: string;
  /** Of a decision: the file as a whole; else null. */
  requirements: { key: string; id: string; name: string } | null;
}

interface Row {
  key: string;
  kind: DefinitionKind;
  id: string;
  version: number;
  name: string;
  version_tag: string | null;
  resource_kind: ResourceKind;
  resource_id: string;
  resource_version: number;
  resource_name: string;
  requirements_key: string | null;
  requirements_id: string;
  requirements_name: string;
}

function definitionOf(row: Row): Definition {
  const { key, kind, id, version, name, requirements_key: requirements } = row;
  return {
    key,
    kind,
    id,
    version,
    name,
    versionTag: row.version_tag,
    resource: { kind: row.resource_kind, id: row.resource_id, version: row.resource_version },
    resourceName: row.resource_name,
    requirements:
      requirements === null ? null : { key: requirements, id: row.requirements_id, name: row.requirements_name },
  };
}

const columns = `d.key, d.kind, d.id, d.version, d.name, d.version_tag, d.resource_kind, d.resource_id,
  d.resource_version, r.name as resource_name,
  q.key as requirements_key, q.id as requirements_id, q.name as requirements_name`;
/** The rest of a statement that names `definitions d` before. */
const withFile = `
  join resources r on r.kind = d.resource_kind and r.id = d.resource_id and r.version = d.resource_version
  left join definitions q on d.kind = 'decision' and q.resource_kind = d.resource_kind
    and q.resource_id = d.resource_id and q.resource_version = d.resource_version and q.kind = 'requirements'`;

/**
 * Writes what a version of a file defines, under this key, unless it is written already.
 * Fails with a duplicate (23505) when somebody else takes the same version number first.
 */
export async function insertDefinition(
  tx: Sql,
  key: string,
  { kind, id, name, versionTag }: Described,
  resource: ResourceVersion,
): Promise<void> {
  await tx.run(
    `insert into definitions
       (key, kind, id, version, name, version_tag, resource_kind, resource_id, resource_version)
     select $1::bigint, $2::text, $3::text, coalesce(max(version), 0) + 1, $4::text, $5::text, $6::text, $7::text,
       $8::int
     from definitions where kind = $2 and id = $3
     having count(*) filter (where resource_kind = $6 and resource_id = $7 and resource_version = $8) = 0`,
    [key, kind, id, name, versionTag, resource.kind, resource.id, resource.version],
  );
}

/** Files of which nothing is written yet: those that were deployed before there were definitions. */
export async function readUndescribed(sql: Sql): Promise<Pick<Resource, 'kind' | 'id' | 'version' | 'content'>[]> {
  return sql.query(
    `select r.kind, r.id, r.version, r.content from resources r
     where not exists (select 1 from definitions d
       where d.resource_kind = r.kind and d.resource_id = r.id and d.resource_version = r.version)
     order by r.kind, r.id, r.version`,
  );
}

/** The definition of a key, or null. */
export async function readDefinition(sql: Sql, key: string): Promise<Definition | null> {
  const [row] = await sql.query<Row>(`select ${columns} from definitions d ${withFile} where d.key = $1`, [key]);
  return row === undefined ? null : definitionOf(row);
}

/** One version of a definition, or null. */
export async function readDefinitionVersion(
  sql: Sql,
  kind: DefinitionKind,
  id: string,
  version: number,
): Promise<Definition | null> {
  const [row] = await sql.query<Row>(
    `select ${columns} from definitions d ${withFile} where d.kind = $1 and d.id = $2 and d.version = $3`,
    [kind, id, version],
  );
  return row === undefined ? null : definitionOf(row);
}

/** What the files of a release define. */
export async function readDefinitionsOf(sql: Sql, release: string): Promise<Definition[]> {
  const rows = await sql.query<Row>(
    `select ${columns} from release_resources m
     join definitions d
       on d.resource_kind = m.kind and d.resource_id = m.id and d.resource_version = m.version ${withFile}
     where m.release_id = $1 order by d.kind, d.id`,
    [release],
  );
  return rows.map(definitionOf);
}

/** The newest release that holds this version of a file, or null. */
export async function readReleaseWith(sql: Sql, { kind, id, version }: ResourceVersion): Promise<string | null> {
  const [row] = await sql.query<{ id: string }>(
    `select e.id from release_resources m join releases e on e.id = m.release_id
     where m.kind = $1 and m.id = $2 and m.version = $3 order by e.number desc limit 1`,
    [kind, id, version],
  );
  return row?.id ?? null;
}

/** All releases that hold this version of a file. */
export async function readReleasesWith(sql: Sql, { kind, id, version }: ResourceVersion): Promise<string[]> {
  const rows = await sql.query<{ release_id: string }>(
    'select release_id from release_resources where kind = $1 and id = $2 and version = $3 order by release_id',
    [kind, id, version],
  );
  return rows.map((row) => row.release_id);
}

const table: SearchTable = {
  select: columns,
  from: `definitions d ${withFile}`,
  columns: {
    key: { kind: 'key', sql: 'd.key' },
    id: { kind: 'text', sql: 'd.id' },
    version: { kind: 'integer', sql: 'd.version' },
    name: { kind: 'text', sql: 'd.name' },
    versionTag: { kind: 'text', sql: 'd.version_tag', nullable: true },
    resourceName: { kind: 'text', sql: 'r.name' },
    tenantId: { kind: 'text', sql: "'<default>'::text" },
    // No diagram with a form at its start can be deployed: start events have none here.
    startForm: { kind: 'boolean', sql: 'false' },
    requirementsKey: { kind: 'key', sql: 'q.key', nullable: true },
    requirementsId: { kind: 'text', sql: 'q.id', nullable: true },
    requirementsName: { kind: 'text', sql: 'q.name', nullable: true },
  },
  unique: ['key'],
};

const newest = {
  sql: `exists (select 1 from release_resources m
    where m.release_id = (select e.id from releases e order by e.number desc limit 1)
      and m.kind = d.resource_kind and m.id = d.resource_id and m.version = d.resource_version)`,
  bindings: [],
};

/** Searches definitions of one kind; `latest`: only those (true), or only others (false) than the newest release has. */
export async function searchDefinitions(
  db: Pick<Database, 'knex'>,
  kind: DefinitionKind,
  search: Search,
  latest?: boolean,
): Promise<Found<Definition>> {
  const found = await searchTable<Row>(db, table, search, [
    { sql: 'd.kind = ?', bindings: [kind] },
    ...(latest === undefined ? [] : [latest ? newest : { ...newest, sql: `not ${newest.sql}` }]),
  ]);
  return { ...found, rows: found.rows.map(definitionOf) };
}
