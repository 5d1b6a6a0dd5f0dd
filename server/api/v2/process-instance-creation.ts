/** Starting process instances. */
import type { Response } from 'express';
import { z } from 'zod';
import { ROOT } from '../../../engine/index.ts';
import type { Instance, Variables } from '../../../engine/index.ts';
import { Rejection } from '../../../engine/rejection.ts';
import { readDefinitionVersion, readReleaseWith } from '../../db/definitions.ts';
import type { Definition } from '../../db/definitions.ts';
import { awaitEnd } from '../../process/completion.ts';
import type { Route } from '../../routes/route.ts';
import type { Services } from '../../services.ts';
import { actorOf } from '../../web/context.ts';
import { Refusal } from '../../web/refusal.ts';
import { onceOf } from '../once.ts';
import { name, variables } from '../parse.ts';
import { findDefinition } from './definition.ts';
import { TENANT } from './format.ts';
import { definitionOf } from './inside.ts';
import { readBody } from '../read.ts';

/** How long a caller waits for the end without saying so, and at most: ms. */
const WAIT = 10_000;
const LONGEST_WAIT = 600_000;

const shared = {
  variables,
  tenantId: z.literal(TENANT).optional(),
  operationReference: z.int().min(1).optional(),
  startInstructions: z
    .array(z.strictObject({ elementId: name }))
    .max(100)
    .default([]),
  runtimeInstructions: z.array(z.never(), 'Expected no runtime instructions').max(0).optional(),
  tags: z.array(z.never(), 'Expected no tags').max(0).optional(),
  awaitCompletion: z.boolean().default(false),
  fetchVariables: z.array(name).max(1000).optional(),
  requestTimeout: z.int().min(0).max(LONGEST_WAIT).default(0),
};

const creation = z.union([
  z.strictObject({
    processDefinitionId: name,
    /** -1 = the newest. */
    processDefinitionVersion: z.int().min(-1).default(-1),
    ...shared,
  }),
  z.strictObject({ processDefinitionKey: z.string().regex(/^\d{1,19}$/, 'Expected a key'), ...shared }),
]);
type Creation = z.output<typeof creation>;

const created = z.object({
  processDefinitionId: z.string(),
  processDefinitionVersion: z.int(),
  processDefinitionKey: z.string(),
  processInstanceKey: z.string(),
  variables: z.record(z.string(), z.json()),
  tenantId: z.string(),
  tags: z.array(z.string()),
});

/** The process to start, and the release to start it on; without one, the newest. */
async function placeOf(services: Services, asked: Creation): Promise<{ process: string; release?: string }> {
  if (!('processDefinitionKey' in asked)) {
    const { processDefinitionId: process, processDefinitionVersion: version } = asked;
    if (version < 1) return { process };
    const found = await readDefinitionVersion(services.db, 'process', process, version);
    if (found === null) {
      throw new Rejection('not-found', `Expected version ${version} of process "${process}", but it is not deployed.`);
    }
    return releaseOf(services, found);
  }
  return releaseOf(services, await findDefinition(services, ['process'], asked.processDefinitionKey));
}

/** A version that is not the newest runs with what was deployed last while it was. */
async function releaseOf({ db }: Services, { id: process, resource }: Definition) {
  const release = await readReleaseWith(db, resource);
  if (release === null) throw new Error(`Expected a release with process ${process}, but found none.`);
  return { process, release };
}

function rootVariables({ scopes }: Instance, wanted: readonly string[] = []): Variables {
  const all = scopes.find(({ id }) => id === ROOT)?.variables ?? {};
  if (wanted.length === 0) return all;
  return Object.fromEntries(Object.entries(all).filter(([variable]) => wanted.includes(variable)));
}

/** @throws Refusal 504 when it does not end in time; Rejection when it ends in another way */
async function completed({ runtime }: Services, started: Instance, asked: Creation, response: Response) {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const ended = await awaitEnd(runtime, started, asked.requestTimeout || WAIT, gone.signal);
  if (ended === null) {
    const found = `Expected process instance ${started.id} to complete within ${asked.requestTimeout || WAIT} ms`;
    throw new Refusal(504, 'not-yet', `${found}, but it is still active. It goes on; look for it by its key.`);
  }
  if (ended.status === 'completed') return ended;
  throw new Rejection('conflict', `Expected process instance ${ended.id} to complete, but it has ${ended.status}.`);
}

export const routes: Route[] = [
  {
    method: 'post',
    path: '/v2/process-instances',
    permission: 'processes:run',
    document: {
      summary: 'Start a process instance',
      tag: 'Process instances',
      description:
        'By id (the newest version unless one is named) or by key. An older version runs on the newest deployment that ' +
        'holds it. With `awaitCompletion` the answer comes when the instance has completed, with its variables, or as ' +
        `504 after \`requestTimeout\` (${WAIT} ms unless it says more). With \`startInstructions\` it begins at those ` +
        'elements instead of its start event, and what lies around them is opened. `operationReference` is taken and ' +
        'not kept; runtime instructions and tags are refused.',
      body: creation,
      repeatable: true,
      responses: { 200: created },
    },
    async handle(request, response, services) {
      const asked = readBody(creation, request.body);
      const place = await placeOf(services, asked);
      const activate = asked.startInstructions.map(({ elementId }) => elementId);
      const begun = activate.length === 0 ? place : { ...place, activate };
      const begin = { ...begun, variables: asked.variables, actor: actorOf(response) };
      const started = await services.runtime.start(begin, onceOf(request));
      const instance = asked.awaitCompletion
        ? await completed(services, started.instance, asked, response)
        : started.instance;
      const definition = await definitionOf(services, instance);
      response.json({
        processDefinitionId: definition.id,
        processDefinitionVersion: definition.version,
        processDefinitionKey: definition.key,
        processInstanceKey: instance.id,
        variables: rootVariables(instance, asked.awaitCompletion ? asked.fetchVariables : []),
        tenantId: TENANT,
        tags: [],
      });
    },
  },
];
