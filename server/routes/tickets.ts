/** The list of tickets. */
import type { Request, Response } from 'express';
import { z } from 'zod';
import { readDirectory } from '../desk/directory.ts';
import type { Directory } from '../desk/directory.ts';
import { countOf, listTickets } from '../desk/tickets.ts';
import type { TicketSearch } from '../desk/tickets.ts';
import { NEVER, TICKET_STATES } from '../db/ticket.ts';
import type { Ticket } from '../db/ticket.ts';
import type { Services } from '../services.ts';
import { context } from '../web/context.ts';
import type { Translate } from '../web/locales.ts';
import type { Route } from './route.ts';

const PAGE = 50;
const COUNTED = 1000;

/** What the address asks for; what does not fit counts as not asked. */
const query = z.object({
  q: z.string().max(200).catch('').default(''),
  state: z
    .enum(['open', 'all', ...TICKET_STATES])
    .catch('open')
    .default('open'),
  priority: z.enum(['', 'P1', 'P2', 'P3', 'P4']).catch('').default(''),
  group: z.string().max(64).catch('').default(''),
  mine: z.string().max(1).catch('').default(''),
  order: z.enum(['due', 'updated']).catch('due').default('due'),
  after: z.string().max(64).optional().catch(undefined),
});
type Filter = z.infer<typeof query>;

function searchOf(filter: Filter, login: string): TicketSearch {
  return {
    ...(filter.state === 'all' ? {} : { state: filter.state }),
    ...(filter.priority === '' ? {} : { priority: filter.priority }),
    ...(filter.group === '' ? {} : { group: filter.group }),
    ...(filter.mine === '' ? {} : { assignee: login }),
    ...(filter.q.trim() === '' ? {} : { text: filter.q }),
  };
}

/** The address of the list with some of its parts changed; a new filter begins at the first page. */
function hrefOf(filter: Filter, change: Partial<Filter>): string {
  const parts = Object.entries({ ...filter, after: undefined, ...change });
  const given = parts.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, value] as [string, string]],
  );
  return `/tickets?${new URLSearchParams(given).toString()}`;
}

function selectsOf(filter: Filter, directory: Directory, t: Translate) {
  const options = (chosen: string, pairs: [string, string][]) =>
    pairs.map(([value, label]) => ({ value, label, chosen: value === chosen }));
  const states = TICKET_STATES.map((state): [string, string] => [state, t(`tickets:state.${state}`)]);
  const any: [string, string] = ['', t('tickets:filter.any')];
  return [
    {
      name: 'state',
      options: options(filter.state, [['open', t('tickets:filter.open')], ['all', t('tickets:filter.all')], ...states]),
    },
    {
      name: 'priority',
      options: options(filter.priority, [any, ...['P1', 'P2', 'P3', 'P4'].map((one): [string, string] => [one, one])]),
    },
    {
      name: 'group',
      options: options(filter.group, [any, ...directory.groups.map(({ id, name }): [string, string] => [id, name])]),
    },
  ];
}

function rowOf(ticket: Ticket, directory: Directory, t: Translate) {
  return {
    number: ticket.number,
    title: ticket.title,
    state: ticket.state,
    priority: ticket.priority,
    group: directory.group(ticket.group),
    assignee: ticket.assignee === null ? t('tickets:unassigned') : directory.person(ticket.assignee),
    breached: ticket.endedAt === null && ticket.dueAt === ticket.createdAt,
    due: ticket.dueAt === NEVER ? null : ticket.dueAt,
    updatedAt: ticket.updatedAt,
  };
}

async function list(request: Request, response: Response, services: Services): Promise<void> {
  const { user, t } = context(response);
  const filter = query.parse(request.query);
  const search = searchOf(filter, user?.login ?? '');
  const [page, count, directory] = await Promise.all([
    listTickets(services, search, filter.order, PAGE, filter.after),
    countOf(services, search, COUNTED + 1),
    readDirectory(services, context(response)),
  ]);
  response.render('tickets', {
    title: t('tickets:title'),
    scripts: ['live.js'],
    filter,
    filtered: Object.keys(search).some((name) => name !== 'state') || !['open', 'all'].includes(filter.state),
    elsewhere: filter.state === 'open' ? hrefOf(filter, { state: 'all', order: 'updated' }) : null,
    count: count > COUNTED ? t('tickets:many', { count: COUNTED }) : t('tickets:count', { count }),
    selects: selectsOf(filter, directory, t),
    orders: (['due', 'updated'] as const).map((order) => ({
      name: order,
      href: hrefOf(filter, { order }),
      current: filter.order === order,
    })),
    rows: page.tickets.map((ticket) => rowOf(ticket, directory, t)),
    next: page.next === null ? null : hrefOf(filter, { after: page.next }),
    first: filter.after === undefined ? null : hrefOf(filter, {}),
  });
}

export const routes: Route[] = [{ method: 'get', path: '/tickets', permission: 'tickets:read', handle: list }];
