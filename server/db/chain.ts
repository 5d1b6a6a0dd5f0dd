import { createHash } from 'node:crypto';
import { canonical } from '../../engine/index.ts';

/** What comes before the first row. */
export const ZERO_HASH: Buffer = Buffer.alloc(32);

/** SHA-256(previous hash || canonical JSON of the row). */
export function chainHash(previous: Buffer, row: Record<string, unknown>): Buffer {
  return linkHash(previous, canonical(row));
}

/** The same of a row whose canonical JSON is known. */
export function linkHash(previous: Buffer, text: string): Buffer {
  return createHash('sha256').update(previous).update(text).digest();
}
