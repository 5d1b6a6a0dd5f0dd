/** How keys, instants and values look in the process API. */
import type { Instant } from '../../../engine/index.ts';

/** The one tenant that there is. */
export const TENANT = '<default>';

/** An instant as RFC 3339 in UTC. */
export function dateTime(at: Instant): string {
  return new Date(at).toISOString();
}

/** An instant as RFC 3339 in UTC; null stays null. */
export function optionalDateTime(at: Instant | null): string | null {
  return at === null ? null : dateTime(at);
}
