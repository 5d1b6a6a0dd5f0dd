/** How a process instance looks, and what it can be searched by. */
import { z } from 'zod';
import { Rejection } from '../../../engine/rejection.ts';
import type { FoundInstance, InsideFilter } from '../../db/instance-search.ts';
import type { Search } from '../../db/search.ts';
import type { Condition, Operator } from '../../db/search-filters.ts';
import { dateTime, TENANT } from './format.ts';
import { searchShape } from './search.ts';

export const processInstance = z.object({
  processInstanceKey: z.string(),
  processDefinitionId: z.string(),
  processDefinitionName: z.string(),
  processDefinitionVersion: z.int(),
  processDefinitionVersionTag: z.string().optional(),
  processDefinitionKey: z.string(),
  startDate: z.string(),
  endDate: z.string().optional(),
  state: z.enum(['ACTIVE', 'COMPLETED', 'TERMINATED']),
  hasIncident: z.boolean(),
  tenantId: z.string(),
  tags: z.array(z.string()),
});

export function processInstanceOf(it: FoundInstance): z.output<typeof processInstance> {
  const { key, name, version, versionTag } = it.definition;
  return {
    processInstanceKey: it.id,
    processDefinitionId: it.process,
    processDefinitionName: name || it.process,
    processDefinitionVersion: version,
    ...(versionTag === null ? {} : { processDefinitionVersionTag: versionTag }),
    processDefinitionKey: key,
    startDate: dateTime(it.startedAt),
    ...(it.endedAt === null ? {} : { endDate: dateTime(it.endedAt) }),
    state: it.state,
    hasIncident: it.hasIncident,
    tenantId: TENANT,
    tags: [],
  };
}

const states = { ACTIVE: 'ACTIVE', COMPLETED: 'COMPLETED', TERMINATED: 'TERMINATED' };
const text = z.string().max(10_000);
const several = z.array(text).min(1).max(100);
const variable = z.strictObject({
  name: text.min(1),
  value: z.union([
    text,
    z.strictObject({
      $eq: text.optional(),
      $neq: text.optional(),
      $exists: z.literal(true).optional(),
      $in: several.optional(),
      $notIn: several.optional(),
      $like: text.optional(),
    }),
  ]),
});

/** Filters on what is inside, which the table itself does not have. */
const INSIDE = ['elementId', 'elementInstanceState', 'errorMessage'];

const shape = searchShape(
  {
    processInstanceKey: { kind: 'key', column: 'id' },
    processDefinitionId: { kind: 'text', column: 'process' },
    processDefinitionName: { kind: 'text', column: 'name' },
    processDefinitionVersion: { kind: 'integer', column: 'version' },
    processDefinitionVersionTag: { kind: 'text', column: 'versionTag' },
    processDefinitionKey: { kind: 'key', column: 'definitionKey' },
    parentProcessInstanceKey: { kind: 'key', column: 'parent' },
    parentElementInstanceKey: { kind: 'key', column: 'parent' },
    startDate: { kind: 'instant', column: 'startedAt' },
    endDate: { kind: 'instant', column: 'endedAt' },
    state: { kind: 'text', values: states },
    hasIncident: { kind: 'boolean' },
    tenantId: { kind: 'text' },
    elementId: { kind: 'text', sort: false },
    elementInstanceState: { kind: 'text', values: states, sort: false },
    errorMessage: { kind: 'text', sort: false },
  },
  { special: { variables: z.array(variable).max(20).optional() }, or: true },
);

/** The body of a search of process instances. */
export const searchBody = shape.body;

/** The body of what is asked about the process instances that a filter finds. */
export const filterBody = z.strictObject({ filter: shape.filter.optional() });

/** Reads a search. @throws Rejection where the body does not fit */
export function readSearch(body: unknown): { search: Search; inside: InsideFilter } {
  const { search, special } = shape.read(body);
  if (search.anyOf.flat().some(({ field }) => INSIDE.includes(field))) {
    throw new Rejection(
      'invalid',
      `Expected ${INSIDE.join(', ')} outside of "$or", but found one inside. Move it out.`,
    );
  }
  const mine = (field: string) => search.conditions.filter((condition) => condition.field === field);
  const [active, reached] = [mine('elementId'), mine('elementInstanceState')];
  const onlyActive = reached.length === 1 && reached[0]?.operator === '$eq' && reached[0].value === 'ACTIVE';
  if (active.length + reached.length > 0 && !(active.length > 0 && onlyActive)) {
    throw new Rejection(
      'invalid',
      'Expected "elementId" together with "elementInstanceState": "ACTIVE", but found something else. ' +
        'Search element instances for those that have ended.',
    );
  }
  return {
    search: { ...search, conditions: search.conditions.filter(({ field }) => !INSIDE.includes(field)) },
    inside: {
      active,
      messages: mine('errorMessage'),
      variables: (special.variables ?? []).map(({ name, value }) => ({ name, conditions: conditionsOf(name, value) })),
    },
  };
}

function conditionsOf(name: string, value: z.output<typeof variable>['value']): Condition[] {
  const operators = typeof value === 'string' ? { $eq: value } : value;
  return Object.entries(operators).flatMap(([operator, wanted]) => {
    if (wanted === undefined) return [];
    const json = (one: string) => sameJson(name, one);
    const asText = operator === '$like' || wanted === true;
    const read = asText ? wanted : typeof wanted === 'string' ? json(wanted) : wanted.map(json);
    // The schema has let in none but operators.
    return [{ field: name, operator: operator as Operator, value: read }];
  });
}

/** The value as the server writes it: 2020.0 as 2020. */
function sameJson(name: string, value: string): string {
  try {
    return JSON.stringify(JSON.parse(value));
  } catch {
    const found = `Expected the value of variable "${name}" as JSON, but found ${value}.`;
    throw new Rejection('invalid', `${found} Write texts with quotation marks: "\\"open\\"".`);
  }
}
