/**
 * Array parameters in forms that cost little on both sides: numbers as text without quotes, texts and bytes in the
 * binary form (array_recv), so that nobody escapes and parses them. Which one fits, the statement says: `$1::bigint[]`.
 */
import type { Parameter } from './sql.ts';

const TEXT = 25;
const BYTEA = 17;

/** Dimensions, flags, element type; then count and lower bound of the one dimension. */
const HEAD = 20;
/** A UTF-16 unit takes at most so many bytes in UTF-8. */
const WIDEST = 3;

/** Writes an array; null when it holds something else, which is left to the driver. */
type Encode = (values: readonly Parameter[]) => string | Buffer | null;

/** How to write arrays of this type of element; undefined for the types that the driver writes well enough. */
export function encoderOf(type: string): Encode | undefined {
  return encoders[type];
}

const encoders: Record<string, Encode> = { int: numbers, bigint: numbers, text: texts, bytea: byteas };

/** Whole numbers, and keys as decimal strings. */
function numbers(values: readonly Parameter[]): string | null {
  let text = '';
  for (const value of values) {
    if (value !== null && typeof value !== 'number' && !(typeof value === 'string' && isDecimal(value))) return null;
    text += `${text === '' ? '' : ','}${value ?? 'null'}`;
  }
  return `{${text}}`;
}

/** Anything else would have to be quoted. */
function isDecimal(text: string): boolean {
  return /^-?\d+$/.test(text);
}

function texts(values: readonly Parameter[]): Buffer | null {
  let size = HEAD;
  for (const value of values) size += 4 + (typeof value === 'string' ? value.length * WIDEST : 0);
  const buffer = Buffer.allocUnsafe(size);
  let at = head(buffer, TEXT, values.length);
  for (const value of values) {
    if (typeof value !== 'string' && value !== null) return null;
    const length = value === null ? -1 : buffer.write(value, at + 4);
    buffer.writeInt32BE(length, at);
    at += 4 + Math.max(0, length);
  }
  return buffer.subarray(0, at);
}

function byteas(values: readonly Parameter[]): Buffer | null {
  let size = HEAD;
  for (const value of values) size += 4 + (Buffer.isBuffer(value) ? value.length : 0);
  const buffer = Buffer.allocUnsafe(size);
  let at = head(buffer, BYTEA, values.length);
  for (const value of values) {
    if (!Buffer.isBuffer(value)) return null;
    at = buffer.writeInt32BE(value.length, at);
    buffer.set(value, at);
    at += value.length;
  }
  return buffer;
}

/** Gives where the elements begin. */
function head(buffer: Buffer, type: number, count: number): number {
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(1, 4); // Nulls may occur.
  buffer.writeInt32BE(type, 8);
  buffer.writeInt32BE(count, 12);
  return buffer.writeInt32BE(1, 16);
}
