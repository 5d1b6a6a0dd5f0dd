/** How often passwords may be guessed. */
import { ipKeyGenerator, MemoryStore, rateLimit } from 'express-rate-limit';
import type { Request, Response } from 'express';
import type { Context } from './context.ts';
import { Refusal } from './refusal.ts';

const address = (request: Request): string => ipKeyGenerator(request.ip ?? '');

/** The account that is tried, written as the password check looks for it. */
function account(request: Request, response: Response): string {
  const { user } = response.locals as Context;
  if (user) return user.login;
  const { login } = (request.body ?? {}) as { login?: unknown };
  return typeof login === 'string' ? login.trim().toLowerCase().slice(0, 200) : '';
}

/** How long failed attempts count, s. */
export const ATTEMPTS_WINDOW = 900;

const TOO_MANY =
  'Expected fewer wrong passwords within a quarter of an hour. Wait as many seconds as Retry-After says, or use an API token.';

/** A kind of limit: what is counted together, and how often it may fail in a quarter of an hour. */
interface Limit {
  most: number;
  store: MemoryStore;
  key: (address: string, account: string) => string;
}

/** Ten wrong passwords for one account from one address, a hundred from one address whatever the account. */
const limits: readonly Limit[] = [
  { most: 10, store: new MemoryStore(), key: (from, login) => `${from} ${login}` },
  { most: 100, store: new MemoryStore(), key: (from) => from },
];

/** For forms: what succeeds does not count, nor what this server could not do. */
const limiters = limits.map(({ most, store, key }) =>
  rateLimit({
    windowMs: ATTEMPTS_WINDOW * 1000,
    limit: most,
    store,
    skipSuccessfulRequests: true,
    requestWasSuccessful: (_request, { statusCode }) => statusCode < 400 || statusCode >= 500,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: (request, response) => key(address(request), account(request, response)),
    handler: () => {
      throw new Refusal(429, 'too-many');
    },
  }),
);

/**
 * Counts an attempt to give the password of a login with a request to the API. Gives what takes it back when the
 * password was right, or could not be checked. @throws Refusal when there were too many that failed
 */
export async function countAttempt(request: Request, login: string): Promise<() => Promise<void>> {
  const counted = limits.map(({ most, store, key }) => ({ most, store, key: key(address(request), login) }));
  for (const { most, store, key } of counted) {
    const { totalHits } = await store.increment(key);
    if (totalHits > most) throw new Refusal(429, 'too-many', TOO_MANY);
  }
  return async () => {
    for (const { store, key } of counted) await store.decrement(key);
  };
}

/** Counts an attempt to give a password in a form. Throws the refusal when there were too many that failed. */
export async function limitAttempts(request: Request, response: Response): Promise<void> {
  for (const limit of limiters) {
    await new Promise<void>((resolve, reject) => {
      void limit(request, response, (error?: unknown) => (error instanceof Error ? reject(error) : resolve()));
    });
  }
}
