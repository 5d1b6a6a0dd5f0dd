import { INCIDENT_KINDS, Rejection } from '../../engine/index.ts';
import { readIncidentsAfter } from '../db/incident-pages.ts';
import type { IncidentCursor } from '../db/incident-pages.ts';
import type { IncidentRow } from '../db/incidents.ts';
import { formatPart, parsePart } from '../db/key.ts';
import type { Part } from '../db/part.ts';
import type { Services } from '../services.ts';
import { UsageError, json } from './command.ts';
import type { Call, Subcommand } from './command.ts';
import { operator, withServices } from './open.ts';
import { print, printJson, printTable, timeText } from './print.ts';

const PAGE = 500;
/** Commands that are under way at once. */
const ABREAST = 50;

/** Open incidents: which there are, and trying again. */
export const incidents: Subcommand = {
  name: 'incidents',
  summary: 'Lists open incidents, or tries again what they stopped.',
  usage: [
    'list [--process ID] [--kind KIND] [--limit N] [--json]',
    'resolve KEY... [--json]',
    'resolve --all [--process ID] [--kind KIND] [--json]',
  ],
  options: {
    process: { type: 'string', value: 'ID', help: 'only of this process' },
    kind: { type: 'string', value: 'KIND', help: `only of this kind: ${INCIDENT_KINDS.join(', ')}` },
    limit: { type: 'string', value: 'N', help: 'at most so many, oldest first (default 50)' },
    all: { type: 'boolean', help: 'all that are open now, within the filters' },
    json,
  },
  notes: 'What fails again raises a new incident.',
  run(call) {
    const [action = 'list', ...keys] = call.words;
    refuseUnknown(call.text('kind'));
    if (action === 'list' && keys.length === 0) return withServices(call, (services) => list(services, call));
    if (action === 'resolve' && call.flag('all') !== keys.length > 0) {
      return withServices(call, (services) => resolve(services, partsIn(keys), call));
    }
    throw new UsageError(`Expected list, resolve KEY... or resolve --all, but found "${call.words.join(' ')}".`);
  },
};

function refuseUnknown(kind: string | undefined): void {
  if (kind === undefined || (INCIDENT_KINDS as readonly string[]).includes(kind)) return;
  throw new UsageError(`Expected a kind of incident (${INCIDENT_KINDS.join(', ')}), but found "${kind}".`);
}

function partsIn(keys: readonly string[]): Part[] {
  return keys.map((key) => {
    const part = parsePart(key);
    if (part === null) throw new UsageError(`Expected the key of an incident, as list gives it, but found "${key}".`);
    return part;
  });
}

/** Pages of what is open now and fits the filters; what is raised meanwhile is left out. */
async function* matching({ db, clock }: Services, call: Call): AsyncGenerator<IncidentRow[]> {
  const [process, kind, now] = [call.text('process'), call.text('kind'), clock.now()];
  let after: IncidentCursor | undefined = { raisedAt: 0, instance: '0', id: 0 };
  while (after !== undefined) {
    const page: IncidentRow[] = await readIncidentsAfter(db, after, now, PAGE);
    yield page.filter((it) => (process ?? it.process) === it.process && (kind ?? it.kind) === it.kind);
    after = page.at(-1);
  }
}

async function list(services: Services, call: Call): Promise<number> {
  const limit = call.number('limit', 1, 50);
  const found: IncidentRow[] = [];
  for await (const page of matching(services, call)) {
    found.push(...page.slice(0, limit - found.length));
    if (found.length === limit) break;
  }
  if (call.flag('json')) {
    await printJson(
      call,
      found.map(({ instance, id, raisedAt, ...rest }) => {
        return { key: formatPart(instance, id), instance, ...rest, raisedAt: timeText(raisedAt) };
      }),
    );
    return 0;
  }
  const rows = found.map((it) => [
    formatPart(it.instance, it.id),
    timeText(it.raisedAt),
    it.process,
    it.element,
    it.kind,
    it.message,
  ]);
  await printTable(call, ['KEY', 'RAISED', 'PROCESS', 'ELEMENT', 'KIND', 'MESSAGE'], rows);
  return 0;
}

async function resolve(services: Services, named: readonly Part[], call: Call): Promise<number> {
  const refused: { key: string; error: string }[] = [];
  let resolved = 0;
  const resolveAll = async (parts: readonly Part[]): Promise<void> => {
    for (let first = 0; first < parts.length; first += ABREAST) {
      const answers = await Promise.all(parts.slice(first, first + ABREAST).map((part) => tryAgain(services, part)));
      for (const answer of answers) {
        if (answer === null) resolved += 1;
        else refused.push(answer);
      }
    }
  };
  if (named.length > 0) await resolveAll(named);
  else for await (const page of matching(services, call)) await resolveAll(page);
  if (call.flag('json')) await printJson(call, { resolved, refused });
  else {
    for (const { key, error } of refused) await print(call, `${key}: ${error}`);
    await print(call, `${resolved} resolved, ${refused.length} refused.`);
  }
  return refused.length === 0 ? 0 : 1;
}

async function tryAgain({ runtime, clock }: Services, { instance, id }: Part) {
  try {
    const asked = { at: clock.now(), actor: operator() };
    await runtime.submit(instance, { type: 'ResolveIncident', incident: id, ...asked });
    return null;
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    return { key: formatPart(instance, id), error: error.message };
  }
}
