/** Secrets that are handed out once and stored as a hash only. */
import { hash, randomBytes } from 'node:crypto';

/** 32 random bytes, base64url. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256, hex: enough for a secret that is itself random. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret);
}
