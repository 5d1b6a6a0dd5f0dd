import type { Outcome, Variables } from '../../engine/index.ts';
import type { Database } from '../db/database.ts';
import type { StartOptions } from './starts.ts';

/** How long a message waits for a receiver unless the sender says otherwise, ms. */
export const DEFAULT_TTL = 60_000;

/** A message for whoever waits for it. */
export interface MessageRequest {
  name: string;
  /** Correlation key. */
  key: string;
  variables: Variables;
  /** The sender's own id: a second message of this name and key with it is not delivered. */
  messageId?: string;
  /** What the history calls a message without an id of its sender. */
  sentAs?: string;
  /** How long it waits for a receiver, ms (default one minute; 0 = now or never). */
  ttl?: number;
  actor: string;
}

/**
 * What became of a message: one waiting instance took it; or it started one; or it waits; or it was delivered before
 * (`duplicate`); or nobody waited and it may not wait (`dropped`).
 */
export type Published =
  ({ result: 'correlated' | 'started' } & Outcome) | { result: 'buffered' | 'duplicate' | 'dropped' };

export interface MessageOptions extends StartOptions {
  db: Database;
}
