/** Statements on `sessions`: by primary key, or by the index sessions_login. */
import type { Instant } from '../../engine/instance.ts';
import type { Session, SessionEntry } from '../people/session.ts';
import type { Sql } from './sql.ts';
import { userOf } from './users.ts';
import type { UserRow } from './users.ts';

interface SessionRow {
  id: string;
  user_agent: string;
  created_at: string;
  seen_at: string;
  expires_at: string;
}

function entryOf(row: SessionRow): SessionEntry {
  return {
    id: row.id,
    userAgent: row.user_agent,
    createdAt: Number(row.created_at),
    seenAt: Number(row.seen_at),
    expiresAt: Number(row.expires_at),
  };
}

export async function insertSession(sql: Sql, tokenHash: string, login: string, session: SessionEntry): Promise<void> {
  await sql.run(
    `insert into sessions (token_hash, id, login, user_agent, created_at, seen_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [tokenHash, session.id, login, session.userAgent, session.createdAt, session.seenAt, session.expiresAt],
  );
}

/** The session that has not expired, with its person. */
export async function selectSession(
  sql: Sql,
  tokenHash: string,
  now: Instant,
): Promise<Omit<Session, 'secret'> | null> {
  const [row] = await sql.query<UserRow & SessionRow & { session_at: string }>(
    `select s.id, s.user_agent, s.created_at as session_at, s.seen_at, s.expires_at, u.login, u.name, u.email, u.locale,
       u.theme, u.shortcuts, u.roles, u.groups, u.disabled, u.created_at
     from sessions s join users u on u.login = s.login where s.token_hash = $1 and s.expires_at > $2`,
    [tokenHash, now],
  );
  return row ? { ...entryOf({ ...row, created_at: row.session_at }), user: userOf(row) } : null;
}

export async function touchSession(sql: Sql, tokenHash: string, now: Instant): Promise<void> {
  await sql.run('update sessions set seen_at = $2 where token_hash = $1', [tokenHash, now]);
}

export async function selectSessionsOf(sql: Sql, login: string, now: Instant): Promise<SessionEntry[]> {
  const rows = await sql.query<SessionRow>(
    `select id, user_agent, created_at, seen_at, expires_at from sessions
     where login = $1 and expires_at > $2 order by created_at desc`,
    [login, now],
  );
  return rows.map(entryOf);
}

export async function deleteSession(sql: Sql, login: string, id: string): Promise<void> {
  await sql.run('delete from sessions where login = $1 and id = $2', [login, id]);
}

/** Forgets sessions that nobody can use any more. Not by an index: rarely. */
export async function deleteExpiredSessions(sql: Sql, now: Instant): Promise<void> {
  await sql.run('delete from sessions where expires_at <= $1', [now]);
}

/** Ends all sessions of a person, but the one with the id `keep`. */
export async function deleteSessionsOf(sql: Sql, login: string, keep = ''): Promise<void> {
  await sql.run('delete from sessions where login = $1 and id <> $2', [login, keep]);
}
