/** How user tasks look in the process API. */
import { z } from 'zod';
import { findById } from '../../../engine/find.ts';
import type { Instance } from '../../../engine/index.ts';
import type { Definition } from '../../db/definitions.ts';
import { formatPart } from '../../db/key.ts';
import type { FoundTask } from '../../db/task-search.ts';
import { diagramOf } from '../../process/task-records.ts';
import type { TaskRecord } from '../../process/task-records.ts';
import type { Runtime } from '../../process/runtime.ts';
import { dateTime, TENANT } from './format.ts';
import type { ItemFields } from './search-items.ts';

export const userTaskShape = z.object({
  userTaskKey: z.string(),
  elementInstanceKey: z.string(),
  elementId: z.string(),
  name: z.string().optional(),
  state: z.string(),
  assignee: z.string().optional(),
  candidateGroups: z.array(z.string()),
  candidateUsers: z.array(z.string()),
  priority: z.int(),
  creationDate: z.string(),
  completionDate: z.string().optional(),
  dueDate: z.string().optional(),
  followUpDate: z.string().optional(),
  formKey: z.string().optional(),
  processInstanceKey: z.string(),
  processDefinitionId: z.string(),
  processDefinitionKey: z.string(),
  processDefinitionVersion: z.int(),
  processName: z.string().optional(),
  customHeaders: z.record(z.string(), z.string()),
  tenantId: z.string(),
});

/** A task with the names and keys that its release gives it. */
export interface ShownTask extends TaskRecord {
  instance: string;
  name: string;
  definition: Definition;
  formKey: string | null;
}

/** Looks up what the release of a task says of it. */
export async function showTask(instance: string, task: TaskRecord, runtime: Runtime): Promise<ShownTask> {
  const [definitions, release] = [await runtime.definitions.of(task.release), await runtime.release(task.release)];
  const form = definitions.all.find(({ kind, id }) => kind === 'form' && id === task.form);
  return {
    ...task,
    instance,
    name: release?.processes.get(task.diagram)?.byId.get(task.element)?.name ?? '',
    definition: definitions.find('process', task.process),
    formKey: form?.key ?? null,
  };
}

/** An open task as its row and its instance say it; null when it has just ended. */
export function openTaskOf(row: FoundTask, instance: Instance | undefined): TaskRecord | null {
  const token = instance && findById(instance.tokens, row.id);
  if (instance === undefined || token?.task === undefined) return null;
  return {
    id: row.id,
    element: token.element,
    process: instance.process,
    diagram: diagramOf(instance, row.id),
    release: instance.release,
    state: 'CREATED',
    assignee: token.task.assignee,
    groups: token.task.groups,
    users: token.task.users,
    due: row.dueAt,
    followUp: row.followUpAt,
    priority: row.priority,
    form: row.form,
    createdAt: row.createdAt,
    endedAt: null,
  };
}

/** When it was completed; null also when it was cancelled. */
const completedAt = ({ state, endedAt }: TaskRecord): number | null => (state === 'COMPLETED' ? endedAt : null);

/** The fields by which tasks in an array are searched. */
export const taskFields: ItemFields<ShownTask> = {
  userTaskKey: (task) => formatPart(task.instance, task.id),
  elementInstanceKey: (task) => formatPart(task.instance, task.id),
  state: (task) => task.state,
  assignee: (task) => task.assignee,
  priority: (task) => task.priority,
  elementId: (task) => task.element,
  name: (task) => task.name,
  processDefinitionId: (task) => task.process,
  processDefinitionKey: (task) => task.definition.key,
  processInstanceKey: (task) => task.instance,
  creationDate: (task) => task.createdAt,
  completionDate: completedAt,
  dueDate: (task) => task.due,
  followUpDate: (task) => task.followUp,
  tenantId: () => TENANT,
};

/** A task as the API gives it; what there is not is left out. */
export function taskItem(task: ShownTask): z.input<typeof userTaskShape> {
  const key = formatPart(task.instance, task.id);
  const completed = completedAt(task);
  return {
    userTaskKey: key,
    elementInstanceKey: key,
    elementId: task.element,
    ...(task.name === '' ? {} : { name: task.name }),
    state: task.state,
    ...(task.assignee === null ? {} : { assignee: task.assignee }),
    candidateGroups: task.groups,
    candidateUsers: task.users,
    priority: task.priority,
    creationDate: dateTime(task.createdAt),
    ...(completed === null ? {} : { completionDate: dateTime(completed) }),
    ...(task.due === null ? {} : { dueDate: dateTime(task.due) }),
    ...(task.followUp === null ? {} : { followUpDate: dateTime(task.followUp) }),
    ...(task.formKey === null ? {} : { formKey: task.formKey }),
    processInstanceKey: task.instance,
    processDefinitionId: task.process,
    processDefinitionKey: task.definition.key,
    processDefinitionVersion: task.definition.version,
    ...(task.definition.name === '' ? {} : { processName: task.definition.name }),
    customHeaders: {},
    tenantId: TENANT,
  };
}
