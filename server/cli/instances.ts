import { Rejection } from '../../engine/index.ts';
import type { Instance } from '../../engine/index.ts';
import type { InstanceStatus } from '../../engine/instance.ts';
import { readDefinitionsOf } from '../db/definitions.ts';
import { readNewestInstances, readStartedProcesses } from '../db/instance-pages.ts';
import type { InstanceLine } from '../db/instance-pages.ts';
import { isKey } from '../db/key.ts';
import type { Services } from '../services.ts';
import { UsageError, json } from './command.ts';
import type { Call, Subcommand } from './command.ts';
import { NotOne, keyOf } from './instance-key.ts';
import { migrateInstances, wantedMigration } from './migration.ts';
import { operator, withServices } from './open.ts';
import { print, printJson, printTable, timeText } from './print.ts';

/** Process instances: which there are, what one of them does, its end, and other versions. */
export const instances: Subcommand = {
  name: 'instances',
  summary: 'Lists process instances, shows one, cancels some, or migrates those of one version to another.',
  usage: [
    'list [--process ID] [--status STATUS] [--limit N] [--before KEY] [--json]',
    'show KEY|BUSINESS-KEY [--json]',
    'cancel KEY|BUSINESS-KEY... [--reason TEXT] [--json]',
    'migrate PROCESS --from VERSION --to VERSION [--map OLD=NEW,...] [--dry-run] [--reason TEXT] [--json]',
  ],
  options: {
    process: { type: 'string', value: 'ID', help: 'only of this process' },
    status: { type: 'string', value: 'STATUS', help: 'active, completed, failed or cancelled' },
    limit: { type: 'string', value: 'N', help: 'at most so many, newest first (default 50)' },
    before: { type: 'string', value: 'KEY', help: 'only those that are older than this one' },
    reason: { type: 'string', value: 'TEXT', help: 'why, for the history' },
    from: { type: 'string', value: 'VERSION', help: 'migrate what runs in this version' },
    to: { type: 'string', value: 'VERSION', help: 'to this one' },
    map: { type: 'string', value: 'OLD=NEW,...', help: 'elements with another id there, beside those that it finds' },
    'dry-run': { type: 'boolean', help: 'say what would come of it, and change nothing' },
    json,
  },
  run(call) {
    const [action = 'list', ...keys] = call.words;
    if (action === 'list' && keys.length === 0) {
      const wanted = wantedBy(call);
      return withServices(call, (services) => list(services, wanted, call));
    }
    const [key] = keys;
    if (action === 'show' && key !== undefined && keys.length === 1) {
      return withServices(call, (services) => show(services, key, call));
    }
    if (action === 'cancel' && keys.length > 0) {
      return withServices(call, (services) => cancel(services, keys, call));
    }
    if (action === 'migrate' && key !== undefined && keys.length === 1) {
      const wanted = wantedMigration(key, call);
      return withServices(call, (services) => migrateInstances(services, wanted, call));
    }
    const found = call.words.join(' ');
    throw new UsageError(
      `Expected list, show KEY|BUSINESS-KEY, cancel KEY|BUSINESS-KEY... or migrate PROCESS, but found "${found}".`,
    );
  },
};

const STATUSES: readonly InstanceStatus[] = ['active', 'completed', 'failed', 'cancelled'];

interface Wanted {
  process: string | undefined;
  status: string | null;
  limit: number;
  before: string | null;
}

/** @throws UsageError */
function wantedBy(call: Call): Wanted {
  const status = call.text('status') ?? null;
  if (status !== null && !STATUSES.some((it) => it === status)) {
    throw new UsageError(`Expected --status ${STATUSES.join(', ')}, but found "${status}".`);
  }
  const before = call.text('before') ?? null;
  if (before !== null && !isKey(before)) {
    throw new UsageError(`Expected --before KEY, the key of an instance, but found "${before}".`);
  }
  return { process: call.text('process'), status, limit: call.number('limit', 1, 50), before };
}

async function list({ db }: Services, { process, status, limit, ...from }: Wanted, call: Call): Promise<number> {
  let { before } = from;
  const processes = process === undefined ? await readStartedProcesses(db) : [process];
  const found: InstanceLine[] = [];
  do {
    const page = await readNewestInstances(db, { processes, status, before, limit: limit - found.length });
    found.push(...page.lines);
    before = page.before;
  } while (before !== null && found.length < limit);
  if (call.flag('json')) await printJson(call, found.map(lineJson));
  else {
    const rows = found.map((it) => [
      it.id,
      it.process,
      it.status,
      timeText(it.startedAt),
      it.endedAt === null ? '' : timeText(it.endedAt),
      it.businessKey ?? '',
    ]);
    await printTable(call, ['KEY', 'PROCESS', 'STATUS', 'STARTED', 'ENDED', 'BUSINESS KEY'], rows);
  }
  return 0;
}

function lineJson({ id: key, process, status, businessKey, startedAt, endedAt }: InstanceLine) {
  const ended = endedAt === null ? null : timeText(endedAt);
  return { key, process, status, businessKey, startedAt: timeText(startedAt), endedAt: ended };
}

async function show(services: Services, word: string, call: Call): Promise<number> {
  const key = await keyOf(services, word);
  const instance = await services.runtime.instance(key);
  if (instance === null)
    throw new Error(`Expected instance ${key}, but found only its history. Run lanework verify ${key}.`);
  if (call.flag('json')) {
    await printJson(call, instance);
    return 0;
  }
  const { process, release, status, businessKey = '' } = instance;
  const definitions = await readDefinitionsOf(services.db, release);
  const version = definitions.find(({ kind, id }) => kind === 'process' && id === process)?.version;
  const named = businessKey === '' ? '' : ` (${businessKey})`;
  await print(call, `${process} version ${version ?? '?'}, ${key}${named}: ${status}`);
  await print(call, `started ${timeText(instance.startedAt)}${endText(instance)}`);
  for (const { element, state } of instance.tokens) await print(call, `  ${element}: ${state}`);
  for (const { id, element, kind, message } of instance.incidents) {
    await print(call, `  incident ${id} at ${element} (${kind}): ${message}`);
  }
  return 0;
}

function endText({ endedAt }: Instance): string {
  return endedAt === undefined || endedAt === null ? '' : `, ended ${timeText(endedAt)}`;
}

async function cancel(services: Services, words: readonly string[], call: Call): Promise<number> {
  const { runtime, clock } = services;
  const reason = call.text('reason') ?? 'cancelled on the command line';
  const results: { key: string; cancelled: boolean; error: string | null }[] = [];
  for (const word of words) {
    let key = word;
    try {
      key = await keyOf(services, word);
      await runtime.submit(key, { type: 'Cancel', at: clock.now(), actor: operator(), reason });
      results.push({ key, cancelled: true, error: null });
    } catch (error) {
      if (!(error instanceof Rejection || error instanceof NotOne)) throw error;
      results.push({ key, cancelled: false, error: error.message });
    }
  }
  if (call.flag('json')) await printJson(call, results);
  else
    for (const { key, error } of results)
      await print(call, error === null ? `${key} is cancelled.` : `${key}: ${error}`);
  return results.every(({ cancelled }) => cancelled) ? 0 : 1;
}
