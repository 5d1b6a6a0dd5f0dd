/** Variables: search, read. */
import { z } from 'zod';
import { Rejection } from '../../../engine/rejection.ts';
import { formatPart, parsePart } from '../../db/key.ts';
import type { Chronicle, VariableRecord } from '../../process/chronicle.ts';
import type { Route } from '../../routes/route.ts';
import { TENANT } from './format.ts';
import { elementKey, findChronicle } from './inside.ts';
import { readParameters } from '../read.ts';
import type { Inside } from './search-inside.ts';
import { searchInside } from './search-inside.ts';
import { answerOf, searchAnswer, searchShape } from './search.ts';

const tag = 'Variables';

/** Characters of a value that a search gives. */
const LONGEST = 8191;

/** A variable of an instance. */
export interface VariableItem extends VariableRecord {
  instance: string;
  /** The value as JSON. */
  text: string;
}

const variable = z.object({
  variableKey: z.string(),
  name: z.string(),
  value: z.string(),
  scopeKey: z.string(),
  processInstanceKey: z.string(),
  tenantId: z.string(),
});
/** A variable that is found. */
export const foundVariable = variable.extend({ isTruncated: z.boolean() });

function variableOf(it: VariableItem): z.output<typeof variable> {
  return {
    variableKey: formatPart(it.instance, it.id),
    name: it.name,
    value: it.text,
    scopeKey: elementKey(it.instance, it.scope),
    processInstanceKey: it.instance,
    tenantId: TENANT,
  };
}

/** A variable as searches give it, its value cut. */
export function shortened(it: VariableItem): z.output<typeof foundVariable> {
  return { ...variableOf(it), value: it.text.slice(0, LONGEST), isTruncated: it.text.length > LONGEST };
}

const shape = searchShape({
  variableKey: { kind: 'key' },
  name: { kind: 'text' },
  value: { kind: 'text' },
  scopeKey: { kind: 'key' },
  processInstanceKey: { kind: 'key' },
  isTruncated: { kind: 'boolean', sort: false },
  tenantId: { kind: 'text' },
});

/** A variable as searches give it, its value whole. */
export function whole(it: VariableItem): z.output<typeof foundVariable> {
  return { ...variableOf(it), isTruncated: false };
}

/** All variables of an instance. */
export function variablesIn({ instance, variables }: Chronicle): VariableItem[] {
  return variables.map((it) => ({ ...it, instance: instance.id, text: JSON.stringify(it.value) }));
}

/** How variables are searched. */
export const insideVariables: Inside<VariableItem> = {
  naming: ['variableKey', 'scopeKey', 'processInstanceKey'],
  key: 'variableKey',
  fields: {
    variableKey: (it) => formatPart(it.instance, it.id),
    name: (it) => it.name,
    value: (it) => it.text,
    scopeKey: (it) => elementKey(it.instance, it.scope),
    processInstanceKey: (it) => it.instance,
    isTruncated: (it) => it.text.length > LONGEST,
    tenantId: () => TENANT,
  },
  itemsOf: variablesIn,
};

/** Whether values are to be cut. */
export const truncation = z.object({ truncateValues: z.enum(['true', 'false']).default('true') });

export const routes: Route[] = [
  {
    method: 'post',
    path: '/v2/variables/search',
    permission: 'processes:read',
    document: {
      summary: 'Search variables',
      tag,
      description:
        `Values are JSON texts, cut after ${LONGEST} characters unless \`truncateValues\` is false. Read from the ` +
        'histories of the instances, so variables of elements that have ended are found too, with their last values. ' +
        'Name the process instance when you can: a search without it goes through all instances in the order of ' +
        'their keys, counts only what comes after the cursor, and may end a page early, with a cursor to go on from. ' +
        'A variable key is the key of the instance followed by the number of the variable in it.',
      query: truncation,
      body: shape.body,
      responses: { 200: searchAnswer(foundVariable) },
    },
    async handle(request, response, services) {
      const { search } = shape.read(request.body);
      const { truncateValues } = readParameters(truncation, request.query);
      const page = await searchInside(services, insideVariables, search, null);
      response.json(answerOf(page, search, truncateValues === 'true' ? shortened : whole));
    },
  },
  {
    method: 'get',
    path: '/v2/variables/:variableKey',
    permission: 'processes:read',
    document: {
      summary: 'Get a variable',
      tag,
      params: z.object({ variableKey: z.string() }),
      responses: { 200: variable },
    },
    async handle(request, response, services) {
      const key = String(request.params['variableKey']);
      const part = parsePart(key);
      const items = part === null ? [] : variablesIn(await findChronicle(services, part.instance));
      const one = items.find(({ id }) => id === part?.id);
      if (one === undefined) {
        throw new Rejection('not-found', `Expected a variable with the key ${key}, but found none. Search for it.`);
      }
      response.json(variableOf(one));
    },
  },
];
