/** Keeps tickets and their conversation beside the journal, in the transaction of the commands. */
import type { Change } from '../process/change.ts';
import { rankTasks } from '../db/inbox.ts';
import type { Sql } from '../db/sql.ts';
import { insertNotes } from '../db/ticket-notes.ts';
import type { NewTicketNote } from '../db/ticket-notes.ts';
import { upsertTickets } from '../db/tickets.ts';
import type { TicketDraft } from '../db/ticket.ts';
import type { TicketChange } from '../db/tickets.ts';
import { propertiesIn, ticketOf } from './projection.ts';
import { searchWords } from './search-text.ts';

/** The projection of a batch; given to the runtime at its start. */
export async function storeTickets(tx: Sql, changes: readonly Change[]): Promise<void> {
  const tickets = new Map<string, TicketChange>();
  const notes: NewTicketNote[] = [];
  for (const change of changes) {
    const draft = ticketOf(change.after, propertiesIn(change.release));
    if (draft === null) continue;
    const before = tickets.get(draft.instanceId)?.draft;
    // Of several commands on one ticket in a batch the last one counts; it may leave the state to an earlier one.
    const state = draft.state ?? before?.state ?? null;
    const words = searchWords(draft.number, draft.title, draft.description, draft.requesterName);
    tickets.set(draft.instanceId, { draft: { ...draft, state }, updatedAt: change.command.at, words });
    notes.push(...notesOf(change));
  }
  await Promise.all([upsertTickets(tx, [...tickets.values()]), rankTasks(tx, openOf(tickets)), insertNotes(tx, notes)]);
}

/** An ended ticket has no tasks left. */
function openOf(tickets: ReadonlyMap<string, TicketChange>): TicketDraft[] {
  return [...tickets.values()].flatMap(({ draft }) => (draft.endedAt === null ? [draft] : []));
}

function notesOf({ after, command, events }: Change): NewTicketNote[] {
  return events.flatMap((event) => {
    if (event.type !== 'NoteAdded') return [];
    const { id, audience, text, to = [] } = event;
    return [{ instanceId: after.id, id, at: command.at, actor: command.actor, audience, text, to }];
  });
}
