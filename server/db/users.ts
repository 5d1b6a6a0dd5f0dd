/** Statements on `users`; all by primary key or over the whole small table. */
import type { Role } from '../people/permission.ts';
import type { Credentials, Theme, User } from '../people/user.ts';
import type { Locale } from '../web/locales.ts';
import type { Sql } from './sql.ts';

/** A row of `users` without its password. */
export interface UserRow {
  login: string;
  name: string;
  email: string;
  locale: Locale | null;
  theme: Theme;
  shortcuts: boolean;
  roles: Role[];
  groups: string[];
  disabled: boolean;
  created_at: string;
}

/** The person of a row. */
export function userOf(row: UserRow): User {
  const { login, name, email, locale, theme, shortcuts, roles, groups, disabled } = row;
  return { login, name, email, locale, theme, shortcuts, roles, groups, disabled, createdAt: Number(row.created_at) };
}

/** @returns false when the login is taken */
export async function insertUser(sql: Sql, user: User, passwordHash: string): Promise<boolean> {
  const changed = await sql.run(
    `insert into users (login, name, email, locale, theme, shortcuts, roles, groups, password_hash, disabled, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (login) do nothing`,
    [
      user.login,
      user.name,
      user.email,
      user.locale,
      user.theme,
      user.shortcuts,
      user.roles,
      user.groups,
      passwordHash,
      user.disabled,
      user.createdAt,
    ],
  );
  return changed === 1;
}

export async function selectUser(sql: Sql, login: string): Promise<Credentials | null> {
  const [row] = await sql.query<UserRow & { password_hash: string | null }>(
    `select login, name, email, locale, theme, shortcuts, roles, groups, disabled, created_at, password_hash
     from users where login = $1`,
    [login],
  );
  return row ? { user: userOf(row), passwordHash: row.password_hash } : null;
}

export async function selectUsers(sql: Sql): Promise<User[]> {
  const rows = await sql.query<UserRow>(
    `select login, name, email, locale, theme, shortcuts, roles, groups, disabled, created_at
     from users order by login`,
  );
  return rows.map(userOf);
}

/** Whether there is any account at all. */
export async function existsUser(sql: Sql): Promise<boolean> {
  return (await sql.query<{ one: number }>('select 1 as one from users limit 1')).length > 0;
}

/** Writes everything but login, password and age. */
export async function updateUser(sql: Sql, user: User): Promise<void> {
  await sql.run(
    `update users set name = $2, email = $3, locale = $4, theme = $5, shortcuts = $6, roles = $7, groups = $8,
       disabled = $9 where login = $1`,
    [
      user.login,
      user.name,
      user.email,
      user.locale,
      user.theme,
      user.shortcuts,
      user.roles,
      user.groups,
      user.disabled,
    ],
  );
}

export async function updatePassword(sql: Sql, login: string, passwordHash: string): Promise<void> {
  await sql.run('update users set password_hash = $2 where login = $1', [login, passwordHash]);
}
