import { createWriteStream } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { errorMessage } from '../db/error-code.ts';
import { parseStored, readStored } from '../db/journal.ts';
import type { StoredRow } from '../db/journal.ts';
import type { Services } from '../services.ts';
import { UsageError } from './command.ts';
import type { Call, Subcommand } from './command.ts';
import { keysOf } from './instance-key.ts';
import { withServices } from './open.ts';
import { say } from './print.ts';
import { eachKey } from './verify.ts';
import { XES_END, XES_START, traceOf } from './xes.ts';

/** Histories for other programs. */
export const exportHistories: Subcommand = {
  name: 'export',
  summary: 'Writes histories: every command with its events, or an event log for process mining.',
  usage: [
    'KEY|BUSINESS-KEY... [--format ndjson|xes] [--out FILE]',
    '--all [--process ID] [--format ndjson|xes] [--out FILE]',
  ],
  options: {
    all: { type: 'boolean', help: 'every instance that there is' },
    process: { type: 'string', value: 'ID', help: 'with --all: only of this process' },
    format: { type: 'string', value: 'FORMAT', help: 'ndjson (default) or xes (IEEE 1849)' },
    out: { type: 'string', value: 'FILE', help: 'write there instead of to standard output' },
  },
  notes:
    'NDJSON: one line per command; command and events are the texts that are stored, step tells what they say, in full.\n' +
    'hash is SHA-256 over the 32 bytes of prevHash and three lines, with a line feed between them: the JSON of actor, at,\n' +
    'engine, instance and seq, in this order and without spaces, then command, then events; so that anybody can prove the\n' +
    'chain without Lanework.',
  run(call) {
    const format = call.text('format') ?? 'ndjson';
    if (format !== 'ndjson' && format !== 'xes') {
      throw new UsageError(`Expected --format ndjson or xes, but found "${format}".`);
    }
    if (call.flag('all') === call.words.length > 0) {
      throw new UsageError('Expected keys of instances, or --all, but found both or neither.');
    }
    const words = call.flag('all') ? null : call.words;
    return withServices(call, async (services) =>
      write(services, words && (await keysOf(services, words)), format, call),
    );
  },
};

async function write(
  services: Services,
  keys: readonly string[] | null,
  format: 'ndjson' | 'xes',
  call: Call,
): Promise<number> {
  const path = call.text('out');
  const file = path === undefined ? null : await openFile(path);
  const out: Writable = file ?? call.out;
  let [written, missing] = [0, 0];
  if (format === 'xes') await put(out, XES_START);
  for await (const key of keys ?? eachKey(services, call.text('process') ?? null)) {
    const rows = await readStored(services.db, key);
    if (rows.length === 0) {
      missing += 1;
      say(call, `Expected a history of ${key}, but there is none.`);
      continue;
    }
    if (format === 'xes') await put(out, await traceOf(services, key, rows));
    else for (const row of rows) await put(out, lineOf(row));
    written += 1;
  }
  if (format === 'xes') await put(out, XES_END);
  if (file !== null) {
    file.end();
    await finished(file);
    say(call, `${written} histories written to ${path}.`);
  }
  return missing === 0 ? 0 : 1;
}

/** @throws Error when nothing can be written there */
async function openFile(path: string): Promise<WriteStream> {
  const file = createWriteStream(path);
  await once(file, 'open').catch((error: unknown) => {
    throw new Error(`Expected a file that can be written with --out, but found: ${errorMessage(error)}`, {
      cause: error,
    });
  });
  file.on('error', () => undefined); // Said by `put` and `finished`.
  return file;
}

async function put(out: Writable, text: string): Promise<void> {
  if (out.errored) throw out.errored;
  if (!out.write(`${text}\n`)) await once(out, 'drain');
}

function lineOf(row: StoredRow): string {
  const { command, events, prevHash, hash } = parseStored(row);
  return JSON.stringify({ ...row, prevHash, hash, step: { command, events } });
}
