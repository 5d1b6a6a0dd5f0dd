import { createHash } from 'node:crypto';
import { canonical } from '../../engine/index.ts';

/** What comes before the first row. */
export const ZERO_HASH: Buffer = Buffer.alloc(32);

/** SHA-256(previous hash || canonical JSON of the row). Members that are canonical JSON already are given by `raw`. */
export function chainHash(previous: Buffer, row: Record<string, unknown>, raw: Record<string, string> = {}): Buffer {
  const keys = [...Object.keys(row), ...Object.keys(raw)].sort();
  const members = keys.map((key) => `${JSON.stringify(key)}:${raw[key] ?? canonical(row[key])}`);
  return createHash('sha256')
    .update(previous)
    .update(`{${members.join(',')}}`)
    .digest();
}
