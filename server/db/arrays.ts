/**
 * Array parameters in the binary form (array_recv), so that nobody writes and parses them as text. Of which type they are,
 * the statement says: `$1::bigint[]`.
 */
import type { Parameter } from './sql.ts';

/** An element type: its oid, at most how many bytes a value takes, and how it is written; gives -1 for what it does not know. */
interface Type {
  oid: number;
  widest: (value: Value) => number;
  write: (value: Value, buffer: Buffer, at: number) => number;
}

type Value = Exclude<Parameter, null>;

/** Dimensions, flags, element type; then count and lower bound of the one dimension. */
const HEAD = 20;
/** A UTF-16 unit takes at most so many bytes in UTF-8. */
const WIDEST = 3;
const HIGH = 2 ** 32;

const types: Record<string, Type> = {
  int: { oid: 23, widest: () => 4, write: writeInt },
  bigint: { oid: 20, widest: () => 8, write: writeBigint },
  text: { oid: 25, widest: (value) => (typeof value === 'string' ? value.length * WIDEST : 0), write: writeText },
  bytea: { oid: 17, widest: (value) => (Buffer.isBuffer(value) ? value.length : 0), write: writeBytes },
};

/** Writes an array; null when it holds something else, which is left to the driver. */
type Encode = (values: readonly Parameter[]) => Buffer | null;

const encoders = new Map(Object.entries(types).map(([name, type]) => [name, encoder(type)]));

/** How to write arrays of this type of element; undefined for the types that the driver writes well enough. */
export function encoderOf(type: string): Encode | undefined {
  return encoders.get(type);
}

/** Arrays are written here first: how long they get is known only then. */
let scratch = Buffer.allocUnsafe(64 * 1024);

function encoder(type: Type): Encode {
  return (values) => encode(type, values);
}

// A function of its own: V8 does not optimize what is made anew for each type.
function encode({ oid, widest, write }: Type, values: readonly Parameter[]): Buffer | null {
  let most = HEAD;
  for (const value of values) most += 4 + (value === null ? 0 : widest(value));
  if (scratch.length < most) scratch = Buffer.allocUnsafe(most);
  const buffer = scratch;
  let at = head(buffer, oid, values.length);
  for (const value of values) {
    const length = value === null ? 0 : write(value, buffer, at + 4);
    if (length < 0) return null;
    at = buffer.writeInt32BE(value === null ? -1 : length, at) + length;
  }
  return Buffer.from(buffer.subarray(0, at));
}

function writeInt(value: Value, buffer: Buffer, at: number): number {
  if (typeof value !== 'number' || (value | 0) !== value) return -1;
  buffer.writeInt32BE(value, at);
  return 4;
}

/** Whole numbers, and keys as decimal strings. */
function writeBigint(value: Value, buffer: Buffer, at: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) {
    buffer.writeInt32BE(Math.floor(value / HIGH), at);
    buffer.writeUInt32BE(value >>> 0, at + 4);
    return 8;
  }
  if (typeof value !== 'string' || !/^-?\d{1,19}$/.test(value)) return -1;
  const key = BigInt(value);
  if (BigInt.asIntN(64, key) !== key) return -1;
  buffer.writeBigInt64BE(key, at);
  return 8;
}

function writeText(value: Value, buffer: Buffer, at: number): number {
  return typeof value === 'string' ? buffer.write(value, at) : -1;
}

function writeBytes(value: Value, buffer: Buffer, at: number): number {
  if (!Buffer.isBuffer(value)) return -1;
  buffer.set(value, at);
  return value.length;
}

/** Gives where the elements begin. */
function head(buffer: Buffer, type: number, count: number): number {
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(1, 4); // Nulls may occur.
  buffer.writeInt32BE(type, 8);
  buffer.writeInt32BE(count, 12);
  return buffer.writeInt32BE(1, 16);
}
