/** Changing process instances by hand: moving their tokens, moving them to another version. */
import { z } from 'zod';
import { ROOT } from '../../../engine/index.ts';
import type { Activation, Migrate } from '../../../engine/index.ts';
import { Rejection } from '../../../engine/rejection.ts';
import { readReleaseWith } from '../../db/definitions.ts';
import type { Route } from '../../routes/route.ts';
import { actorOf } from '../../web/context.ts';
import { onceOf } from '../once.ts';
import { name, variables } from '../parse.ts';
import { findDefinition } from './definition.ts';
import { findInstance, readElementKey } from './inside.ts';
import { readBody } from '../read.ts';

const key = z.string().regex(/^\d{1,25}$/, 'Expected a key of 1 to 25 digits');

const modification = z.strictObject({
  activateInstructions: z
    .array(
      z.strictObject({
        elementId: name,
        /** "-1": where the element lies. */
        ancestorElementInstanceKey: z.union([z.literal('-1'), key]).default('-1'),
        variableInstructions: z
          .array(z.strictObject({ variables, scopeId: z.string().max(500).default('') }))
          .max(100)
          .default([]),
      }),
    )
    .max(1000)
    .default([]),
  terminateInstructions: z
    .array(z.strictObject({ elementInstanceKey: key }))
    .max(1000)
    .default([]),
  operationReference: z.int().min(1).optional(),
});
type Modification = z.output<typeof modification>;

const migration = z.strictObject({
  targetProcessDefinitionKey: z.string().regex(/^\d{1,19}$/, 'Expected a key'),
  /** What is not named keeps its id. */
  mappingInstructions: z.array(z.strictObject({ sourceElementId: name, targetElementId: name })).max(10_000),
  operationReference: z.int().min(1).optional(),
});

const params = z.object({ processInstanceKey: z.string() });

/** The counter of an element instance of this instance. */
function inside(instance: string, named: string): number {
  const place = readElementKey(named);
  if (place?.instance === instance) return place.id;
  throw new Rejection(
    'invalid',
    `Expected an element instance of ${instance}, but found ${named}. Search for its key.`,
  );
}

function activationOf(instance: string, asked: Modification['activateInstructions'][number]): Activation {
  const { elementId: element, ancestorElementInstanceKey: around, variableInstructions } = asked;
  return {
    element,
    ...(around === '-1' ? {} : { scope: inside(instance, around) }),
    ...(variableInstructions.length === 0
      ? {}
      : {
          variables: variableInstructions.map(({ variables: values, scopeId: scope }) =>
            scope === '' ? { variables: values } : { scope, variables: values },
          ),
        }),
  };
}

export const routes: Route[] = [
  {
    method: 'post',
    path: '/v2/process-instances/:processInstanceKey/modification',
    permission: 'processes:run',
    document: {
      summary: 'Modify a process instance',
      tag: 'Process instances',
      description:
        'Activates elements and ends element instances with all that goes on inside them, in one step. It is recorded in ' +
        'the history as an intervention. `operationReference` is taken and not kept.',
      params,
      body: modification,
      repeatable: true,
      responses: { 204: { description: 'It is done' } },
    },
    async handle(request, response, services) {
      const asked = readBody(modification, request.body);
      const { id } = await findInstance(services, String(request.params['processInstanceKey']));
      const terminate = asked.terminateInstructions.map(({ elementInstanceKey }) => inside(id, elementInstanceKey));
      if (terminate.includes(ROOT)) {
        throw new Rejection(
          'invalid',
          `Expected element instances to end, but found the process itself. Cancel ${id}.`,
        );
      }
      const activate = asked.activateInstructions.map((one) => activationOf(id, one));
      const said = { at: services.clock.now(), actor: actorOf(response) };
      await services.runtime.submit(id, { type: 'Modify', activate, terminate, ...said }, onceOf(request));
      response.status(204).end();
    },
  },
  {
    method: 'post',
    path: '/v2/process-instances/:processInstanceKey/migration',
    permission: 'processes:run',
    document: {
      summary: 'Migrate a process instance to another version',
      tag: 'Process instances',
      description:
        'It goes on in the newest deployment that holds the version. Elements that no instruction names keep their ids. ' +
        'What cannot go over is refused with the reasons, and nothing is changed. It is recorded in the history as an ' +
        'intervention. `operationReference` is taken and not kept.',
      params,
      body: migration,
      repeatable: true,
      responses: { 204: { description: 'It runs in that version' } },
    },
    async handle(request, response, services) {
      const asked = readBody(migration, request.body);
      const { id } = await findInstance(services, String(request.params['processInstanceKey']));
      const target = await findDefinition(services, ['process'], asked.targetProcessDefinitionKey);
      const release = await readReleaseWith(services.db, target.resource);
      if (release === null) throw new Error(`Expected a release with definition ${target.key}, but found none.`);
      const pairs = asked.mappingInstructions.map((one) => [one.sourceElementId, one.targetElementId]);
      const command: Migrate = {
        type: 'Migrate',
        release,
        process: target.id,
        elements: Object.fromEntries(pairs) as Record<string, string>,
        at: services.clock.now(),
        actor: actorOf(response),
      };
      await services.runtime.submit(id, command, onceOf(request));
      response.status(204).end();
    },
  },
];
