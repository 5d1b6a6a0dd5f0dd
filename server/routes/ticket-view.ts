/** What the ticket page shows beside the conversation: facts, clocks, open tasks, the log in words. */
import type { Directory } from '../desk/directory.ts';
import { incidentText } from '../desk/incident-text.ts';
import { elementName } from '../desk/log.ts';
import type { LogLine } from '../desk/log.ts';
import type { Ticket, TicketNote } from '../db/ticket.ts';
import type { Release } from '../../engine/release.ts';
import type { KnownAlert } from '../db/alerts.ts';
import { formatPart } from '../db/key.ts';
import type { TaskRow } from '../db/tasks.ts';
import type { Context } from '../web/context.ts';
import type { Translate } from '../web/locales.ts';

/** The text of a code where there is one, else the code. */
function named(t: Translate, key: string, code: string): string {
  const found = t(`ticket:${key}.${code}`);
  return found === `${key}.${code}` ? code : found;
}

interface Fact {
  name: string;
  value?: string;
  at?: number;
  href?: string;
}

/** The facts that are known, in the order of the page. */
export function factsOf(ticket: Ticket, directory: Directory, t: Translate): Fact[] {
  const value = (kind: string, code: string) => (code === '' ? '' : named(t, `value.${kind}`, code));
  const facts: Fact[] = [
    { name: 'state', value: t(`tickets:state.${ticket.state}`) },
    { name: 'priority', value: ticket.priority },
    { name: 'group', value: directory.group(ticket.group) },
    { name: 'tier', value: ticket.tier },
    { name: 'assignee', value: ticket.assignee === null ? t('tickets:unassigned') : directory.person(ticket.assignee) },
    { name: 'type', value: value('type', ticket.type) },
    { name: 'category', value: value('category', ticket.category) },
    { name: 'service', value: directory.service(ticket.service) },
    { name: 'impact', value: value('impact', ticket.impact) },
    { name: 'urgency', value: value('urgency', ticket.urgency) },
    { name: 'channel', value: named(t, 'channel', ticket.channel) },
    { name: 'requester', value: ticket.requesterName },
    { name: 'contact', value: ticket.contact },
    { name: 'follows', value: ticket.follows, href: `/tickets/${encodeURIComponent(ticket.follows)}` },
    { name: 'rating', value: ticket.rating === null ? '' : `${ticket.rating} / 5 ${ticket.ratingComment}`.trim() },
    { name: 'created', at: ticket.createdAt },
    { name: 'updated', at: ticket.updatedAt },
    ...(ticket.endedAt === null ? [] : [{ name: 'ended', at: ticket.endedAt }]),
  ];
  return facts.filter((fact) => fact.at !== undefined || (fact.value ?? '') !== '');
}

/** The clocks with their names; a clock that has stopped in time is left out. */
export function clocksOf(ticket: Ticket, t: Translate) {
  return ticket.clocks.map((clock) => ({ ...clock, name: named(t, 'clock', clock.name) }));
}

/** The open tasks as links for those who may work them. */
export function tasksOf(tasks: readonly TaskRow[], release: Release, directory: Directory, { locale }: Context) {
  return tasks.map((task) => ({
    key: formatPart(task.instance, task.id),
    name: elementName(release, task.element, locale),
    assignee: task.assignee === null ? null : directory.person(task.assignee),
    groups: task.group === null ? '' : directory.group(task.group),
  }));
}

/** The conversation, the request itself first. */
export function notesOf(ticket: Ticket, notes: readonly TicketNote[], directory: Directory) {
  const own = (actor: string) =>
    actor === 'intake:portal' || (ticket.requester !== '' && actor === `user:${ticket.requester}`);
  const filed = {
    at: ticket.createdAt,
    author: ticket.requesterName || ticket.contact,
    audience: 'public',
    side: 'own',
    text: ticket.description || ticket.title,
  };
  const shown = notes.map((note) => ({
    at: note.at,
    author: directory.actor(note.actor),
    audience: note.audience,
    side: own(note.actor) ? 'own' : 'theirs',
    text: note.text,
  }));
  return [filed, ...shown];
}

/** The log, newest first, one sentence a line. */
export function logView(lines: readonly LogLine[], directory: Directory, { t, locale }: Pick<Context, 't' | 'locale'>) {
  return lines
    .map(({ at, actor, key, values }) => {
      const { incident, message = '' } = values;
      const told = incident === undefined ? null : incidentText({ kind: incident, message }, locale);
      const text = sentence(key, told ? { ...values, message: told.text } : values, directory, t);
      return { at, who: directory.actor(actor), text, exact: told?.exact };
    })
    .reverse();
}

function sentence(key: string, values: Record<string, string>, directory: Directory, t: Translate): string {
  const value = values['value'] ?? '';
  const told: Record<string, string> = {
    ...values,
    person: directory.person(values['person'] ?? ''),
    to: (values['to'] ?? '')
      .split(', ')
      .map((id) => directory.group(id))
      .join(', '),
    clock: named(t, 'clock', values['clock'] ?? ''),
    message: values['name'] === undefined ? (values['message'] ?? '') : named(t, 'message', values['name']),
    field: t(`ticket:field.${values['field'] ?? ''}`),
    value: values['field'] === 'group' ? directory.group(value) : named(t, `value.${values['field'] ?? ''}`, value),
  };
  return t(`ticket:logLine.${key}`, told);
}

/** The alerts behind the ticket. */
export function alertsOf(alerts: readonly KnownAlert[]) {
  return alerts.map(({ labels, annotations, status, startsAt, deliveries, fingerprint }) => ({
    name: [labels['alertname'] ?? annotations['summary'] ?? fingerprint, labels['instance']]
      .filter(Boolean)
      .join(' · '),
    status,
    firing: status === 'firing',
    startsAt,
    deliveries,
  }));
}
