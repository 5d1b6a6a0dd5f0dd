/** What an error of the database means for who gets it, by SQLSTATE only (constraint names differ between engines). */

import { errorCode, errorMessage } from './error-code.ts';

/** The five-character SQLSTATE of an error, or undefined when the server did not send one. */
export function sqlstate(error: unknown): string | undefined {
  const code = errorCode(error);
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !BROKEN.test(code) ? code : undefined;
}

const TRANSIENT = new Set(['40001', '40P01', '55P03', '57P01', '57P02', '57P03', '53300']);
/** Codes and texts of the driver and the socket: the connection is gone, or there was none to be had. */
const BROKEN = /^(ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|ENOENT)$/;
const LOST = /connection terminated|connection ended|timeout acquiring a connection|not queryable|client was closed/i;

/** Would the same work, done again from the start, probably go through? */
export function isTransient(error: unknown): boolean {
  const state = sqlstate(error);
  if (state === undefined) return isConnectionLoss(error);
  if (TRANSIENT.has(state) || state.startsWith('08')) return true;
  return state === 'XX000' && errorMessage(error).includes('could not commit transaction');
}

/** An error of the driver without a code of the server: what was sent may or may not have been done. */
function isConnectionLoss(error: unknown): boolean {
  return BROKEN.test(errorCode(error) ?? '') || LOST.test(errorMessage(error));
}

/** A row with this key is there already. */
export function isDuplicate(error: unknown): boolean {
  return sqlstate(error) === '23505';
}
