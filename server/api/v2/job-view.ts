/** How jobs look in the process API. */
import { z } from 'zod';
import { findById } from '../../../engine/find.ts';
import { ROOT, tokenWithJob, visible } from '../../../engine/index.ts';
import type { Instance, ListenerEvent, Token, Variables } from '../../../engine/index.ts';
import type { LeasedJobRow } from '../../db/job-search.ts';
import { formatPart } from '../../db/key.ts';
import type { ActivatedJob } from '../../process/activation.ts';
import type { Definitions } from '../../process/definitions.ts';
import type { JobRecord } from '../../process/job-records.ts';
import { dateTime, optionalDateTime, TENANT } from './format.ts';
import type { ItemFields } from './search-items.ts';

const kinds = ['BPMN_ELEMENT', 'EXECUTION_LISTENER', 'TASK_LISTENER'] as const;
type Kind = (typeof kinds)[number];

const common = {
  jobKey: z.string(),
  type: z.string(),
  worker: z.string(),
  retries: z.int(),
  kind: z.enum(kinds),
  listenerEventType: z.string(),
  elementId: z.string(),
  elementInstanceKey: z.string(),
  processDefinitionId: z.string(),
  processDefinitionKey: z.string(),
  processInstanceKey: z.string(),
  customHeaders: z.record(z.string(), z.string()),
  tenantId: z.string(),
};

/** A job that a worker gets. */
export const activatedJobShape = z.object({
  ...common,
  processDefinitionVersion: z.int(),
  deadline: z.int(),
  variables: z.record(z.string(), z.json()),
  userTask: z
    .object({
      userTaskKey: z.string(),
      assignee: z.string().nullable(),
      candidateGroups: z.array(z.string()),
      candidateUsers: z.array(z.string()),
    })
    .optional(),
});

/** A job that is found. */
export const jobShape = z.object({
  ...common,
  state: z.string(),
  deadline: z.string().nullable(),
  hasFailedWithRetriesLeft: z.boolean(),
  errorMessage: z.string().nullable(),
  errorCode: z.string().nullable(),
  endTime: z.string().optional(),
});

function kindOf(listener: ListenerEvent | null): { kind: Kind; listenerEventType: string } {
  if (listener === null) return { kind: 'BPMN_ELEMENT', listenerEventType: 'UNSPECIFIED' };
  const kind = listener === 'start' || listener === 'end' ? 'EXECUTION_LISTENER' : 'TASK_LISTENER';
  return { kind, listenerEventType: listener.toUpperCase() };
}

/** What the job sees: the inputs of its element and what is around it; or only these variables of it. */
function variablesOf(instance: Instance, token: Token, fetched: readonly string[]): Variables {
  const own = findById(instance.scopes, token.id);
  const all = visible(instance, own?.id ?? token.scope ?? ROOT);
  if (fetched.length === 0) return all;
  return Object.fromEntries(fetched.flatMap((name) => (Object.hasOwn(all, name) ? [[name, all[name] ?? null]] : [])));
}

/** @param fetched names of the variables that the worker wants; empty = all */
export async function activatedJobOf(
  { row, worker, deadline, instance }: ActivatedJob,
  definitions: Definitions,
  fetched: readonly string[],
): Promise<z.input<typeof activatedJobShape>> {
  const token = tokenWithJob(instance, row.id);
  if (token === undefined) throw new Error(`Expected job ${row.id} to be in instance ${instance.id}, but it is not.`);
  const definition = (await definitions.of(instance.release)).find('process', instance.process);
  return {
    jobKey: formatPart(instance.id, row.id),
    type: row.type,
    worker,
    retries: row.retries,
    deadline,
    ...kindOf(token.job?.listener?.event ?? null),
    elementId: token.element,
    elementInstanceKey: formatPart(instance.id, token.id),
    processDefinitionId: instance.process,
    processDefinitionKey: definition.key,
    processDefinitionVersion: definition.version,
    processInstanceKey: instance.id,
    customHeaders: row.headers,
    variables: variablesOf(instance, token, fetched),
    tenantId: TENANT,
    ...userTaskOf(instance, token),
  };
}

