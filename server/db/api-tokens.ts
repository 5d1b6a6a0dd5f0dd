/** Statements on `api_tokens`: by primary key or by the unique token_hash. */
import type { Instant } from '../../engine/instance.ts';
import type { ApiToken } from '../people/api-token.ts';
import type { TokenScope } from '../people/permission.ts';
import type { Sql } from './sql.ts';

interface TokenRow {
  id: string;
  name: string;
  scopes: TokenScope[];
  created_by: string;
  created_at: string;
  revoked_at: string | null;
}

function tokenOf(row: TokenRow): ApiToken {
  return {
    id: row.id,
    name: row.name,
    scopes: row.scopes,
    createdBy: row.created_by,
    createdAt: Number(row.created_at),
    revokedAt: row.revoked_at === null ? null : Number(row.revoked_at),
  };
}

export async function insertToken(sql: Sql, token: ApiToken, tokenHash: string): Promise<void> {
  await sql.run(
    `insert into api_tokens (id, token_hash, name, scopes, created_by, created_at) values ($1, $2, $3, $4, $5, $6)`,
    [token.id, tokenHash, token.name, token.scopes, token.createdBy, token.createdAt],
  );
}

export async function selectToken(sql: Sql, tokenHash: string): Promise<ApiToken | null> {
  const [row] = await sql.query<TokenRow>(
    'select id, name, scopes, created_by, created_at, revoked_at from api_tokens where token_hash = $1',
    [tokenHash],
  );
  return row ? tokenOf(row) : null;
}

export async function selectTokens(sql: Sql): Promise<ApiToken[]> {
  const rows = await sql.query<TokenRow>(
    'select id, name, scopes, created_by, created_at, revoked_at from api_tokens order by created_at desc, id',
  );
  return rows.map(tokenOf);
}

export async function updateTokenRevoked(sql: Sql, id: string, at: Instant): Promise<void> {
  await sql.run('update api_tokens set revoked_at = $2 where id = $1 and revoked_at is null', [id, at]);
}
