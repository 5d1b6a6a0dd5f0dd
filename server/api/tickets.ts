/** Tickets for other programs: file one, read those one has filed. */
import type { Request, Response } from 'express';
import { z } from 'zod';
import { Rejection } from '../../engine/rejection.ts';
import { newRequest, plainText } from '../desk/new-request.ts';
import { findTicket, listTickets } from '../desk/tickets.ts';
import { TICKET_STATES } from '../db/ticket.ts';
import type { Ticket } from '../db/ticket.ts';
import { fileRequest } from '../intake/file-request.ts';
import type { Once } from '../intake/file-request.ts';
import type { ApiToken } from '../people/api-token.ts';
import { findUser } from '../people/user.ts';
import type { Route } from '../routes/route.ts';
import type { Services } from '../services.ts';
import { actorOf, context } from '../web/context.ts';
import { Refusal } from '../web/refusal.ts';
import { onceOf } from './once.ts';
import { readBody, readParameters } from './read.ts';

/** The body of POST /api/tickets. */
const newTicket = z.strictObject({
  ...newRequest.shape,
  /** How the request reached the client. */
  channel: z.enum(['api', 'phone', 'mail']).default('api'),
  /** Login of the account that follows the request, '' for none. */
  requester: plainText(64).default(''),
  requesterName: plainText(200).default(''),
  /** Language in which the requester is answered. */
  locale: z.enum(['zh', 'en']).default('en'),
});

const list = z.object({
  state: z.enum(['open', ...TICKET_STATES]).optional(),
  q: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.string().max(64).optional(),
});

const date = z.iso.datetime().nullable();

/** A ticket as the API gives it. */
const ticketAnswer = z.object({
  id: z.string(),
  number: z.string(),
  state: z.enum(TICKET_STATES),
  title: z.string(),
  description: z.string(),
  channel: z.string(),
  requester: z.string(),
  requesterName: z.string(),
  contact: z.string(),
  locale: z.enum(['zh', 'en']),
  service: z.string(),
  type: z.string(),
  category: z.string(),
  priority: z.string(),
  impact: z.string(),
  urgency: z.string(),
  group: z.string(),
  tier: z.string(),
  assignee: z.string().nullable(),
  solution: z.string(),
  rating: z.int().nullable(),
  clocks: z.array(z.object({ name: z.string(), breachAt: date, breached: z.boolean() })),
  createdAt: date,
  updatedAt: date,
  endedAt: date,
});

function clientOf(response: Response): ApiToken {
  const { client } = context(response);
  if (client === null) throw new Refusal(401, 'token', 'Expected an API token, but found none.');
  return client;
}

/** The client's own key makes filing repeatable; the token itself, which is not stored, guards the link. */
function filedOnce(request: Request, client: ApiToken): Once | undefined {
  const { once } = onceOf(request);
  return once && { ...once, caller: `client:${client.id}`, seed: request.get('authorization') ?? '' };
}

async function create(request: Request, response: Response, services: Services): Promise<void> {
  const client = clientOf(response);
  const given = readBody(newTicket, request.body);
  const requester = given.requester === '' ? null : await findUser(services, given.requester);
  const filer = {
    channel: given.channel,
    requester: requester?.login ?? '',
    requesterName: given.requesterName || (requester?.name ?? ''),
    locale: given.locale,
    client: client.id,
    actor: actorOf(response),
  };
  const { number, secret } = await fileRequest(services, given, filer, filedOnce(request, client));
  const link = `${services.config.publicUrl}/r/${number}?key=${secret}`;
  response
    .status(201)
    .location(`/api/tickets/${number}`)
    .json({ number, id: (await findTicket(services, number)).instanceId, link });
}

const instant = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** A ticket as the API gives it: instants as RFC 3339 in UTC. */
function resourceOf(ticket: Ticket) {
  const { instanceId, number, state, title, description, channel, requester, requesterName, contact, locale } = ticket;
  const { service, type, category, priority, impact, urgency, group, tier, assignee, solution, rating } = ticket;
  return {
    id: instanceId,
    number,
    state,
    title,
    description,
    channel,
    requester,
    requesterName,
    contact,
    locale,
    service,
    type,
    category,
    priority,
    impact,
    urgency,
    group,
    tier,
    assignee,
    solution,
    rating,
    clocks: ticket.clocks.map(({ name, breachAt, breached }) => ({ name, breachAt: instant(breachAt), breached })),
    createdAt: instant(ticket.createdAt),
    updatedAt: instant(ticket.updatedAt),
    endedAt: instant(ticket.endedAt),
  };
}

export const routes: Route[] = [
  {
    method: 'post',
    path: '/api/tickets',
    permission: 'intake:tickets',
    document: {
      summary: 'File a ticket',
      tag: 'Tickets',
      description: 'An `Idempotency-Key` is remembered for 30 days here.',
      body: newTicket,
      repeatable: true,
      responses: { 201: z.object({ number: z.string(), id: z.string(), link: z.string() }) },
    },
    handle: create,
  },
  {
    method: 'get',
    path: '/api/tickets',
    permission: 'intake:tickets',
    document: {
      summary: 'List the tickets that this token filed',
      tag: 'Tickets',
      query: list,
      responses: { 200: z.object({ tickets: z.array(ticketAnswer), next: z.string().nullable() }) },
    },
    async handle(request, response, services) {
      const { state, q, limit, after } = readParameters(list, request.query);
      const search = {
        client: clientOf(response).id,
        ...(state === undefined ? {} : { state }),
        ...(q === undefined ? {} : { text: q }),
      };
      const { tickets, next } = await listTickets(services, search, 'created', limit, after);
      response.json({ tickets: tickets.map(resourceOf), next });
    },
  },
  {
    method: 'get',
    path: '/api/tickets/:number',
    permission: 'intake:tickets',
    document: { summary: 'Get a ticket that this token filed', tag: 'Tickets', responses: { 200: ticketAnswer } },
    async handle(request, response, services) {
      const ticket = await findTicket(services, String(request.params['number']));
      if (ticket.client !== clientOf(response).id) {
        throw new Rejection('not-found', `Expected a ticket ${ticket.number} filed with this token, but found none.`);
      }
      response.json(resourceOf(ticket));
    },
  },
];
