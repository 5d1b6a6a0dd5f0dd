/**
 * Who calls the API: the bearer of a token, or a person by login and password. A caller that was let in a moment ago is
 * remembered, so that a worker's requests cost no query each; a revoked token, a changed password and a disabled account
 * are noticed at once by the process that does it, and within a second by the others.
 */
import type { Request } from 'express';
import { openToken } from '../people/api-token.ts';
import { peopleRevision } from '../people/revision.ts';
import type { ApiToken } from '../people/api-token.ts';
import { verifyPassword } from '../people/password.ts';
import { hashSecret } from '../people/secret.ts';
import { findCredentials } from '../people/user.ts';
import type { Credentials, User } from '../people/user.ts';
import type { Services } from '../services.ts';
import { countAttempt } from './attempts.ts';
import { Refusal } from './refusal.ts';

/** How long what the database said counts, ms of real time. */
const FRESH = 1000;
/** Callers that are remembered, those that came last. */
const REMEMBERED = 1000;

/** Opens what a request carries as `Authorization`. */
export interface Callers {
  /** The token of this secret. @throws Refusal when it is unknown or revoked */
  token(secret: string): Promise<ApiToken>;
  /** The person of these credentials, base64 as `Basic` has them. @throws Refusal when they are wrong, or too many were */
  person(request: Request, credentials: string): Promise<User>;
}

interface Remembered<Caller> {
  caller: Promise<Caller>;
  /** performance.now() of the question. */
  asked: number;
  /** See `peopleRevision`. */
  revision: number;
}

export function createCallers(services: Services): Callers {
  const tokens = new Map<string, Remembered<ApiToken>>();
  const people = new Map<string, Remembered<Credentials>>();
  return {
    token: (secret) => remember(tokens, hashSecret(secret), () => readToken(services, secret)),
    async person(request, credentials) {
      const key = hashSecret(credentials);
      const { user } = await remember(people, key, async (before) => {
        const { login, password } = readBasic(credentials);
        const again = before && (await unchanged(services, before));
        return again ?? verify(services, request, login, password);
      });
      return user;
    },
  };
}

/** Requests that come at the same moment ask once; what failed is not remembered. */
function remember<Caller>(
  known: Map<string, Remembered<Caller>>,
  key: string,
  ask: (before: Caller | null) => Promise<Caller>,
): Promise<Caller> {
  const now = performance.now();
  const found = known.get(key);
  const revision = peopleRevision();
  if (found?.revision === revision && now - found.asked < FRESH) return found.caller;
  const caller = found === undefined ? ask(null) : found.caller.then(ask);
  known.delete(key); // So that it becomes the last one.
  known.set(key, { caller, asked: now, revision });
  for (const oldest of known.keys()) if (known.size > REMEMBERED) known.delete(oldest);
  caller.catch(() => known.get(key)?.caller === caller && known.delete(key));
  return caller;
}

async function readToken(services: Services, secret: string): Promise<ApiToken> {
  const token = await openToken(services, secret);
  if (token !== null) return token;
  throw new Refusal(401, 'token', 'Expected an API token that is known and not revoked, but found another.');
}

/** Login and password; a password may hold colons. */
function readBasic(credentials: string): { login: string; password: string } {
  const [, login = '', password = ''] = /^([^:]*):([^]*)$/.exec(Buffer.from(credentials, 'base64').toString()) ?? [];
  return { login: login.trim().toLowerCase().slice(0, 200), password: password.slice(0, 1000) };
}

/** The person as they are now, when the password that was checked is still theirs; else null. */
async function unchanged(services: Services, { user, passwordHash }: Credentials): Promise<Credentials | null> {
  const found = await findCredentials(services, user.login);
  return found !== null && found.passwordHash === passwordHash && !found.user.disabled ? found : null;
}

/** Deriving a key takes tens of milliseconds, so a wrong password costs its sender an attempt. */
async function verify(services: Services, request: Request, login: string, password: string): Promise<Credentials> {
  const forget = await countAttempt(request, login);
  const check = async () => {
    const found = login.includes('\0') ? null : await findCredentials(services, login);
    return { found, right: await verifyPassword(password, found?.passwordHash ?? null) };
  };
  const { found, right } = await check().catch(async (error: unknown) => {
    await forget(); // While the database is away nobody guesses a password.
    throw error;
  });
  if (!right || found === null || found.user.disabled) {
    services.log.warn({ login, address: request.ip }, 'basic authentication refused');
    throw new Refusal(401, 'credentials', 'Expected login and password of an account, but found others.');
  }
  await forget();
  return found;
}
