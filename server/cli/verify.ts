import { ENGINE_VERSION } from '../../engine/index.ts';
import type { HistoryVerdict } from '../process/history.ts';
import type { Services } from '../services.ts';
import { readInstanceKeys } from '../db/instance-pages.ts';
import { UsageError, json } from './command.ts';
import type { Call, Subcommand } from './command.ts';
import { keysOf } from './instance-key.ts';
import { withServices } from './open.ts';
import { print, printJson } from './print.ts';

const PAGE = 500;

/** Proves histories. */
export const verify: Subcommand = {
  name: 'verify',
  summary: 'Proves histories: the hash chain is whole, and the commands give the same events again.',
  usage: ['KEY|BUSINESS-KEY... [--json]', '--all [--process ID] [--json]'],
  options: {
    all: { type: 'boolean', help: 'every instance that there is' },
    process: { type: 'string', value: 'ID', help: 'with --all: only of this process' },
    json,
  },
  notes:
    'Ends with 1 when a history is not what it was, or gives something else when it is run again. What another version\n' +
    'of the engine wrote is checked by its hashes alone, and counted.',
  run(call) {
    if (call.flag('all') === call.words.length > 0) {
      throw new UsageError('Expected keys of instances, or --all, but found both or neither.');
    }
    const words = call.flag('all') ? null : call.words;
    return withServices(call, async (services) => verifyAll(services, words && (await keysOf(services, words)), call));
  },
};

/** Every key of a process (or of all), page by page. */
export async function* eachKey({ db }: Pick<Services, 'db'>, process: string | null): AsyncGenerator<string> {
  for (let after: string | undefined = '0'; after !== undefined;) {
    const page: string[] = await readInstanceKeys(db, process, after, PAGE);
    yield* page;
    after = page.at(-1);
  }
}

async function verifyAll(services: Services, keys: readonly string[] | null, call: Call): Promise<number> {
  const trouble: ({ instance: string; problem: string } & HistoryVerdict)[] = [];
  let [histories, rows, byHashes] = [0, 0, 0];
  for await (const instance of keys ?? eachKey(services, call.text('process') ?? null)) {
    const verdict = await services.runtime.verifyHistory(instance);
    histories += 1;
    if (verdict.integrity.intact) rows += verdict.integrity.rows;
    const problem = problemOf(verdict);
    if (problem === null) continue;
    if (await isOfAnotherEngine(services, instance, verdict)) {
      byHashes += 1;
      continue;
    }
    trouble.push({ instance, problem, ...verdict });
    if (!call.flag('json')) await print(call, `${instance}: ${problem}`);
  }
  if (call.flag('json')) await printJson(call, { histories, rows, byHashes, trouble });
  else {
    const older = byHashes === 0 ? '' : ` ${byHashes} of another engine were checked by their hashes alone.`;
    await print(call, `${histories} histories with ${rows} rows; ${trouble.length} with trouble.${older}`);
  }
  return trouble.length === 0 ? 0 : 1;
}

/** Was it not run again only because this engine is not the one that wrote it? */
async function isOfAnotherEngine(
  { runtime }: Services,
  instance: string,
  { execution }: HistoryVerdict,
): Promise<boolean> {
  if (execution?.verdict !== 'UNREPLAYABLE') return false;
  const row = (await runtime.history(instance))[execution.seq - 1];
  return row !== undefined && row.engine !== ENGINE_VERSION;
}

/** What is wrong, or null. */
function problemOf({ integrity, execution }: HistoryVerdict): string | null {
  if (!integrity.intact) return `broken at row ${integrity.seq}: ${integrity.reason}`;
  if (execution === null) return 'Expected the release of its first command, but it is not there.';
  if (execution.verdict === 'REPRODUCED') return null;
  const why = execution.verdict === 'UNREPLAYABLE' ? execution.reason : 'its commands do not give the recorded events.';
  return `${execution.verdict} at row ${execution.seq}: ${why}`;
}
