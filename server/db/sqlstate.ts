/** What an error of the database means for who gets it, by SQLSTATE only (constraint names differ between engines). */

import { CommitError } from './commit-error.ts';
import { errorCode, errorMessage } from './error-code.ts';

/** The five-character SQLSTATE of an error, or undefined when the server did not send one. */
export function sqlstate(error: unknown): string | undefined {
  const code = errorCode(error);
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !BROKEN.test(code) ? code : undefined;
}

const TRANSIENT = new Set(['40001', '40P01', '55P03', '57P01', '57P02', '57P03', '53300']);
/** Codes and texts of the driver and the socket: the connection is gone, or there was none to be had. */
const BROKEN =
  /^(ECONNRESET|ECONNREFUSED|ECONNABORTED|EHOSTUNREACH|ENETUNREACH|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|ENOENT)$/;
const LOST =
  /connection terminated|connection ended|connection timeout|timeout acquiring a connection|timeout expired|read timeout|not queryable|client was closed/i;

/** Would the same work, done again from the start, probably go through? */
export function isTransient(error: unknown): boolean {
  const state = sqlstate(error);
  if (state === undefined) return isConnectionLoss(error);
  if (TRANSIENT.has(state) || state.startsWith('08')) return true;
  return state === 'XX000' && errorMessage(error).includes('could not commit transaction');
}

/**
 * The database cannot do it at present, whoever asks: it is not there, a connection broke (what was sent may or may not have
 * been done), its disk is full, a statement took too long, or it is a standby. The caller may come back later.
 */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof CommitError || isTransient(error)) return true;
  const state = sqlstate(error) ?? '';
  return UNAVAILABLE.has(state) || /^(53|58)/.test(state);
}

/** Read-only, a statement or a transaction that took too long, the database being dropped. */
const UNAVAILABLE = new Set(['25006', '25P03', '57014', '57P04', '57P05']);

/** After such an error the connection is not used again: there may be a server behind it that cannot write any more. */
export function spoilsConnection(error: unknown): boolean {
  return (
    ['25006', '25P03', '57P01', '57P02', '57P03', '57P05'].includes(sqlstate(error) ?? '') || isConnectionLoss(error)
  );
}

/** An error of the driver without a code of the server: what was sent may or may not have been done. */
function isConnectionLoss(error: unknown): boolean {
  return BROKEN.test(errorCode(error) ?? '') || LOST.test(errorMessage(error));
}

/** A row with this key is there already. */
export function isDuplicate(error: unknown): boolean {
  return sqlstate(error) === '23505';
}

/** Another process moved an instance since it was read: `updateInstances` divides by zero, or its row is there already. */
export function isConflict(error: unknown): boolean {
  return sqlstate(error) === '22012' || isDuplicate(error);
}
