/** One ticket as agents see it: conversation, facts, clocks, the place on the diagram, the log. */
import type { Request, Response } from 'express';
import { z } from 'zod';
import { Rejection } from '../../engine/rejection.ts';
import type { Instance } from '../../engine/instance.ts';
import { selectAlerts } from '../db/alerts.ts';
import { readProcessVersions } from '../db/models.ts';
import { readTasksOf } from '../db/tasks.ts';
import { readDirectory } from '../desk/directory.ts';
import { incidentText } from '../desk/incident-text.ts';
import { elementName, logOf } from '../desk/log.ts';
import { plainText } from '../desk/new-request.ts';
import { conversationOf, findTicket } from '../desk/tickets.ts';
import { remedyOf, whyOf } from '../desk/why.ts';
import type { Services } from '../services.ts';
import { actorOf, context } from '../web/context.ts';
import { mayRetry } from './incidents.ts';
import { alertsOf, clocksOf, factsOf, logView, notesOf, tasksOf } from './ticket-view.ts';
import type { Route } from './route.ts';

function groupKeyOf(instance: Instance): string | null {
  const alert = instance.scopes.find((scope) => scope.id === 0)?.variables['alert'];
  const key = alert !== null && typeof alert === 'object' && !Array.isArray(alert) ? alert['groupKey'] : null;
  return typeof key === 'string' ? key : null;
}

/** The tokens at rest inside an element that is no scope of others. */
const resting = ({ tokens }: Instance) => {
  const around = new Set(tokens.map(({ scope }) => scope));
  return tokens.filter((token) => token.state !== 'arrived' && !around.has(token.id));
};

async function show(request: Request, response: Response, services: Services): Promise<void> {
  const reader = context(response);
  const { t, locale, permissions } = reader;
  const ticket = await findTicket(services, String(request.params['number']));
  const directory = await readDirectory(services, reader, ticket.requesterName);
  const instance = await services.runtime.instance(ticket.instanceId);
  if (instance === null) throw new Error(`Expected instance ${ticket.instanceId} of ${ticket.number}, but found none.`);
  const release = await services.runtime.release(instance.release);
  if (release === null) throw new Error(`Expected release ${instance.release} of ${ticket.number}, but found none.`);
  const groupKey = groupKeyOf(instance);
  const version = (await readProcessVersions(services.db, instance.release)).get(instance.process);
  const rests = resting(instance);
  const [notes, tasks, journal, alerts] = [
    await conversationOf(services, ticket, 'agent'),
    await readTasksOf(services.db, ticket.instanceId),
    await services.runtime.history(ticket.instanceId),
    groupKey === null ? [] : await selectAlerts(services.db, groupKey),
  ];
  response.render('ticket', {
    title: `${ticket.number} ${ticket.title}`,
    scripts: ['diagram.js', 'live.js'],
    styles: ['diagram.css'],
    ticket,
    writable: permissions.has('tasks:work') && ticket.endedAt === null,
    notes: notesOf(ticket, notes, directory),
    tasks: tasksOf(tasks, release, directory, reader),
    incidents: instance.incidents.map((incident) => ({
      id: incident.id,
      element: elementName(release, incident.element, locale),
      message: incidentText(incident, locale),
      remedy: remedyOf(incident, t),
    })),
    why: whyOf(release, instance, { ...reader, directory }),
    caseId: ticket.number,
    mayBegin: permissions.has('tasks:work'),
    mayRetry: mayRetry(reader),
    back: `/tickets/${ticket.number}`,
    clocks: clocksOf(ticket, t),
    facts: factsOf(ticket, directory, t),
    alerts: alertsOf(alerts),
    log: logView(logOf(journal, release, locale), directory, reader),
    diagram: version === undefined ? null : `/models/${encodeURIComponent(instance.process)}/${version}.bpmn`,
    here: [...new Set(rests.map((token) => elementName(release, token.element, locale)))].join(', '),
    active: rests.map((token) => token.element).join(','),
  });
}

const note = z.object({
  text: plainText(20_000).pipe(z.string().min(1)),
  audience: z.enum(['public', 'internal']).default('internal'),
});

export const routes: Route[] = [
  { method: 'get', path: '/tickets/:number', permission: 'tickets:read', handle: show },
  {
    method: 'post',
    path: '/tickets/:number/notes',
    permission: 'tasks:work',
    async handle(request, response, services) {
      const read = note.safeParse(request.body);
      if (!read.success)
        throw new Rejection('invalid', 'Expected a note of 1 to 20,000 characters. Write a few words.');
      const ticket = await findTicket(services, String(request.params['number']));
      const at = services.clock.now();
      await services.runtime.submit(ticket.instanceId, {
        type: 'AddNote',
        at,
        actor: actorOf(response),
        note: read.data,
      });
      response.redirect(303, `/tickets/${ticket.number}`);
    },
  },
];
