/** Running instances of one version of a process go over to another, many at once. */
import { z } from 'zod';
import type { Definition } from '../db/definitions.ts';
import type { Route } from '../routes/route.ts';
import { actorOf } from '../web/context.ts';
import { name } from './parse.ts';
import { answerRepeatably } from './once.ts';
import { readBody } from './read.ts';

const definitionKey = z
  .string()
  .regex(/^\d{1,19}$/, 'Expected the key of a process definition')
  .meta({ description: 'Key of a process definition, as /v2/process-definitions/search gives it' });

/** The body of POST /api/migrations/plan. */
const versions = z.strictObject({ from: definitionKey, to: definitionKey });

/** The body of POST /api/migrations. */
const migration = versions.extend({
  elements: z
    .record(name, name)
    .default({})
    .meta({ description: 'Element here to element there; what is not named keeps its id' }),
  dryRun: z.boolean().default(false).meta({ description: 'true: tell what would come of it, and change nothing' }),
  reason: z.string().trim().min(1).max(500).optional().meta({ description: 'For the histories' }),
});

const version = z.object({ key: z.string(), process: z.string(), version: z.int() });

const plan = z.object({
  from: version,
  to: version,
  same: z.array(z.string()),
  renamed: z.record(z.string(), z.string()).meta({
    description: 'What has another id there, as far as that can be told: look at it, then give it as `elements`',
  }),
  changed: z.array(z.object({ element: z.string(), reason: z.string() })),
  gone: z.array(z.string()),
  added: z.array(z.string()),
});

const outcome = z.object({
  migrated: z.int().meta({ description: 'How many went over, or would' }),
  refusals: z.int(),
  refused: z
    .array(
      z.object({
        processInstanceKey: z.string(),
        reasons: z.array(z.object({ element: z.string().optional(), reason: z.string() })),
      }),
    )
    .meta({ description: 'The first thousand that stay where they are, and why' }),
});

const versionOf = ({ key, id, version: number }: Definition) => ({ key, process: id, version: number });

export const routes: Route[] = [
  {
    method: 'post',
    path: '/api/migrations/plan',
    permission: 'processes:read',
    document: {
      summary: 'Compare two versions of a process',
      tag: 'Migrations',
      description: 'What differs for instances that go over from the one to the other.',
      body: versions,
      responses: { 200: plan },
    },
    async handle(request, response, { runtime }) {
      const { from, to, difference } = await runtime.migration.plan(readBody(versions, request.body));
      const renamed = Object.fromEntries(difference.renamed.map((one) => [one.from, one.to]));
      response.json({ ...difference, from: versionOf(from), to: versionOf(to), renamed });
    },
  },
  {
    method: 'post',
    path: '/api/migrations',
    permission: 'processes:run',
    document: {
      summary: 'Migrate all running instances of a version',
      tag: 'Migrations',
      description:
        'Lets all that run in the version `from` go over to the version `to`, in batches. Instances are independent: what ' +
        'one refuses does not hold up another. Each is recorded in its history as an intervention. Asked for again, it ' +
        'passes over those that have gone.',
      body: migration,
      repeatable: true,
      responses: { 200: outcome },
    },
    async handle(request, response, services) {
      const { dryRun, reason, ...wanted } = readBody(migration, request.body);
      const by = { actor: actorOf(response), ...(reason === undefined ? {} : { reason }) };
      await answerRepeatably(request, response, services, async () => {
        const all = services.runtime.migration;
        const done = await (dryRun ? all.dryRun(wanted) : all.run(wanted, by));
        const refused = done.refused.map(({ instance, reasons }) => ({ processInstanceKey: instance, reasons }));
        return { ...done, refused };
      });
    },
  },
];
