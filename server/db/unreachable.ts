/** A database that could not be opened, as whoever starts a program should hear of it. */
import { errorCode, errorMessage } from './error-code.ts';
import { isUnavailable, sqlstate } from './sqlstate.ts';

/** The PostgreSQL that was named cannot be reached or entered. It keeps the code of its cause. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
  readonly code: string | undefined;
  readonly reason: string;

  constructor(cause: unknown) {
    super(`The database cannot be used: ${errorMessage(cause)}. Start it, or correct DATABASE_URL.`, { cause });
    this.code = errorCode(cause);
    this.reason = errorMessage(cause);
  }
}

/** Whether it is the connection that failed: not there, not now, no such database, no such user or another password. */
export function isUnreachable(error: unknown): boolean {
  const state = sqlstate(error) ?? '';
  return state === '3D000' || state.startsWith('28') || isUnavailable(error);
}
