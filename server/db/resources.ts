import { createHash } from 'node:crypto';
import type { Instant } from '../../engine/index.ts';
import type { Sql } from './sql.ts';

export type ResourceKind = 'process' | 'decision' | 'form';

/** Names one immutable version of a resource. */
export interface ResourceVersion {
  kind: ResourceKind;
  /** Id of the process, of the decision model or of the form. */
  id: string;
  /** From 1. */
  version: number;
}

export interface Resource extends ResourceVersion {
  /** Hexadecimal, of the content as UTF-8. */
  sha256: string;
  /** File name. */
  name: string;
  content: string;
  createdAt: Instant;
  createdBy: string;
}

/** SHA-256 of a text as UTF-8, hexadecimal. */
export function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

interface Stored {
  kind: ResourceKind;
  id: string;
  version: number;
  sha256: Buffer;
  name: string;
  content: string;
  created_at: string;
  created_by: string;
}

function fromStored(row: Stored): Resource {
  return { ...metadataOf(row), content: row.content };
}

function metadataOf(row: Omit<Stored, 'content'>): Omit<Resource, 'content'> {
  return {
    kind: row.kind,
    id: row.id,
    version: row.version,
    sha256: row.sha256.toString('hex'),
    name: row.name,
    createdAt: Number(row.created_at),
    createdBy: row.created_by,
  };
}

const columns = 'r.kind, r.id, r.version, r.sha256, r.name, r.content, r.created_at, r.created_by';

/**
 * The version with these bytes: the one that is there, or the next one.
 * Fails with a duplicate (23505) when another deployment takes the same version number first.
 */
export async function ensureResource(
  tx: Sql,
  resource: Pick<Resource, 'kind' | 'id' | 'name' | 'content' | 'createdAt' | 'createdBy'>,
): Promise<ResourceVersion> {
  const { kind, id, name, content, createdAt, createdBy } = resource;
  const digest = Buffer.from(sha256(content), 'hex');
  const [same] = await tx.query<{ version: number }>(
    'select version from resources where kind = $1 and id = $2 and sha256 = $3',
    [kind, id, digest],
  );
  if (same !== undefined) return { kind, id, version: same.version };
  const [next] = await tx.query<{ version: number }>(
    `insert into resources (kind, id, version, sha256, name, content, created_at, created_by)
     select $1::text, $2::text, coalesce(max(version), 0) + 1, $3::bytea, $4::text, $5::text, $6::bigint, $7::text
     from resources where kind = $1 and id = $2 returning version`,
    [kind, id, digest, name, content, createdAt, createdBy],
  );
  if (next === undefined) throw new Error(`Expected a new version of ${kind} ${id}, but the database gave none.`);
  return { kind, id, version: next.version };
}

/** One version with its content, or null. */
export async function readResource(sql: Sql, { kind, id, version }: ResourceVersion): Promise<Resource | null> {
  const [row] = await sql.query<Stored>(
    `select ${columns} from resources r where r.kind = $1 and r.id = $2 and r.version = $3`,
    [kind, id, version],
  );
  return row === undefined ? null : fromStored(row);
}

/** All versions of a resource without their content, newest first. */
export async function readVersions(sql: Sql, kind: ResourceKind, id: string): Promise<Omit<Resource, 'content'>[]> {
  const rows = await sql.query<Omit<Stored, 'content'>>(
    `select kind, id, version, sha256, name, created_at, created_by from resources
     where kind = $1 and id = $2 order by version desc`,
    [kind, id],
  );
  return rows.map(metadataOf);
}

/** All resources of a release, with their content. */
export async function readResourcesOf(sql: Sql, release: string): Promise<Resource[]> {
  const rows = await sql.query<Stored>(
    `select ${columns} from release_resources m
     join resources r on r.kind = m.kind and r.id = m.id and r.version = m.version
     where m.release_id = $1 order by r.kind, r.id`,
    [release],
  );
  return rows.map(fromStored);
}
