/** Accounts of people. */
import { Rejection } from '../../engine/rejection.ts';
import type { Instant } from '../../engine/instance.ts';
import { existsUser, insertUser, selectUser, selectUsers, updatePassword, updateUser } from '../db/users.ts';
import { deleteSessionsOf } from '../db/sessions.ts';
import type { PeopleServices } from './record.ts';
import type { Locale } from '../web/locales.ts';
import { hashPassword, passwordLength, verifyPassword } from './password.ts';
import type { Role } from './permission.ts';

export type Theme = 'auto' | 'light' | 'dark';

export interface User {
  /** Lower-case letters, digits, `.`, `_`, `-`; how assignments and histories name the person. */
  login: string;
  name: string;
  /** '' when unknown. */
  email: string;
  /** null: whatever the browser asks for. */
  locale: Locale | null;
  theme: Theme;
  /** Whether single keys act on lists. */
  shortcuts: boolean;
  roles: Role[];
  /** Ids of support groups, sorted. */
  groups: string[];
  disabled: boolean;
  createdAt: Instant;
}

/** What the password check needs beside the person. */
export interface Credentials {
  user: User;
  /** null: cannot sign in with a password. */
  passwordHash: string | null;
}

export type NewUser = Pick<User, 'login' | 'name'> & Partial<Pick<User, 'email' | 'locale' | 'roles' | 'groups'>>;

/** What an account can change about itself or an administrator about it. */
export type UserChange = Partial<Omit<User, 'login' | 'createdAt'>>;

const loginShape = /^[a-z0-9][a-z0-9._-]{0,63}$/;

function checkPassword(password: string): void {
  if (password.length < passwordLength) {
    throw new Rejection(
      'invalid',
      `Expected a password of at least ${passwordLength} characters, but found ${password.length}. Choose a longer one.`,
    );
  }
}

/** Makes an account. Rejects a login that is taken or malformed and a password that is too short. */
export async function createUser(services: PeopleServices, given: NewUser, password: string): Promise<User> {
  return createHashedUser(services, given, await hashFor(given, password));
}

/** The hash for a new account. Rejects a malformed login and a password that is too short. */
export async function hashFor(given: NewUser, password: string): Promise<string> {
  if (!loginShape.test(given.login)) {
    throw new Rejection(
      'invalid',
      `Expected a login of lower-case letters, digits, ".", "_" and "-", but found "${given.login}".`,
    );
  }
  checkPassword(password);
  return hashPassword(password);
}

/** As `createUser`, with a hash that is there already. */
export async function createHashedUser(services: PeopleServices, given: NewUser, passwordHash: string): Promise<User> {
  const user: User = {
    email: '',
    locale: null,
    roles: [],
    groups: [],
    ...given,
    theme: 'auto',
    shortcuts: true,
    disabled: false,
    createdAt: services.clock.now(),
  };
  if (!(await insertUser(services.db, user, passwordHash))) {
    throw new Rejection('conflict', `Expected a new login, but found that "${given.login}" exists. Choose another.`);
  }
  return user;
}

/** The person with this login. Rejects an unknown one. */
export async function findUser(services: PeopleServices, login: string): Promise<User> {
  const found = await selectUser(services.db, login);
  if (!found) throw new Rejection('not-found', `Expected an account with the login "${login}", but found none.`);
  return found.user;
}

/** All accounts, by login. */
export function listUsers(services: PeopleServices): Promise<User[]> {
  return selectUsers(services.db);
}

/** True while no account exists: then, and only then, the first-run page makes the administrator. */
export async function hasNoUsers(services: PeopleServices): Promise<boolean> {
  return !(await existsUser(services.db));
}

/** Changes what is given; a disabled account loses its sessions. Rejects an unknown login. */
export async function changeUser(services: PeopleServices, login: string, change: UserChange): Promise<User> {
  const user = { ...(await findUser(services, login)), ...change };
  await updateUser(services.db, { ...user, groups: [...user.groups].sort() });
  if (user.disabled) await deleteSessionsOf(services.db, login);
  return user;
}

/** Sets a new password and ends all sessions but the one kept. Rejects a password that is too short. */
export async function setPassword(
  services: PeopleServices,
  login: string,
  password: string,
  keep?: string,
): Promise<void> {
  checkPassword(password);
  await updatePassword(services.db, login, await hashPassword(password));
  await deleteSessionsOf(services.db, login, keep);
}

/** The person with this login and what their password is checked against, or null. */
export function findCredentials(services: PeopleServices, login: string): Promise<Credentials | null> {
  return selectUser(services.db, login);
}

/** The person who has this login and password and is not disabled, else null. */
export async function authenticate(services: PeopleServices, login: string, password: string): Promise<User | null> {
  const found = await selectUser(services.db, login.trim().toLowerCase());
  const right = await verifyPassword(password, found?.passwordHash ?? null);
  return right && found && !found.user.disabled ? found.user : null;
}
