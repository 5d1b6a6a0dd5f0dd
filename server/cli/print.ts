/** What the command line writes: to standard output what was asked for, to standard error what is said about it. */
import { once } from 'node:events';
import type { Instant } from '../../engine/index.ts';
import type { Io } from './command.ts';

/** Writes a line of the result, and waits when the reader is slower than we are. */
export async function print({ out }: Pick<Io, 'out'>, line: string): Promise<void> {
  if (!out.write(`${line}\n`)) await once(out, 'drain');
}

/** Writes a line that is no part of the result. */
export function say({ err }: Pick<Io, 'err'>, line: string): void {
  err.write(`${line}\n`);
}

/** Writes a value for a machine. */
export async function printJson(io: Io, value: unknown): Promise<void> {
  await print(io, JSON.stringify(value, null, 2));
}

/** Writes rows under their headings, in columns as wide as they need. */
export async function printTable(
  io: Io,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<void> {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  for (const row of all) {
    const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    await print(io, cells.join('  ').trimEnd());
  }
}

/** An instant as RFC 3339, UTC. */
export function timeText(at: Instant): string {
  return new Date(at).toISOString();
}

/** A span in the largest unit that gives at least two of it: `90 s`, `26 h`. */
export function spanText(milliseconds: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
  ] as const;
  const [unit, size] = units.find(([, length]) => milliseconds >= 2 * length) ?? ['ms', 1];
  return `${Math.round(milliseconds / size)} ${unit}`;
}

/** So many bytes, in the unit that people say. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
