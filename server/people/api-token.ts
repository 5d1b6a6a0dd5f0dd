/** API tokens: how machines sign in. Shown once, stored as a hash, revocable. */
import { Rejection } from '../../engine/rejection.ts';
import type { Instant } from '../../engine/instance.ts';
import { insertToken, updateTokenRevoked, selectToken, selectTokens } from '../db/api-tokens.ts';
import type { PeopleServices } from './record.ts';
import type { TokenScope } from './permission.ts';
import { hashSecret, newSecret } from './secret.ts';

export interface ApiToken {
  /** Names it in histories: `client:ID`. */
  id: string;
  /** What it is for. */
  name: string;
  scopes: TokenScope[];
  /** Login of the administrator who made it. */
  createdBy: string;
  createdAt: Instant;
  revokedAt: Instant | null;
}

/** Every token starts with it, so that scanners for leaked secrets can find one. */
const prefix = 'lanework_';

/** Makes a token. `secret` is what the machine sends as `Authorization: Bearer`; it cannot be read again. */
export async function createToken(
  services: PeopleServices,
  given: Pick<ApiToken, 'name' | 'scopes' | 'createdBy'>,
): Promise<{ token: ApiToken; secret: string }> {
  if (given.name.trim() === '') throw new Rejection('invalid', 'Expected a name for the token, but found none.');
  if (given.scopes.length === 0) throw new Rejection('invalid', 'Expected at least one scope, but found none.');
  const secret = prefix + newSecret();
  const token = { ...given, id: newSecret().slice(0, 12), createdAt: services.clock.now(), revokedAt: null };
  await insertToken(services.db, token, hashSecret(secret));
  return { token, secret };
}

/** The token of this secret, null when it is unknown or revoked. */
export async function openToken(services: PeopleServices, secret: string): Promise<ApiToken | null> {
  const token = await selectToken(services.db, hashSecret(secret));
  return token?.revokedAt === null ? token : null;
}

/** All tokens, revoked ones too, newest first. */
export function listTokens(services: PeopleServices): Promise<ApiToken[]> {
  return selectTokens(services.db);
}

/** From now on the token opens nothing. */
export function revokeToken(services: PeopleServices, id: string): Promise<void> {
  return updateTokenRevoked(services.db, id, services.clock.now());
}
