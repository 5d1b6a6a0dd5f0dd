/** What the inbox shows: lines of tasks with names, clocks and what the reader can do with them. */
import { z } from 'zod';
import type { Instant } from '../../engine/instance.ts';
import type { InboxCursor, InboxTask } from '../db/inbox.ts';
import { PAGE_SIZE, cursorAfter } from '../db/inbox.ts';
import { isKey } from '../db/key.ts';
import type { TicketClock } from '../db/ticket.ts';
import type { Directory } from '../desk/directory.ts';
import { elementName, processName } from '../desk/log.ts';
import { pinnedRelease } from '../desk/work.ts';
import type { Services } from '../services.ts';
import type { Context } from '../web/context.ts';

/** Where counting stops. */
export const most = 1000;

/** The clock that matters: the next one that breaches, or that one was missed; without clocks the due date of the task. */
export interface ClockView {
  /** Text `ticket:clock.NAME`, when the clock is one of the known. */
  name: string | null;
  due: Instant | null;
  missed: boolean;
}

/** A line of the inbox. */
export interface InboxLine {
  key: string;
  /** Of a ticket; of another case its business key. */
  number: string;
  /** Of a ticket; of another case the name of the task, which is its step as well. */
  title: string;
  step: string;
  /** The process, of a case that is no ticket. */
  process: string;
  priority: string;
  clock: ClockView | null;
  group: string;
  assignee: string;
  updatedAt: Instant;
  free: boolean;
}

const known = ['response', 'resolution', 'update'];

/** @see ClockView */
export function clockOf(
  task: { ticket: { clocks: readonly TicketClock[] } | null; dueAt: Instant | null },
  now: Instant,
): ClockView | null {
  const clocks = task.ticket?.clocks ?? [];
  const open = clocks.filter((clock) => clock.breachAt !== null);
  const next = open.sort((a, b) => (a.breachAt ?? 0) - (b.breachAt ?? 0))[0];
  const missed = clocks.find((clock) => clock.breached);
  const nameOf = (name: string) => (known.includes(name) ? name : null);
  if (missed && (!next || (next.breachAt ?? 0) > now)) return { name: nameOf(missed.name), due: null, missed: true };
  if (next) return { name: nameOf(next.name), due: next.breachAt, missed: false };
  return task.dueAt === null ? null : { name: null, due: task.dueAt, missed: false };
}

/** Makes the lines; step names come from the release that each case is pinned to. */
export async function inboxLines(
  services: Pick<Services, 'runtime'>,
  tasks: readonly InboxTask[],
  directory: Directory,
  { locale, now }: Pick<Context, 'locale' | 'now'>,
): Promise<InboxLine[]> {
  return Promise.all(
    tasks.map(async (task) => {
      const release = await pinnedRelease(services, task.release);
      const name = elementName(release, task.element, locale);
      return {
        key: task.key,
        number: task.ticket?.number ?? task.businessKey ?? '',
        title: task.ticket?.title ?? name,
        step: task.ticket ? name : '',
        process: task.ticket ? '' : processName(release, task.process, locale),
        priority: task.ticket?.priority ?? '',
        clock: clockOf(task, now),
        group: task.group === null ? '' : directory.group(task.group),
        assignee: task.assignee === null ? '' : directory.person(task.assignee),
        updatedAt: task.ticket?.updatedAt ?? task.createdAt,
        free: task.assignee === null,
      };
    }),
  );
}

const cursorShape = z.tuple([z.int(), z.string().refine(isKey), z.int32()]);

/** The cursor of a link; null for none or a broken one (the list then begins at its start). */
export function readCursor(text: unknown): InboxCursor | null {
  if (typeof text !== 'string' || text === '') return null;
  const [due, instanceId, id] = text.split('~');
  const read = cursorShape.safeParse([Number(due), instanceId, Number(id)]);
  return read.success ? { due: read.data[0], instanceId: read.data[1], id: read.data[2] } : null;
}

/** The cursor of the next page; null when this one was not full. */
export function nextCursor(tasks: readonly InboxTask[]): string | null {
  const last = tasks[PAGE_SIZE - 1];
  if (!last) return null;
  const { due, instanceId, id } = cursorAfter(last);
  return [due, instanceId, id].join('~');
}
