/** What to tell whoever starts a program that cannot open its database. */
import { errorMessage } from './error-code.ts';
import { isUnavailable, sqlstate } from './sqlstate.ts';

/** The text of an error, with what to do when the database that was named cannot be reached or entered. */
export function explain(error: unknown): string {
  const message = errorMessage(error);
  const state = sqlstate(error) ?? '';
  // No such database; no such user, or another password.
  const refused = state === '3D000' || state.startsWith('28');
  if (!refused && !isUnavailable(error)) return message;
  return `The database cannot be used: ${message || String(error)}. Start it, or correct DATABASE_URL.`;
}
