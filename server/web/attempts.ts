/** How often passwords may be guessed. */
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import type { Request, Response } from 'express';
import { context } from './context.ts';
import { Refusal } from './refusal.ts';

const address = (request: Request): string => ipKeyGenerator(request.ip ?? '');

/** The account that is tried, written as the password check looks for it. */
function account(request: Request, response: Response): string {
  const { user } = context(response);
  if (user) return user.login;
  const { login } = (request.body ?? {}) as { login?: unknown };
  return typeof login === 'string' ? login.trim().toLowerCase().slice(0, 200) : '';
}

/** Failures in a quarter of an hour; what succeeds does not count. */
const limiter = (limit: number, keyGenerator: (request: Request, response: Response) => string) =>
  rateLimit({
    windowMs: 900_000,
    limit,
    skipSuccessfulRequests: true,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator,
    handler: () => {
      throw new Refusal(429, 'too-many');
    },
  });

/** Ten wrong passwords for one account from one address, a hundred from one address whatever the account. */
const limiters = [
  limiter(10, (request, response) => `${address(request)} ${account(request, response)}`),
  limiter(100, address),
];

/** Counts an attempt to give a password. Throws the refusal when there were too many that failed. */
export async function limitAttempts(request: Request, response: Response): Promise<void> {
  for (const limit of limiters) {
    await new Promise<void>((resolve, reject) => {
      void limit(request, response, (error?: unknown) => (error instanceof Error ? reject(error) : resolve()));
    });
  }
}
