/** What the bodies and addresses of jobs, tasks and messages have in common. */
import { z } from 'zod';
import { Rejection } from '../../../engine/rejection.ts';
import { isKey, parsePart } from '../../db/key.ts';
import type { Part } from '../../db/part.ts';
import type { Search } from '../../db/search.ts';
import { variables } from '../parse.ts';
import { TENANT } from './format.ts';

/** Variables that may be left out, also as null. */
export const optionalVariables = variables.nullish().transform((given) => given ?? {});

/** There is one tenant. */
export const tenantId = z.literal(TENANT).optional();

/** Reads the key of what lives in an instance. @throws Rejection not-found for what cannot be one */
export function partOf(key: unknown, what: string): Part {
  const part = parsePart(String(key));
  if (part !== null) return part;
  throw new Rejection('not-found', `Expected the key of a ${what}, but found "${String(key)}". Take it from a search.`);
}

/** The one instance that a search is about, or null. */
export function instanceAsked({ conditions }: Search): string | null {
  const asked = conditions.find(({ field, operator }) => field === 'processInstanceKey' && operator === '$eq');
  if (asked === undefined) return null;
  // What is longer than a key of an instance may be the key of something inside one: no instance has it, as none has 0.
  return isKey(String(asked.value)) ? String(asked.value) : '0';
}

/**
 * Refuses what can only be told of one instance, when none is named: what is over is in the histories of instances.
 * @param fields that are known of one instance only
 * @param ended values of `state` that only what is over has
 */
export function expectInstance(search: Search, fields: readonly string[], ended: readonly string[]): void {
  const all = [...search.conditions, ...search.anyOf.flat()];
  const wanted = [...all.map(({ field }) => field), ...search.sort.map(({ field }) => field)];
  const field = wanted.find((it) => fields.includes(it));
  const states = all.flatMap(({ field: it, operator, value }) =>
    it === 'state' && (operator === '$eq' || operator === '$in') ? [value].flat().map(String) : [],
  );
  const state = states.find((it) => ended.includes(it));
  if (field === undefined && state === undefined) return;
  return noInstance(field === undefined ? `the state ${state ?? ''}` : `"${field}"`);
}

/** Refuses a search that has to be about one instance. */
export function noInstance(beside = 'the filter'): never {
  throw new Rejection(
    'invalid',
    `Expected one processInstanceKey beside ${beside}, but found none: what is over is in the histories of instances. ` +
      'Name the instance in filter.processInstanceKey.',
  );
}
