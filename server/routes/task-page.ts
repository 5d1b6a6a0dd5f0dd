/** What the page of a task shows: form, ticket, conversation, clocks, log, the place on the diagram. */
import type { Response } from 'express';
import { readProcessVersions } from '../db/models.ts';
import { selectNotes } from '../db/ticket-notes.ts';
import { selectTicketOf } from '../db/tickets.ts';
import { readDirectory } from '../desk/directory.ts';
import { formSchema, inputsOf } from '../desk/form.ts';
import type { FormInput, FormSchema } from '../desk/form.ts';
import { formView } from '../desk/form-view.ts';
import { elementName, processName } from '../desk/log.ts';
import { canWork, mayAssign, mayClaim, mayComplete, mayRelease, pinnedRelease } from '../desk/work.ts';
import type { Work } from '../desk/work.ts';
import { listUsers } from '../people/user.ts';
import type { Release } from '../../engine/release.ts';
import type { Services } from '../services.ts';
import { context } from '../web/context.ts';
import { clockOf } from './inbox-page.ts';
import { clocksOf, factsOf, notesOf } from './ticket-view.ts';

/** The form of a task; one without fields when it has none. */
export function formOf(release: Release, work: Work): FormSchema {
  const content = work.form === null ? null : release.forms.get(work.form);
  return content === null || content === undefined ? { components: [] } : formSchema(content);
}

/** The process whose diagram shows the token: of a called process, the called one. */
function diagramOf({ instance, token }: Work): string {
  return instance.scopes.find((scope) => scope.id === token.scope)?.process ?? instance.process;
}

/** Facts of the ticket that the head of the page says already. */
const inHead = new Set(['state', 'priority', 'assignee']);

/** The ticket beside the form; null parts when the process is no support request. */
async function ticketView(services: Services, response: Response, work: Work) {
  const reader = context(response);
  const { t, now } = reader;
  const ticket = await selectTicketOf(services.db, work.instance.id);
  const directory = await readDirectory(services, reader, ticket?.requesterName);
  if (!ticket) return { directory, ticket: null };
  const notes = await selectNotes(services.db, work.instance.id);
  return {
    directory,
    ticket,
    facts: factsOf(ticket, directory, t).filter(({ name }) => !inHead.has(name)),
    clocks: clocksOf(ticket, t),
    notes: notesOf(ticket, notes, directory),
    clock: clockOf({ ticket, dueAt: null }, now),
  };
}

/** So many values, and so much of each, are shown beside a form. */
const VALUES = 100;
const VALUE = 300;

/** What the task sees and no field of its form shows; structured values as JSON. */
function valuesOf({ variables }: Work, schema: FormSchema) {
  const fields = new Set(inputsOf(schema).map(({ key }) => key));
  const rest = Object.entries(variables).filter(([name]) => !fields.has(name));
  const values = rest.slice(0, VALUES).map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return { name, text: text.length <= VALUE ? text : `${text.slice(0, VALUE)} …`, plain: typeof value === 'string' };
  });
  return { values, more: rest.length - values.length };
}

/** What happened before: the typed values that were refused and why, or the ticket whose step was done. */
export interface Before {
  input?: FormInput;
  /** Number of the ticket whose step was completed just now. */
  done?: string;
  /** Why nothing was done, above the form. */
  notice?: string;
  status: number;
}

/** Renders the page; what was typed before is kept. */
export async function showTask(services: Services, response: Response, work: Work, before?: Before): Promise<void> {
  const reader = context(response);
  const { user, t, locale } = reader;
  if (!user) return; // the permission is held by people only
  const release = await pinnedRelease(services, work.instance.release);
  const { directory, ...shown } = await ticketView(services, response, work);
  const { task, token, instance, key } = work;
  const step = elementName(release, token.element, locale);
  const schema = formOf(release, work);
  const form = formView(schema, work.variables, reader, before?.input);
  const people = mayAssign(user, task) ? (await listUsers(services)).filter(canWork) : [];
  const process = diagramOf(work);
  const element = release.processes.get(process)?.byId.get(token.element);
  const version = (await readProcessVersions(services.db, instance.release)).get(process);
  const about = { process: processName(release, instance.process, locale), businessKey: instance.businessKey ?? '' };
  response.status(before?.status ?? 200).render('task', {
    title: `${step} · ${shown.ticket?.number ?? (about.businessKey || about.process)}`,
    scripts: ['inbox.js', 'diagram.js'],
    styles: ['diagram.css'],
    ...shown,
    // Who cannot be given the task sees what its form shows, and no more.
    ...(shown.ticket ? {} : { about, data: mayAssign(user, task) ? valuesOf(work, schema) : null }),
    key,
    step,
    documentation: element?.properties[`documentation.${locale}`] ?? (locale === 'en' ? element?.documentation : ''),
    form,
    fieldsOnly: form.fields.some((field) => field.kind !== 'paragraphs' && field.kind !== 'rule'),
    notice: before?.notice ?? null,
    refused: (before?.status ?? 200) >= 400,
    doneBefore: before?.done ?? null,
    mine: task.assignee === user.login,
    assignee: task.assignee === null ? null : directory.person(task.assignee),
    offeredTo: [
      ...task.groups.map((id) => directory.group(id)),
      ...task.users.map((one) => directory.person(one)),
    ].join(t('task:comma')),
    may: {
      claim: mayClaim(user, task),
      release: mayRelease(user, task),
      assign: mayAssign(user, task),
      complete: mayComplete(user, task),
    },
    people: people.map(({ login, name }) => ({ login, name, chosen: login === task.assignee })),
    diagram: version === undefined ? null : `/models/${encodeURIComponent(process)}/${version}.bpmn`,
    active: token.element,
    instanceId: instance.id,
  });
}
