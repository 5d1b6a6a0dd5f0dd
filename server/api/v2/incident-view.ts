/** How an incident looks, and what it can be searched by. */
import { z } from 'zod';
import type { IncidentKind, Instance, Instant } from '../../../engine/index.ts';
import { Rejection } from '../../../engine/rejection.ts';
import { ERROR_TYPES, searchOpenIncidents } from '../../db/incident-search.ts';
import type { FoundIncident } from '../../db/incident-search.ts';
import { readInstances } from '../../db/instances.ts';
import { formatPart } from '../../db/key.ts';
import type { Found, Search } from '../../db/search.ts';
import type { Chronicle } from '../../process/chronicle.ts';
import type { Services } from '../../services.ts';
import { dateTime, TENANT } from './format.ts';
import { definitionOf, elementKey } from './inside.ts';
import { instancesNamed, searchInside } from './search-inside.ts';
import type { Inside } from './search-inside.ts';
import { searchShape } from './search.ts';

const errorTypes = [
  'UNSPECIFIED',
  'UNKNOWN',
  'IO_MAPPING_ERROR',
  'JOB_NO_RETRIES',
  'EXECUTION_LISTENER_NO_RETRIES',
  'TASK_LISTENER_NO_RETRIES',
  'AD_HOC_SUB_PROCESS_NO_RETRIES',
  'CONDITION_ERROR',
  'EXTRACT_VALUE_ERROR',
  'CALLED_ELEMENT_ERROR',
  'UNHANDLED_ERROR_EVENT',
  'MESSAGE_SIZE_EXCEEDED',
  'CALLED_DECISION_ERROR',
  'DECISION_EVALUATION_ERROR',
  'FORM_NOT_FOUND',
  'RESOURCE_NOT_FOUND',
] as const;
const states = ['ACTIVE', 'MIGRATED', 'RESOLVED', 'PENDING'] as const;

export const incident = z.object({
  incidentKey: z.string(),
  processDefinitionKey: z.string(),
  processDefinitionId: z.string(),
  processInstanceKey: z.string(),
  elementId: z.string(),
  elementInstanceKey: z.string(),
  jobKey: z.string().optional(),
  errorType: z.enum(errorTypes),
  errorMessage: z.string(),
  creationTime: z.string(),
  state: z.enum(states),
  tenantId: z.string(),
});

interface IncidentItem {
  instance: string;
  id: number;
  definition: { key: string; id: string };
  token: number;
  job: number | null;
  element: string;
  kind: IncidentKind;
  message: string;
  raisedAt: Instant;
  resolvedAt: Instant | null;
}

/** The incidents of an instance, open ones and resolved ones. */
export async function incidentItems(services: Services, { instance, incidents }: Chronicle): Promise<IncidentItem[]> {
  const definition = await definitionOf(services, instance);
  return incidents.map((it) => ({ ...it, instance: instance.id, definition }));
}

export function incidentOf(it: IncidentItem): z.output<typeof incident> {
  return {
    incidentKey: formatPart(it.instance, it.id),
    processDefinitionKey: it.definition.key,
    processDefinitionId: it.definition.id,
    processInstanceKey: it.instance,
    elementId: it.element,
    elementInstanceKey: elementKey(it.instance, it.token),
    ...(it.job === null ? {} : { jobKey: formatPart(it.instance, it.job) }),
    errorType: ERROR_TYPES[it.kind],
    errorMessage: it.message,
    creationTime: dateTime(it.raisedAt),
    state: it.resolvedAt === null ? 'ACTIVE' : 'RESOLVED',
    tenantId: TENANT,
  };
}

const named = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, name]));

const shape = searchShape({
  incidentKey: { kind: 'part' },
  processDefinitionKey: { kind: 'key' },
  processDefinitionId: { kind: 'text' },
  processInstanceKey: { kind: 'key' },
  errorType: { kind: 'text', values: named(errorTypes) },
  errorMessage: { kind: 'text' },
  elementId: { kind: 'text' },
  elementInstanceKey: { kind: 'part', sort: false },
  jobKey: { kind: 'part', sort: false },
  creationTime: { kind: 'instant' },
  state: { kind: 'text', values: named(states) },
  tenantId: { kind: 'text' },
});

/** The body of a search of incidents. */
export const searchBody = shape.body;

/** Reads a search. @throws Rejection where the body does not fit */
export function readSearch(body: unknown): Search {
  return shape.read(body).search;
}

const naming = ['incidentKey', 'processInstanceKey', 'elementInstanceKey', 'jobKey'];

function insideIncidents(services: Services): Inside<IncidentItem> {
  return {
    naming,
    key: 'incidentKey',
    fields: {
      incidentKey: (it) => formatPart(it.instance, it.id),
      processDefinitionKey: (it) => it.definition.key,
      processDefinitionId: (it) => it.definition.id,
      processInstanceKey: (it) => it.instance,
      errorType: (it) => ERROR_TYPES[it.kind],
      errorMessage: (it) => it.message,
      elementId: (it) => it.element,
      elementInstanceKey: (it) => elementKey(it.instance, it.token),
      jobKey: (it) => (it.job === null ? null : formatPart(it.instance, it.job)),
      creationTime: (it) => it.raisedAt,
      state: (it) => (it.resolvedAt === null ? 'ACTIVE' : 'RESOLVED'),
      tenantId: () => TENANT,
    },
    itemsOf: (chronicle) => incidentItems(services, chronicle),
  };
}

/**
 * One page of incidents: of named instances all that there have been, else those that are open.
 * @throws Rejection when it asks for what only the history of an instance tells, but names no instance
 */
export async function searchIncidents(services: Services, search: Search): Promise<Found<IncidentItem>> {
  if (instancesNamed(search.conditions, naming) !== null) {
    return searchInside(services, insideIncidents(services), search, null);
  }
  for (const { field, operator, value } of search.conditions) {
    const resolved = field === 'state' && operator !== '$exists' && [value].flat().some((one) => one !== 'ACTIVE');
    if (resolved || field === 'elementInstanceKey' || field === 'jobKey') {
      throw new Rejection(
        'invalid',
        `Expected "processInstanceKey" beside "${field}", but found none: over all instances open incidents are found. ` +
          'Name the process instance, or search for the state ACTIVE.',
      );
    }
  }
  return withTokens(services, await searchOpenIncidents(services.db, search));
}

/** What their instances say of them; one that was resolved at this moment is left out. */
async function withTokens({ db }: Services, found: Found<FoundIncident>): Promise<Found<IncidentItem>> {
  const instances = await readInstances(db, [...new Set(found.rows.map(({ instance }) => instance))]);
  const rows = found.rows.flatMap((row): IncidentItem[] => {
    const instance = instances.get(row.instance)?.instance;
    const open = instance?.incidents.find(({ id }) => id === row.id);
    if (instance === undefined || open === undefined) return [];
    const definition = { key: row.definitionKey, id: row.process };
    return [{ ...row, definition, token: open.token, job: jobOf(instance, open.token, row.kind), resolvedAt: null }];
  });
  return { ...found, rows };
}

function jobOf(instance: Instance, token: number, kind: IncidentKind): number | null {
  const job = instance.tokens.find(({ id }) => id === token)?.job;
  return kind === 'job' && job !== undefined ? (job.id ?? token) : null;
}
