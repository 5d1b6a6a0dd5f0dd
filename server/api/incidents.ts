/** Incidents of many cases at once, for operators' scripts. */
import { z } from 'zod';
import { INCIDENT_KINDS } from '../../engine/index.ts';
import { formatPart } from '../db/key.ts';
import { selectIncidentParts } from '../db/open-incidents.ts';
import { resolveIncidents } from '../process/resolve-incidents.ts';
import type { Attempt } from '../process/resolve-incidents.ts';
import type { Route } from '../routes/route.ts';
import { actorOf } from '../web/context.ts';
import { name } from './parse.ts';
import { answerRepeatably } from './once.ts';
import { readBody } from './read.ts';

/** One request tries so many again. */
const MOST = 10_000;

/** The body of POST /api/incidents/resolution. */
const resolution = z.strictObject({
  /** Which open incidents: all that fit; none named = all. */
  filter: z
    .strictObject({ process: name.optional(), element: name.optional(), kind: z.enum(INCIDENT_KINDS).optional() })
    .default({}),
  /** At most so many, the oldest first. */
  limit: z.int().min(1).max(MOST).default(MOST),
});

const report = z.object({
  resolved: z.int(),
  raised: z.int(),
  refused: z.int(),
  incidents: z.array(
    z.object({ incidentKey: z.string(), result: z.enum(['resolved', 'raised', 'refused']), detail: z.string() }),
  ),
});

function reportOf(attempts: readonly Attempt[]) {
  const count = (wanted: string) => attempts.filter(({ result }) => result === wanted).length;
  return {
    resolved: count('resolved'),
    raised: count('raised'),
    refused: count('refused'),
    incidents: attempts.map(({ incident, result, detail }) => ({
      incidentKey: formatPart(incident.instance, incident.id),
      result,
      detail,
    })),
  };
}

export const routes: Route[] = [
  {
    method: 'post',
    path: '/api/incidents/resolution',
    permission: 'processes:run',
    document: {
      summary: 'Resolve all incidents that fit',
      tag: 'Incidents',
      description:
        'Tries each again, the oldest first, and tells what came of it: `resolved`, `raised` (it went wrong again, as a ' +
        'new incident) or `refused` (somebody was faster, or the server was too busy). Cases are independent: what one ' +
        'refuses does not hold up another.',
      body: resolution,
      repeatable: true,
      responses: { 200: report },
    },
    async handle(request, response, services) {
      const { filter, limit } = readBody(resolution, request.body);
      const act = async () => {
        const incidents = await selectIncidentParts(services.db, filter, limit);
        return reportOf(await resolveIncidents(services, incidents, actorOf(response)));
      };
      await answerRepeatably(request, response, services, act);
    },
  },
];
