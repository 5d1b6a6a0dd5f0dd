/** Searches of open incidents that a caller composes. */
import type { IncidentKind, Instant } from '../../engine/instance.ts';
import type { Database } from './database.ts';
import type { Part } from './part.ts';
import { searchTable } from './search.ts';
import type { Found, Search, SearchTable } from './search.ts';

/** An open incident with what its instance was started from. */
export interface FoundIncident extends Part {
  process: string;
  definitionKey: string;
  element: string;
  kind: IncidentKind;
  message: string;
  raisedAt: Instant;
}

/** The names that the process API has for what went wrong. */
export const ERROR_TYPES = {
  expression: 'EXTRACT_VALUE_ERROR',
  'no-flow': 'CONDITION_ERROR',
  job: 'JOB_NO_RETRIES',
  error: 'UNHANDLED_ERROR_EVENT',
  decision: 'DECISION_EVALUATION_ERROR',
  timer: 'EXTRACT_VALUE_ERROR',
  loop: 'EXTRACT_VALUE_ERROR',
  call: 'CALLED_ELEMENT_ERROR',
  join: 'UNKNOWN',
} as const satisfies Record<IncidentKind, string>;

const errorType = `case x.kind ${Object.entries(ERROR_TYPES)
  .map(([kind, type]) => `when '${kind}' then '${type}'`)
  .join(' ')} end`;

const table: SearchTable = {
  select: 'x.instance_id, x.id, x.process, x.element, x.kind, x.message, x.raised_at, d.key',
  from: `incidents x
    join instances i on i.bucket = x.bucket and i.id = x.instance_id
    join release_resources m on m.release_id = i.release_id
    join definitions d on d.kind = 'process' and d.id = i.process
      and d.resource_kind = m.kind and d.resource_id = m.id and d.resource_version = m.version`,
  columns: {
    incidentKey: { kind: 'part', bucket: 'x.bucket', instance: 'x.instance_id', id: 'x.id' },
    processDefinitionKey: { kind: 'key', sql: 'd.key' },
    processDefinitionId: { kind: 'text', sql: 'x.process' },
    processInstanceKey: { kind: 'key', sql: 'x.instance_id', bucket: 'x.bucket' },
    errorType: { kind: 'text', sql: errorType },
    errorMessage: { kind: 'text', sql: 'x.message' },
    elementId: { kind: 'text', sql: 'x.element' },
    creationTime: { kind: 'instant', sql: 'x.raised_at' },
    state: { kind: 'text', sql: "'ACTIVE'::text" },
    tenantId: { kind: 'text', sql: "'<default>'::text" },
  },
  unique: ['incidentKey'],
};

interface Row {
  instance_id: string;
  id: number;
  process: string;
  element: string;
  kind: IncidentKind;
  message: string;
  raised_at: string;
  key: string;
}

/** One page of the open incidents that fit. Primary key, or index incidents_by_time. */
export async function searchOpenIncidents(db: Pick<Database, 'knex'>, search: Search): Promise<Found<FoundIncident>> {
  const found = await searchTable<Row>(db, table, search);
  return {
    ...found,
    rows: found.rows.map(({ instance_id: instance, key: definitionKey, raised_at: raisedAt, ...row }) => ({
      ...row,
      instance,
      definitionKey,
      raisedAt: Number(raisedAt),
    })),
  };
}
