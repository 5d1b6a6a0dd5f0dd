import { hash } from 'node:crypto';
import { canonical } from '../../engine/index.ts';

/** What comes before the first row. */
export const ZERO_HASH: Buffer = Buffer.alloc(32);

let scratch = Buffer.alloc(8192);

/** SHA-256(previous hash || canonical JSON of the row). */
export function chainHash(previous: Buffer, row: Record<string, unknown>): Buffer {
  return linkHash(previous, canonical(row));
}

/** The same of a row whose canonical JSON is known. */
export function linkHash(previous: Buffer, text: string): Buffer {
  // Written into one buffer and hashed in one call: a Hash object costs as much as the hashing.
  const most = previous.length + 3 * text.length;
  if (scratch.length < most) scratch = Buffer.allocUnsafe(most);
  scratch.set(previous);
  const end = previous.length + scratch.write(text, previous.length);
  return hash('sha256', scratch.subarray(0, end), 'buffer');
}
