/** The variables that a user task sees. */
import { z } from 'zod';
import { ROOT } from '../../../engine/index.ts';
import { Rejection } from '../../../engine/rejection.ts';
import type { Chronicle } from '../../process/chronicle.ts';
import type { Route } from '../../routes/route.ts';
import { findChronicle } from './inside.ts';
import { partOf } from './parts.ts';
import { readParameters } from '../read.ts';
import { searchItems } from './search-items.ts';
import { answerOf, searchAnswer, searchShape } from './search.ts';
import { foundVariable, insideVariables, shortened, truncation, variablesIn, whole } from './variables.ts';
import type { VariableItem } from './variables.ts';

const shape = searchShape({
  name: { kind: 'text' },
  value: { kind: 'text', filter: false },
  tenantId: { kind: 'text', filter: false },
  variableKey: { kind: 'key', filter: false },
  scopeKey: { kind: 'key', filter: false },
  processInstanceKey: { kind: 'key', filter: false },
});

/** The task and what is around it, from the inside out: to the process, or to the call that the task is in. */
function scopesAround({ elements }: Chronicle, task: number): number[] {
  const scopes: number[] = [];
  const inner = elements.find(({ id }) => id === task);
  for (let at = inner; at !== undefined;) {
    scopes.push(at.id);
    if (at.process !== inner?.process || at.scope === null) break;
    const outer = at.scope;
    at = elements.find(({ id }) => id === outer);
  }
  return scopes;
}

/** Of the variables of one name the innermost. */
function seenBy(chronicle: Chronicle, task: number): VariableItem[] {
  const all = variablesIn(chronicle);
  const seen = new Map<string, VariableItem>();
  for (const scope of scopesAround(chronicle, task)) {
    for (const it of all) if (it.scope === scope && !seen.has(it.name)) seen.set(it.name, it);
  }
  return [...seen.values()];
}

export const routes: Route[] = [
  {
    method: 'post',
    path: '/v2/user-tasks/:userTaskKey/variables/search',
    permission: 'processes:read',
    document: {
      summary: 'Search the variables of a user task',
      tag: 'User tasks',
      description: 'All that the task sees: its own, and those around it.',
      params: z.object({ userTaskKey: z.string() }),
      query: truncation,
      body: shape.body,
      responses: { 200: searchAnswer(foundVariable) },
    },
    async handle(request, response, services) {
      const { search } = shape.read(request.body);
      const { truncateValues } = readParameters(truncation, request.query);
      const key = String(request.params['userTaskKey']);
      const { instance, id } = partOf(key, 'user task');
      const chronicle = await findChronicle(services, instance);
      if (id === ROOT || !chronicle.elements.some((it) => it.id === id)) {
        throw new Rejection('not-found', `Expected a user task ${key}, but there is none. Take its key from a search.`);
      }
      const found = searchItems(seenBy(chronicle, id), insideVariables.fields, ['variableKey'], search);
      response.json(answerOf(found, search, truncateValues === 'true' ? shortened : whole));
    },
  },
];
