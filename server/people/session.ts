/** Sessions: an opaque secret in a cookie, its hash in the database; each can be listed and revoked. */
import type { Instant } from '../../engine/instance.ts';
import { deleteSession, insertSession, selectSession, selectSessionsOf, touchSession } from '../db/sessions.ts';
import type { PeopleServices } from './record.ts';
import { hashSecret, newSecret } from './secret.ts';
import type { User } from './user.ts';

/** How long a session lives, ms. */
export const sessionLife = 14 * 86_400_000;
/** How often the last use is noted, ms. */
const touchEvery = 300_000;

/** A session as its owner sees it. */
export interface SessionEntry {
  /** Names it without opening it. */
  id: string;
  userAgent: string;
  createdAt: Instant;
  seenAt: Instant;
  expiresAt: Instant;
}

/** The session of a request. */
export interface Session extends SessionEntry {
  user: User;
  /** What the cookie holds. */
  secret: string;
}

/** Starts a session and gives its secret: the only time that anybody but the browser has it. */
export async function startSession(services: PeopleServices, login: string, userAgent: string): Promise<string> {
  const secret = newSecret();
  const now = services.clock.now();
  await insertSession(services.db, hashSecret(secret), login, {
    id: newSecret().slice(0, 16),
    userAgent: userAgent.slice(0, 200),
    createdAt: now,
    seenAt: now,
    expiresAt: now + sessionLife,
  });
  return secret;
}

/** The session of this secret; null when it is unknown, revoked, expired or its person disabled. */
export async function openSession(services: PeopleServices, secret: string): Promise<Session | null> {
  const now = services.clock.now();
  const hash = hashSecret(secret);
  const found = await selectSession(services.db, hash, now);
  if (!found || found.user.disabled) return null;
  if (now - found.seenAt > touchEvery) await touchSession(services.db, hash, now);
  return { ...found, secret };
}

/** The living sessions of a person, newest first. */
export function listSessions(services: PeopleServices, login: string): Promise<SessionEntry[]> {
  return selectSessionsOf(services.db, login, services.clock.now());
}

/** Ends one session of this person; one of somebody else stays. */
export function revokeSession(services: PeopleServices, login: string, id: string): Promise<void> {
  return deleteSession(services.db, login, id);
}
