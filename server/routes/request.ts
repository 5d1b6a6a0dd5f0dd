/**
 * One request as its requester follows it: by the secret link, or signed in as the one who filed it. Answers,
 * confirmation, rejection and rating are messages to the process; comments are public notes.
 */
import { timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Variables } from '../../engine/instance.ts';
import { Rejection } from '../../engine/rejection.ts';
import { readDirectory } from '../desk/directory.ts';
import { plainText } from '../desk/new-request.ts';
import { conversationOf, findTicket } from '../desk/tickets.ts';
import type { Ticket } from '../db/ticket.ts';
import { hashSecret } from '../people/secret.ts';
import type { Services } from '../services.ts';
import { actorOf, context } from '../web/context.ts';
import { plainView } from './request-view.ts';
import type { Route } from './route.ts';

/** A request that the reader may see, and the key they came with ('' for none). */
export interface OpenedRequest {
  ticket: Ticket;
  key: string;
}

function keyOf(request: Request): string {
  const body: unknown = request.body;
  const field = body !== null && typeof body === 'object' && 'key' in body ? body.key : request.query['key'];
  return typeof field === 'string' ? field.slice(0, 200) : '';
}

function opens(ticket: Ticket, key: string): boolean {
  const given = Buffer.from(hashSecret(key));
  const kept = Buffer.from(ticket.accessHash);
  return key !== '' && given.length === kept.length && timingSafeEqual(given, kept);
}

/** The request of the path when the key or the signed-in requester opens it; else null, whether it exists or not. */
export async function openRequest(
  request: Request,
  response: Response,
  services: Services,
): Promise<OpenedRequest | null> {
  const key = keyOf(request);
  const { user } = context(response);
  const ticket = await findTicket(services, String(request.params['number'])).catch((error: unknown) => {
    if (error instanceof Rejection && error.code === 'not-found') return null;
    throw error;
  });
  if (ticket === null) return null;
  if (opens(ticket, key)) return { ticket, key };
  return user !== null && user.login === ticket.requester ? { ticket, key: '' } : null;
}

/** The page that asks for the whole link. */
export function showLocked(request: Request, response: Response): void {
  const { t, path } = context(response);
  const shown = { title: t('portal:follow.title'), number: request.params['number'], back: encodeURIComponent(path) };
  response.status(403).render('portal/locked', shown);
}

/** Who has the key in the address keeps it to themselves: no cache, no referrer. */
export function keepSecret(response: Response): void {
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Referrer-Policy', 'no-referrer');
}

/** Back to the request, with the key when there was one. */
export function backTo(response: Response, { ticket, key }: OpenedRequest): void {
  const query = new URLSearchParams({ ...(key === '' ? {} : { key }), thanks: '1' });
  response.redirect(303, `/r/${ticket.number}?${query.toString()}`);
}

async function show(request: Request, response: Response, services: Services): Promise<void> {
  keepSecret(response);
  const opened = await openRequest(request, response, services);
  const { t, user, permissions } = context(response);
  const agent = opened === null && permissions.has('tickets:read');
  if (agent) return response.redirect(303, `/tickets/${encodeURIComponent(String(request.params['number']))}`);
  if (opened === null) return showLocked(request, response);
  const { ticket, key } = opened;
  const directory = await readDirectory(services, context(response), ticket.requesterName);
  const notes = await conversationOf(services, ticket, 'requester');
  const mine = (actor: string) => actor === 'intake:portal' || actor === `user:${ticket.requester}`;
  const first = { at: ticket.createdAt, actor: `user:${ticket.requester}`, text: ticket.description || ticket.title };
  const filed = request.query['filed'] !== undefined;
  response.render('portal/request', {
    title: `${ticket.number} ${ticket.title}`,
    scripts: user === null ? [] : ['live.js'],
    ticket,
    key,
    filed,
    thanks: request.query['thanks'] !== undefined,
    link: filed && key !== '' ? `${services.config.publicUrl}/r/${ticket.number}?key=${key}` : '',
    ratings: [1, 2, 3, 4, 5],
    notes: [first, ...notes].map((note) => ({
      ...note,
      side: mine(note.actor) ? 'own' : 'theirs',
      author:
        mine(note.actor) && (user === null || user.login === ticket.requester)
          ? t('portal:you')
          : directory.actor(note.actor),
    })),
    ...plainView(ticket, directory, context(response)),
  });
}

const text = z.object({ text: plainText(20_000).pipe(z.string().min(1)) });

function textOf(request: Request): string {
  const read = text.safeParse(request.body);
  if (!read.success) throw new Rejection('invalid', 'Expected a text of 1 to 20,000 characters. Write a few words.');
  return read.data.text;
}

/** The rejection of an action that the process does not wait for, or no longer. */
export function tooLate(number: string, name: string): Rejection {
  return new Rejection('conflict', `Expected ${number} to wait for ${name}, but it does not. Reload the request.`);
}

/** Gives the job that sends the survey a moment, at most a second: the page that follows should ask for the rating. */
async function surveyComes(services: Services, number: string): Promise<void> {
  for (let left = 20; left > 0; left -= 1) {
    const { awaits, endedAt } = await findTicket(services, number);
    if (endedAt !== null || awaits.includes('survey.submitted')) return;
    await sleep(50);
  }
}

/** An action of the requester: a message that the process must be waiting for. */
function message(path: string, name: string, variables: (request: Request) => Variables): Route {
  return {
    method: 'post',
    path: `/r/:number/${path}`,
    permission: 'public',
    async handle(request, response, services) {
      const opened = await openRequest(request, response, services);
      if (opened === null) return showLocked(request, response);
      const { number, awaits } = opened.ticket;
      if (!awaits.includes(name)) throw tooLate(number, name);
      const { result } = await services.runtime.publishMessage({
        name,
        key: number,
        variables: variables(request),
        ttl: 0,
        actor: actorOf(response),
      });
      if (result !== 'correlated') throw tooLate(number, name);
      if (name === 'requester.confirmed') await surveyComes(services, number);
      backTo(response, opened);
    },
  };
}

export const routes: Route[] = [
  { method: 'get', path: '/r/:number', permission: 'public', handle: show },
  message('reply', 'requester.replied', (request) => ({ answer: textOf(request) })),
  message('confirm', 'requester.confirmed', () => ({})),
  message('reject', 'requester.rejected', (request) => ({ rejection: textOf(request) })),
  {
    method: 'post',
    path: '/r/:number/comment',
    permission: 'public',
    async handle(request, response, services) {
      const opened = await openRequest(request, response, services);
      if (opened === null) return showLocked(request, response);
      const note = { audience: 'public' as const, text: textOf(request) };
      const at = services.clock.now();
      await services.runtime.submit(opened.ticket.instanceId, { type: 'AddNote', at, actor: actorOf(response), note });
      backTo(response, opened);
    },
  },
];
