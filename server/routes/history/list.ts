/** The list of all cases, tickets or not: newest first, by process and state, found by key, number or business key. */
import type { Request, Response } from 'express';
import { z } from 'zod';
import {
  readCaseNotes,
  readInstancesOfBusinessKey,
  readNewestInstances,
  readStartedProcesses,
} from '../../db/instance-pages.ts';
import type { InstanceLine, InstancePage } from '../../db/instance-pages.ts';
import { isKey } from '../../db/key.ts';
import { processName } from '../../desk/log.ts';
import type { Services } from '../../services.ts';
import { context } from '../../web/context.ts';
import type { Context } from '../../web/context.ts';

const PAGE = 50;
const STATES = ['active', 'completed', 'terminated', 'failed', 'cancelled'] as const;

/** What the address asks for; what does not fit counts as not asked. */
const query = z.object({
  find: z.string().trim().max(500).catch('').default(''),
  process: z.string().max(500).catch('').default(''),
  state: z
    .enum(['', ...STATES])
    .catch('')
    .default(''),
  before: z.string().refine(isKey).optional().catch(undefined),
});
type Asked = z.infer<typeof query>;

/** The address of the list with these filters, from a key on. */
function hrefOf({ find, process, state }: Asked, before?: string): string {
  const parts = Object.entries({ find, process, state, before: before ?? '' }).filter(([, value]) => value !== '');
  return parts.length === 0 ? '/histories' : `/histories?${new URLSearchParams(parts).toString()}`;
}

/** Cases with this key, ticket number or business key that fit the filters; the newest, when there are many. */
async function findCases({ db, runtime }: Services, { find, process, state }: Asked): Promise<InstanceLine[]> {
  const named = isKey(find) ? await runtime.instance(find) : null;
  if (named) {
    const { id, release, status, startedAt, endedAt, businessKey } = named;
    const fits = (process === '' || named.process === process) && (state === '' || status === state);
    const line = { id, release, process: named.process, status, startedAt };
    return fits ? [{ ...line, endedAt: endedAt ?? null, businessKey: businessKey ?? null }] : [];
  }
  const wanted = { process: process || null, status: state || null, limit: PAGE };
  const found = await readInstancesOfBusinessKey(db, find, wanted);
  // Numbers of tickets may be written in any letters.
  return found.length > 0 ? found : readInstancesOfBusinessKey(db, find.toUpperCase(), wanted);
}

async function pageOf(services: Services, asked: Asked, started: readonly string[]): Promise<InstancePage> {
  const { find, process, state, before } = asked;
  if (find !== '') return { lines: await findCases(services, asked), before: null };
  const processes = process === '' ? started : [process];
  return readNewestInstances(services.db, { processes, status: state || null, before: before ?? null, limit: PAGE });
}

async function rowsOf({ db, runtime }: Services, lines: readonly InstanceLine[], { locale }: Context) {
  const notes = await readCaseNotes(
    db,
    lines.map(({ id }) => id),
  );
  return Promise.all(
    lines.map(async ({ id, release, process, status, businessKey, startedAt, endedAt }) => {
      const note = notes.get(id);
      const number = note?.number ?? null;
      const name = number ?? businessKey ?? id;
      return {
        key: id,
        href: `/history/${number ?? id}`,
        name: note?.title ?? name,
        // Stands before a title.
        number: note?.title == null ? '' : name,
        process: processName(await runtime.release(release), process, locale),
        status,
        tone: status === 'active' ? 'accent' : status === 'failed' ? 'danger' : '',
        startedAt,
        endedAt,
        incidents: note?.incidents ?? 0,
      };
    }),
  );
}

async function selectsOf({ runtime }: Services, asked: Asked, started: readonly string[], { t, locale }: Context) {
  const latest = await runtime.latestRelease();
  const processes = asked.process === '' || started.includes(asked.process) ? started : [asked.process, ...started];
  const named = processes.map((id) => ({ value: id, label: processName(latest, id, locale) }));
  named.sort((a, b) => a.label.localeCompare(b.label, locale));
  const states = STATES.map((state) => ({ value: state, label: t(`history:state.${state}`) }));
  const any = { value: '', label: t('history:any') };
  const select = (name: 'process' | 'state', options: { value: string; label: string }[]) => ({
    name,
    options: [any, ...options].map((option) => ({ ...option, chosen: option.value === asked[name] })),
  });
  return [select('process', named), select('state', states)];
}

/** Renders the list; what is found by its name alone is opened at once. */
export async function showCases(request: Request, response: Response, services: Services): Promise<void> {
  const reader = context(response);
  const asked = query.parse(request.query);
  const started = await readStartedProcesses(services.db);
  const { lines, before } = await pageOf(services, asked, started);
  const [only] = lines;
  if (asked.find !== '' && lines.length === 1 && only) return response.redirect(303, `/history/${only.id}`);
  response.render('histories', {
    title: reader.t('history:title'),
    asked,
    filtered: asked.find !== '' || asked.process !== '' || asked.state !== '',
    cut: asked.find !== '' && lines.length === PAGE ? PAGE : null,
    selects: await selectsOf(services, asked, started, reader),
    rows: await rowsOf(services, lines, reader),
    older: before === null ? null : hrefOf(asked, before),
    newest: asked.before === undefined ? null : hrefOf(asked),
  });
}
