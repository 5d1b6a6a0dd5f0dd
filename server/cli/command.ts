/** What a subcommand of `lanework` is, and how its words are read. */
import type { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { errorMessage } from '../db/error-code.ts';

/** A flag or an option with a value. */
export interface Option {
  type: 'boolean' | 'string';
  /** What stands for the value in the help: `DAYS`. */
  value?: string;
  /** What it does, in one line. */
  help: string;
}

/** What the command line is given, and where its words go. */
export interface Io {
  env: Record<string, string | undefined>;
  /** What was asked for. */
  out: Writable;
  /** What is said about it. */
  err: Writable;
}

/** What was said after the name of the subcommand, and to whom the answer goes. */
export interface Call extends Io {
  words: readonly string[];
  flag(name: string): boolean;
  text(name: string): string | undefined;
  /** A whole number of at least `least`; the default when the option was not given. @throws UsageError */
  number<Default extends number | undefined>(name: string, least: number, otherwise: Default): number | Default;
}

/** One word after `lanework`. */
export interface Subcommand {
  name: string;
  /** What it does, in one line. */
  summary: string;
  /** The ways to call it, without `lanework NAME`. */
  usage: readonly string[];
  options: Readonly<Record<string, Option>>;
  /** It takes options only. */
  wordless?: true;
  /** What else is worth knowing. */
  notes?: string;
  /** Gives the exit code: 0 when all is well, 1 when it found or met trouble. */
  run(call: Call): Promise<number>;
}

/** It was called wrongly; the exit code is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** For what a machine may read. */
export const json: Option = { type: 'boolean', help: 'print JSON' };

/** Reads the words of a call. @throws UsageError for an unknown option, one without its value, or a word too many */
export function readCall(io: Io, { options, wordless }: Subcommand, words: readonly string[]): Call {
  const { values, positionals } = parse(options, words);
  if (wordless && positionals.length > 0) {
    throw new UsageError(`Expected options only, but found "${positionals.join(' ')}".`);
  }
  const text = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    ...io,
    words: positionals,
    flag: (name) => values[name] === true,
    text,
    number(name, least, otherwise) {
      const given = text(name);
      if (given === undefined) return otherwise;
      if (!/^\d{1,9}$/.test(given) || Number(given) < least) {
        throw new UsageError(`Expected --${name} to be a whole number of at least ${least}, but found "${given}".`);
      }
      return Number(given);
    },
  };
}

function parse(options: Subcommand['options'], words: readonly string[]) {
  const wanted = Object.fromEntries(Object.entries(options).map(([name, { type }]) => [name, { type }]));
  try {
    return parseArgs({ args: [...words], options: wanted, allowPositionals: true });
  } catch (error) {
    const [what = ''] = errorMessage(error).split('. To specify');
    throw new UsageError(what.endsWith('.') ? what : `${what}.`, { cause: error });
  }
}

/** The help of one subcommand. */
export function helpOf({ name, summary, usage, options, notes }: Subcommand): string {
  const lines: [string, Option][] = [...Object.entries(options), ['help', { type: 'boolean', help: 'print this' }]];
  return [
    summary,
    '',
    ...usage.map((words) => `  lanework ${`${name} ${words}`.trim()}`),
    '',
    ...twoColumns(lines.map(([option, { value, help }]) => [`--${option}${value ? ` ${value}` : ''}`, help])),
    ...(notes === undefined ? [] : ['', notes]),
  ].join('\n');
}

/** Lines of two columns, indented. */
export function twoColumns(lines: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...lines.map(([first]) => first.length));
  return lines.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`);
}
