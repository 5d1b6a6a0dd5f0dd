import { hash } from 'node:crypto';
import { canonical } from '../../engine/index.ts';

/** What comes before the first row. */
export const ZERO_HASH: Buffer = Buffer.alloc(32);

let scratch = Buffer.alloc(8192);

/** SHA-256(previous hash || canonical JSON of the row). */
export function chainHash(previous: Buffer, row: Record<string, unknown>): Buffer {
  return linkHash(previous, canonical(row));
}

/** SHA-256(previous hash || texts), one after the other. */
export function linkHash(previous: Buffer, ...texts: string[]): Buffer {
  // Written into one buffer and hashed in one call: a Hash object costs as much as the hashing.
  let most = previous.length;
  for (const text of texts) most += 3 * text.length;
  if (scratch.length < most) scratch = Buffer.allocUnsafe(most);
  scratch.set(previous);
  let end = previous.length;
  for (const text of texts) end += scratch.write(text, end);
  return hash('sha256', scratch.subarray(0, end), 'buffer');
}
