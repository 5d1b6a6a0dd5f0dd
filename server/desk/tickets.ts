/** Tickets for pages and API: one, its conversation, lists page by page. */
import { bucketOfBusinessKey } from '../db/instances.ts';
import { isKey } from '../db/key.ts';
import { selectNotes } from '../db/ticket-notes.ts';
import { countTickets, selectTicket, selectTickets } from '../db/tickets.ts';
import type { TicketCursor, TicketFilter, TicketOrder } from '../db/tickets.ts';
import { Rejection } from '../../engine/rejection.ts';
import type { Services } from '../services.ts';
import { searchQuery } from './search-text.ts';
import type { Ticket, TicketNote } from '../db/ticket.ts';

type Needs = Pick<Services, 'db'>;

/** The ticket of this number, in any case of letters. Rejects an unknown one. */
export async function findTicket(services: Needs, number: string): Promise<Ticket> {
  const named = number.trim().toUpperCase();
  const ticket = await selectTicket(services.db, bucketOfBusinessKey(named), named);
  if (ticket === null) {
    throw new Rejection('not-found', `Expected a ticket with the number "${named.slice(0, 40)}", but found none.`);
  }
  return ticket;
}

/** The notes of a ticket, oldest first, as far as the reader may see them. */
export async function conversationOf(
  services: Needs,
  ticket: Ticket,
  reader: 'agent' | 'requester',
): Promise<TicketNote[]> {
  const notes = await selectNotes(services.db, ticket.instanceId);
  return reader === 'agent' ? notes : notes.filter((note) => note.audience === 'public');
}

/** One page of a list, and where the next one begins. */
export interface TicketPage {
  tickets: Ticket[];
  /** Opaque; null on the last page. */
  next: string | null;
}

/** What a list is asked for. `text` are words to be found; `after` is the `next` of the page before. */
export interface TicketSearch extends Omit<TicketFilter, 'query'> {
  text?: string;
}

/** @param size rows of a page */
export async function listTickets(
  services: Needs,
  search: TicketSearch,
  order: TicketOrder,
  size: number,
  after?: string,
): Promise<TicketPage> {
  const filter = filterOf(search);
  if (filter === null) return { tickets: [], next: null };
  const found = await selectTickets(services.db, filter, order, size + 1, readCursor(after));
  const tickets = found.slice(0, size);
  const last = tickets.at(-1);
  return { tickets, next: found.length > size && last !== undefined ? cursorOf(last, order) : null };
}

/** How many there are, counted up to the limit. */
export async function countOf(services: Needs, search: TicketSearch, limit: number): Promise<number> {
  const filter = filterOf(search);
  return filter === null ? 0 : countTickets(services.db, filter, limit);
}

/** null when words were asked for, but the text holds none. */
function filterOf({ text, ...filter }: TicketSearch): TicketFilter | null {
  if (text === undefined || text.trim() === '') return filter;
  const query = searchQuery(text);
  return query === null ? null : { ...filter, query };
}

const ORDERED_BY = { due: 'dueAt', updated: 'updatedAt', created: 'createdAt' } as const;

const cursorOf = (ticket: Ticket, order: TicketOrder): string => `${ticket[ORDERED_BY[order]]}-${ticket.instanceId}`;

function readCursor(text: string | undefined): TicketCursor | undefined {
  const parts = /^(\d{1,16})-(\d{1,19})$/.exec(text ?? '');
  const instanceId = parts?.[2] ?? '';
  return parts === null || !isKey(instanceId) ? undefined : { at: Number(parts[1]), instanceId };
}
