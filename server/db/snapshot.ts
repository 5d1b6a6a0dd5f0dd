/** The state of an instance as it is stored: without what the row says in columns of its own, and without empty lists. */
import type { Instance, InstanceStatus } from '../../engine/instance.ts';

/** The columns of a row from which, with the snapshot, the instance is made again. */
export interface InstanceColumns {
  id: string;
  version: number;
  release_id: string;
  process: string;
  business_key: string | null;
  status: InstanceStatus;
  started_at: string;
  ended_at: string | null;
  snapshot: string;
}

/** The members that columns hold. */
type Column = 'id' | 'release' | 'process' | 'businessKey' | 'status' | 'version' | 'startedAt' | 'endedAt';

/** The others; empty lists are left out. A member that an instance gets has to be named here. */
type Packed = { [Member in Exclude<keyof Instance, Column>]: Instance[Member] | undefined };

/** Writes the part of the state that no column holds. */
export function packSnapshot(instance: Instance): string {
  const { nextId, scopes, tokens, timers, messages, signals, conditions, incidents, compensations } = instance;
  const packed: Required<Packed> = {
    nextId,
    scopes,
    tokens,
    timers: unlessEmpty(timers),
    messages: unlessEmpty(messages),
    signals: unlessEmpty(signals),
    conditions,
    incidents: unlessEmpty(incidents),
    compensations,
  };
  return JSON.stringify(packed);
}

function unlessEmpty<T>(list: T[]): T[] | undefined {
  return list.length === 0 ? undefined : list;
}

/** The instance of a row; also of one that was written with everything in its snapshot. */
export function unpackSnapshot(row: InstanceColumns): Instance {
  // What is stored was written by packSnapshot.
  const packed = JSON.parse(row.snapshot) as Pick<Instance, 'nextId' | 'scopes' | 'tokens'> & Partial<Instance>;
  const { nextId, scopes, tokens, timers = [], messages = [], signals = [], incidents = [] } = packed;
  const instance: Instance = {
    id: row.id,
    release: row.release_id,
    process: row.process,
    status: row.status,
    version: row.version,
    nextId,
    startedAt: Number(row.started_at),
    scopes,
    tokens,
    timers,
    messages,
    signals,
    incidents,
  };
  if (row.business_key !== null) instance.businessKey = row.business_key;
  if (row.ended_at !== null) instance.endedAt = Number(row.ended_at);
  if (packed.conditions !== undefined) instance.conditions = packed.conditions;
  if (packed.compensations !== undefined) instance.compensations = packed.compensations;
  return instance;
}
