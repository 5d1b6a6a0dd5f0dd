import { isUnavailable } from '../db/sqlstate.ts';
import { Overloaded } from './submit.ts';

/** Is it only that this process or its database cannot do it at present? It says nothing about the work itself. */
export function isTemporary(error: unknown): boolean {
  return error instanceof Overloaded || isUnavailable(error);
}
