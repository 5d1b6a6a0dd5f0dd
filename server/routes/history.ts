/** Histories: the list, the replay of one case with its verdict, and its recording for the browser. */
import type { Request, Response } from 'express';
import { Rejection } from '../../engine/index.ts';
import type { Release } from '../../engine/index.ts';
import type { JournalRow } from '../db/journal.ts';
import { isKey } from '../db/key.ts';
import { readProcessVersions } from '../db/models.ts';
import { readDirectory } from '../desk/directory.ts';
import type { Directory } from '../desk/directory.ts';
import { incidentText } from '../desk/incident-text.ts';
import { elementName, processName } from '../desk/log.ts';
import type { Ticket } from '../db/ticket.ts';
import { findTicket } from '../desk/tickets.ts';
import { whyOf } from '../desk/why.ts';
import type { Services } from '../services.ts';
import { context } from '../web/context.ts';
import type { Context } from '../web/context.ts';
import { exactTimeText } from '../web/format.ts';
import type { Locale, Translate } from '../web/locales.ts';
import { showCases } from './history/list.ts';
import { recordReading } from './history/reading.ts';
import { kinds } from './history/sentences.ts';
import { stepsOf } from './history/steps.ts';
import type { Step } from './history/steps.ts';
import { verdictViews } from './history/verdict-view.ts';
import { mayRetry } from './incidents.ts';
import type { Route } from './route.ts';

/** A recorded case. */
interface Case {
  instance: string;
  rows: JournalRow[];
  release: Release;
  /** Of a support request. */
  ticket: Ticket | null;
}

/** By number of the ticket or key of the instance. */
async function findCase(services: Services, id: string): Promise<Case> {
  const ticket = isKey(id) ? null : await findTicket(services, id);
  const instance = ticket?.instanceId ?? id;
  const rows = await services.runtime.history(instance);
  const first = rows[0]?.command;
  if (first?.type !== 'Start') throw new Rejection('not-found', `Expected a case with the key ${id}, but found none.`);
  const release = await services.runtime.release(first.release);
  if (!release) throw new Error(`Expected release ${first.release} of instance ${instance}, but it is not there.`);
  return { instance, rows, release, ticket };
}

/** Name of an element or flow; a flow without a name is called after where it leads. */
function nameIn(release: Release, locale: Locale): (id: string) => string {
  const flows = new Map(
    [...release.processes.values()].flatMap((process) =>
      process.elements.flatMap((element) => element.outgoing.map((flow) => [flow.id, flow] as const)),
    ),
  );
  return (id) => {
    const flow = flows.get(id);
    return flow ? flow.name || elementName(release, flow.target, locale) : elementName(release, id, locale);
  };
}

/** The processes that the case went through, the first one first. */
function processesOf(rows: readonly JournalRow[]): string[] {
  const named = rows.flatMap(({ events }) =>
    events.flatMap((event) => ('process' in event && event.process !== undefined ? [event.process] : [])),
  );
  return [...new Set(named)];
}

type Reader = Pick<Context, 't' | 'locale'> & { directory: Directory };

function lineView({ kind, key, values }: Step['lines'][number], { t, locale }: Reader) {
  const { incident, message } = values;
  if (typeof incident !== 'string' || typeof message !== 'string') {
    return { kind, text: t(`history:events.${key}`, values) };
  }
  const { text, exact } = incidentText({ kind: incident, message }, locale);
  return { kind, text: t(`history:events.${key}`, { ...values, message: text }), exact };
}

function stepView(step: Step, reader: Reader, show: string) {
  const { t, directory } = reader;
  const kind = ['user', 'client', 'timer', 'job', 'intake', 'system'].includes(step.actor.kind)
    ? step.actor.kind
    : 'other';
  return {
    ...step,
    who: t(`history:actors.${kind}`, { name: kind === 'client' ? directory.client(step.actor.name) : step.actor.name }),
    title: t(`history:commands.${step.command}`, { subject: step.subject }),
    way: step.path.join(' → '),
    lines: step.lines.map((line) => lineView(line, reader)),
    hidden: show !== '' && !step.lines.some((line) => line.kind === show),
  };
}

function clientTexts(t: Translate): Record<string, string> {
  const keys = [
    'tasks',
    'timers',
    'waits',
    'incidents',
    'variables',
    'none',
    'stepOf',
    'due',
    'play',
    'pause',
    'tokens',
  ];
  // Their places are filled in the browser, so they keep them here.
  const places = { seq: '{{seq}}', count: '{{count}}', due: '{{due}}' };
  return Object.fromEntries(keys.map((key) => [key, t(`history:client.${key}`, places)]));
}

async function showHistory(request: Request, response: Response, services: Services): Promise<void> {
  const reader = context(response);
  const { t, locale, zone, permissions } = reader;
  const found = await findCase(services, String(request.params['id']));
  await recordReading(found, response, services);
  const nameOf = nameIn(found.release, locale);
  const timeText = (at: number): string => exactTimeText(at, locale, zone);
  const show = kinds.find((kind) => kind === request.query['show']) ?? '';
  const directory = await readDirectory(services, reader);
  const steps = stepsOf(found.rows, { nameOf, timeText }).map((step) => stepView(step, { t, locale, directory }, show));
  const id = found.ticket?.number ?? found.instance;
  const processes = processesOf(found.rows);
  const instance = await services.runtime.instance(found.instance);
  const name = found.ticket?.number ?? instance?.businessKey ?? id;
  response.render('history', {
    title: t('history:of', { name }),
    name,
    ended: instance?.status !== 'active',
    why: instance ? whyOf(found.release, instance, { ...reader, directory }) : [],
    caseId: id,
    mayBegin: permissions.has('tasks:work'),
    mayRetry: mayRetry(reader),
    back: `/history/${encodeURIComponent(id)}`,
    subtitle: found.ticket?.title ?? processName(found.release, processes[0] ?? '', locale),
    ticket: found.ticket ? `/tickets/${found.ticket.number}` : null,
    verdicts: verdictViews(await services.runtime.verifyHistory(found.instance), t),
    data: `/history/${encodeURIComponent(id)}/recording.json`,
    texts: clientTexts(t),
    count: steps.length,
    manyDiagrams: processes.length > 1,
    diagrams: processes.map((process) => ({ process, name: processName(found.release, process, locale) })),
    kinds: kinds.map((kind) => ({ kind, chosen: kind === show })),
    steps,
    shown: steps.some((step) => !step.hidden),
    styles: ['diagram.css'],
    scripts: ['history.js'],
  });
}

async function sendRecording(request: Request, response: Response, services: Services): Promise<void> {
  const { rows, release } = await findCase(services, String(request.params['id']));
  const versions = await readProcessVersions(services.db, release.id);
  const diagrams = processesOf(rows).flatMap((process) => {
    const version = versions.get(process);
    return version === undefined ? [] : [[process, `/models/${encodeURIComponent(process)}/${version}.bpmn`]];
  });
  response.json({
    rows: rows.map(({ seq, at, events }) => ({ seq, at, events })),
    diagrams: Object.fromEntries(diagrams) as Record<string, string>,
  });
}

export const routes: Route[] = [
  { method: 'get', path: '/histories', permission: 'histories:read', handle: showCases },
  { method: 'get', path: '/history/:id', permission: 'histories:read', handle: showHistory },
  { method: 'get', path: '/history/:id/recording.json', permission: 'histories:read', handle: sendRecording },
];
