import { INCIDENT_KINDS } from '../../engine/index.ts';
import { readIncidentsAfter } from '../db/incident-pages.ts';
import type { IncidentCursor } from '../db/incident-pages.ts';
import type { IncidentRow } from '../db/incidents.ts';
import { formatPart, parsePart } from '../db/key.ts';
import type { Part } from '../db/part.ts';
import { resolveIncidents } from '../process/resolve-incidents.ts';
import type { Services } from '../services.ts';
import { UsageError, json } from './command.ts';
import type { Call, Subcommand } from './command.ts';
import { operator, withServices } from './open.ts';
import { print, printJson, printTable, timeText } from './print.ts';

const PAGE = 500;

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
  notes: 'What fails again raises a new incident. The exit code is 1 unless all went on.',
  run(call) {
    const [action = 'list', ...keys] = call.words;
    refuseUnknown(call.text('kind'));
    if (action === 'list' && keys.length === 0) {
      const limit = call.number('limit', 1, 50);
      return withServices(call, (services) => list(services, limit, call));
    }
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

/** Pages of what is open now and fits the filters; what is raised later is left out. */
async function* matching({ db, clock }: Services, call: Call): AsyncGenerator<IncidentRow[]> {
  const [process, kind, now] = [call.text('process'), call.text('kind'), clock.now()];
  let after: IncidentCursor | undefined = { raisedAt: 0, instance: '0', id: 0 };
  while (after !== undefined) {
    const page: IncidentRow[] = await readIncidentsAfter(db, after, now, PAGE);
    yield page.filter((it) => (process ?? it.process) === it.process && (kind ?? it.kind) === it.kind);
    after = page.at(-1);
  }
}

async function list(services: Services, limit: number, call: Call): Promise<number> {
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
  const wanted = named.length > 0 ? named : await all(services, call);
  const attempts = await resolveIncidents(services, wanted, operator());
  const refused = attempts.filter(({ result }) => result === 'refused');
  const raised = attempts.filter(({ result }) => result === 'raised').length;
  const resolved = attempts.length - refused.length - raised;
  const errors = refused.map(({ incident: { instance, id }, detail }) => {
    return { key: formatPart(instance, id), error: detail };
  });
  if (call.flag('json')) await printJson(call, { resolved, raised, refused: errors });
  else {
    for (const { key, error } of errors) await print(call, `${key}: ${error}`);
    await print(call, `${resolved} resolved, ${raised} failed again, ${refused.length} refused.`);
  }
  return resolved === attempts.length ? 0 : 1;
}

/** All that match, read to the end before the first is tried: one that fails again is not met a second time. */
async function all(services: Services, call: Call): Promise<Part[]> {
  const found: Part[] = [];
  for await (const page of matching(services, call)) found.push(...page.map(({ instance, id }) => ({ instance, id })));
  return found;
}
