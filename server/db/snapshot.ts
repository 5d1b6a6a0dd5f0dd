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

const COLUMNS: readonly string[] = [
  'id',
  'release',
  'process',
  'businessKey',
  'status',
  'version',
  'startedAt',
  'endedAt',
] satisfies (keyof Instance)[];

/** Most instances have none of these at a time. */
const NONE: Pick<Instance, 'timers' | 'messages' | 'signals' | 'incidents'> = {
  timers: [],
  messages: [],
  signals: [],
  incidents: [],
};

/** Writes the part of the state that no column holds. */
export function packSnapshot(instance: Instance): string {
  const packed: Record<string, unknown> = {};
  for (const [member, value] of Object.entries(instance)) {
    const empty = member in NONE && Array.isArray(value) && value.length === 0;
    if (!empty && !COLUMNS.includes(member)) packed[member] = value;
  }
  return JSON.stringify(packed);
}

/** The instance of a row; also of one that was written with everything in its snapshot. */
export function unpackSnapshot(row: InstanceColumns): Instance {
  return {
    ...NONE,
    // What is stored was written by packSnapshot.
    ...(JSON.parse(row.snapshot) as Pick<Instance, 'nextId' | 'scopes' | 'tokens'>),
    id: row.id,
    release: row.release_id,
    process: row.process,
    ...(row.business_key === null ? {} : { businessKey: row.business_key }),
    status: row.status,
    version: row.version,
    startedAt: Number(row.started_at),
    ...(row.ended_at === null ? {} : { endedAt: Number(row.ended_at) }),
  };
}
