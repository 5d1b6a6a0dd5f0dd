/** The page of the incidents: where they are, how many of each sort, and the cases that they stop. */
import { z } from 'zod';
import { INCIDENT_KINDS } from '../../engine/index.ts';
import type { Release } from '../../engine/index.ts';
import { incidentText } from '../desk/incident-text.ts';
import { elementName, processName } from '../desk/log.ts';
import { formatPart } from '../db/key.ts';
import { selectIncidentGroups, selectOpenIncidents } from '../db/open-incidents.ts';
import type { IncidentFilter, IncidentGroup, IncidentPlace, OpenIncident } from '../db/open-incidents.ts';
import type { Services } from '../services.ts';
import type { Context } from '../web/context.ts';
import type { Locale, Translate } from '../web/locales.ts';

const PAGE = 50;
/** The overview counts so many of the oldest, and shows so many sorts of them. */
const COUNTED = 10_000;
const GROUPS = 8;

const name = z.string().min(1).max(500).optional().catch(undefined);
const count = z.coerce.number().int().min(0).max(COUNTED).optional().catch(undefined);

/** What the address asks for; what does not fit counts as not asked. `resolved`, `raised`, `refused`: what was just done. */
export const query = z.object({
  process: name,
  element: name,
  kind: z.enum(INCIDENT_KINDS).optional().catch(undefined),
  after: z
    .string()
    .regex(/^\d{1,15}-\d{1,18}-\d{1,9}$/)
    .optional()
    .catch(undefined),
  resolved: count,
  raised: count,
  refused: count,
});
type Asked = z.infer<typeof query>;

/** The address of the page with these parts. */
export function hrefOf(parts: Partial<Record<keyof Asked, string | number | undefined>>): string {
  const given = Object.entries(parts).flatMap(([part, value]) =>
    value === undefined ? [] : [[part, String(value)] as [string, string]],
  );
  return given.length === 0 ? '/incidents' : `/incidents?${new URLSearchParams(given).toString()}`;
}

function placeOf(after: string | undefined): IncidentPlace | null {
  const [raisedAt, instance, id] = after?.split('-') ?? [];
  return raisedAt === undefined || instance === undefined || id === undefined
    ? null
    : { raisedAt: Number(raisedAt), instance, id: Number(id) };
}

/** Everything that the view reads. */
export async function incidentsView(services: Services, asked: Asked, reader: Context) {
  const { t, locale } = reader;
  const { process, element, kind, after } = asked;
  const filter: IncidentFilter = { process, element, kind };
  const [groups, found, latest] = await Promise.all([
    selectIncidentGroups(services.db, COUNTED),
    selectOpenIncidents(services.db, filter, PAGE + 1, placeOf(after)),
    services.runtime.latestRelease(),
  ]);
  const number = new Intl.NumberFormat(locale);
  const rows = found.slice(0, PAGE);
  const last = found.length > PAGE ? rows.at(-1) : undefined;
  const matching = groups.filter((group) => fits(group, filter));
  const total = matching.reduce((sum, group) => sum + group.count, 0);
  const all = groups.reduce((sum, group) => sum + group.count, 0);
  const filtered = process !== undefined || element !== undefined || kind !== undefined;
  return {
    title: t('incidents:title'),
    asked,
    filtered,
    count:
      all >= COUNTED ? t('incidents:many', { count: number.format(total) }) : t('incidents:count', { count: total }),
    // A single one has its own button.
    retryAll: total > 1 ? t('incidents:retryAll', { count: total, total: number.format(total) }) : null,
    groups: matching.slice(0, GROUPS).map((group) => groupView(group, filter, { latest, t, locale })),
    hidden: Math.max(0, matching.length - GROUPS),
    selects: selectsOf(groups, filter, { latest, t, locale }),
    rows: await rowsView(services, rows, reader),
    next: last === undefined ? null : hrefOf({ ...filter, after: `${last.raisedAt}-${last.instance}-${last.id}` }),
    first: after === undefined ? null : hrefOf({ ...filter }),
    here: hrefOf({ ...filter, after }),
    outcome: outcomeOf(asked, t),
  };
}

interface Words {
  latest: Release | null;
  t: Translate;
  locale: Locale;
}

function fits(group: IncidentGroup, { process, element, kind }: IncidentFilter): boolean {
  return (
    (process === undefined || group.process === process) &&
    (element === undefined || group.element === element) &&
    (kind === undefined || group.kind === kind)
  );
}

function groupView(group: IncidentGroup, filter: IncidentFilter, { latest, t, locale }: Words) {
  const { process, element, kind, count: many, since } = group;
  return {
    process: processName(latest, process, locale),
    place: latest === null ? element : elementName(latest, element, locale),
    element,
    kind: t(`incidents:kind.${kind}`),
    count: many,
    since,
    href: hrefOf({ process, element, kind }),
    chosen: filter.process === process && filter.element === element && filter.kind === kind,
  };
}

/** The choices are those that there is something to see of, and the one that is chosen. */
function selectsOf(groups: readonly IncidentGroup[], filter: IncidentFilter, { latest, t, locale }: Words) {
  const labels = {
    process: (id: string) => processName(latest, id, locale),
    element: (id: string) => (latest === null ? id : elementName(latest, id, locale)),
    kind: (id: string) => t(`incidents:kind.${id}`),
  };
  return (['process', 'element', 'kind'] as const).map((field) => {
    const chosen = filter[field];
    const values = new Set([...groups.map((group) => group[field]), ...(chosen === undefined ? [] : [chosen])]);
    const options = [...values].map((value) => ({ value, label: labels[field](value), chosen: value === chosen }));
    options.sort((a, b) => a.label.localeCompare(b.label, locale));
    return { name: field, options: [{ value: '', label: t('incidents:filter.any'), chosen: false }, ...options] };
  });
}

async function rowsView({ runtime }: Services, rows: readonly OpenIncident[], { t, locale, permissions }: Context) {
  const ids = [...new Set(rows.map(({ release }) => release))];
  const releases = new Map(await Promise.all(ids.map(async (id) => [id, await runtime.release(id)] as const)));
  return rows.map(({ instance, id, process, element, kind, message, raisedAt, release, ...row }) => {
    const { number, title, businessKey } = row;
    const known = releases.get(release) ?? null;
    const href = number !== null && permissions.has('tickets:read') ? `/tickets/${number}` : `/history/${instance}`;
    return {
      key: formatPart(instance, id),
      name: number ?? businessKey ?? instance,
      title: title ?? processName(known, process, locale),
      href,
      place: known === null ? element : elementName(known, element, locale),
      kind: t(`incidents:kind.${kind}`),
      message: incidentText({ kind, message }, locale),
      raisedAt,
      retry: `/cases/${number ?? instance}/incidents/${id}/retry`,
    };
  });
}

/** What trying all of them again came to, null when nothing was tried. */
function outcomeOf({ resolved, raised, refused }: Asked, t: Translate) {
  if (resolved === undefined || raised === undefined || refused === undefined) return null;
  return {
    kind: raised + refused === 0 ? 'good' : 'warn',
    lines: [
      t('incidents:done.resolved', { count: resolved }),
      ...(raised > 0 ? [t('incidents:done.raised', { count: raised })] : []),
      ...(refused > 0 ? [t('incidents:done.refused', { count: refused })] : []),
    ],
  };
}