function userTaskOf(instance: Instance, { id, task, job }: Token): Pick<z.input<typeof activatedJobShape>, 'userTask'> {
  if (task === undefined || job?.listener === undefined) return {};
  const { pending } = job.listener;
  const assignee = pending?.assignee === undefined ? task.assignee : pending.assignee;
  const userTaskKey = formatPart(instance.id, id);
  return { userTask: { userTaskKey, assignee, candidateGroups: task.groups, candidateUsers: task.users } };
}

/** A job of the search: what its history says, with the lease that it has now. */
export interface FoundJob extends JobRecord {
  instance: string;
  /** '' = nobody has it. */
  worker: string;
  deadline: number | null;
  definitionKey: string;
}

/** A job of the history with its row, which there is while it is open. */
export async function foundJobOf(
  instance: string,
  record: JobRecord,
  row: LeasedJobRow | undefined,
  definitions: Definitions,
): Promise<FoundJob> {
  const definition = (await definitions.of(record.release)).find('process', record.process);
  return {
    ...record,
    instance,
    definitionKey: definition.key,
    worker: row?.leaseOwner ?? '',
    deadline: row?.leaseUntil ?? null,
  };
}

/** An open job as its row and its instance say it; null when it has just ended. */
export async function openJobOf(
  row: LeasedJobRow,
  instance: Instance | undefined,
  definitions: Definitions,
): Promise<FoundJob | null> {
  const token = instance && tokenWithJob(instance, row.id);
  if (instance === undefined || token === undefined) return null;
  const failed = row.attempts > 0 && row.leaseOwner === null;
  const record: JobRecord = {
    ...row,
    token: token.id,
    listener: token.job?.listener?.event ?? null,
    process: instance.process,
    release: instance.release,
    state: failed ? 'FAILED' : 'CREATED',
    errorMessage: instance.incidents.find((it) => it.token === token.id)?.message ?? null,
    errorCode: null,
    endedAt: null,
  };
  return foundJobOf(instance.id, record, row, definitions);
}

const failedWithRetriesLeft = ({ state, retries, endedAt }: FoundJob): boolean =>
  state === 'FAILED' && retries > 0 && endedAt === null;

/** The fields by which the jobs of one instance are searched. */
export const jobFields: ItemFields<FoundJob> = {
  jobKey: (job) => formatPart(job.instance, job.id),
  type: (job) => job.type,
  elementId: (job) => job.element,
  elementInstanceKey: (job) => formatPart(job.instance, job.token),
  processDefinitionId: (job) => job.process,
  processDefinitionKey: (job) => job.definitionKey,
  processInstanceKey: (job) => job.instance,
  kind: (job) => kindOf(job.listener).kind,
  listenerEventType: (job) => kindOf(job.listener).listenerEventType,
  state: (job) => job.state,
  hasFailedWithRetriesLeft: failedWithRetriesLeft,
  retries: (job) => job.retries,
  worker: (job) => job.worker,
  deadline: (job) => job.deadline,
  endTime: (job) => job.endedAt,
  errorMessage: (job) => job.errorMessage,
  errorCode: (job) => job.errorCode,
  tenantId: () => TENANT,
};

/** A job as the search gives it. */
export function jobItem(job: FoundJob): z.input<typeof jobShape> {
  return {
    jobKey: formatPart(job.instance, job.id),
    type: job.type,
    worker: job.worker,
    state: job.state,
    retries: job.retries,
    deadline: optionalDateTime(job.deadline),
    ...kindOf(job.listener),
    elementId: job.element,
    elementInstanceKey: formatPart(job.instance, job.token),
    processDefinitionId: job.process,
    processDefinitionKey: job.definitionKey,
    processInstanceKey: job.instance,
    customHeaders: job.headers,
    hasFailedWithRetriesLeft: failedWithRetriesLeft(job),
    errorMessage: job.errorMessage,
    errorCode: job.errorCode,
    tenantId: TENANT,
    ...(job.endedAt === null ? {} : { endTime: dateTime(job.endedAt) }),
  };
}
