/** The user tasks that an instance has had, folded from its history. */
import { findById } from '../../engine/find.ts';
import { evolveAll } from '../../engine/index.ts';
import type { Event, EventOf, Instance, Instant } from '../../engine/index.ts';
import type { JournalRow } from '../db/journal.ts';

/** What a fold reads of a row of the journal. */
export type Told = Pick<JournalRow, 'at' | 'command' | 'events'>;

/** A user task, open or over. */
export interface TaskRecord {
  id: number;
  /** BPMN ids; the process is that of the instance, also in a called process. */
  element: string;
  process: string;
  /** The process whose diagram the element is in. */
  diagram: string;
  /** The release that the instance was pinned to. */
  release: string;
  state: 'CREATED' | 'COMPLETED' | 'CANCELED';
  assignee: string | null;
  groups: string[];
  users: string[];
  due: Instant | null;
  followUp: Instant | null;
  priority: number;
  form: string | null;
  createdAt: Instant;
  endedAt: Instant | null;
}

/** All tasks of a history, in the order in which they were created. */
export function taskRecordsOf(rows: readonly Told[]): TaskRecord[] {
  const tasks = new Map<number, TaskRecord>();
  let instance: Instance | null = null;
  for (const { at, events } of rows) {
    instance = evolveAll(instance, events, (event, before) => {
      if (before !== null) record(tasks, event, before, at);
    });
  }
  for (const task of tasks.values()) if (task.state === 'CREATED' && instance !== null) follow(task, instance);
  return [...tasks.values()];
}

/** What is open may have been migrated since it was created. */
function follow(task: TaskRecord, instance: Instance): void {
  const token = findById(instance.tokens, task.id);
  if (token === undefined) return;
  const { process, release } = instance;
  Object.assign(task, { element: token.element, process, release, diagram: diagramOf(instance, task.id) });
}

/** @param instance before the event */
function record(tasks: Map<number, TaskRecord>, event: Event, instance: Instance, at: Instant): void {
  switch (event.type) {
    case 'TaskCreated':
      tasks.set(event.task, created(event, instance, at));
      return;
    case 'TaskAssigned':
      return change(tasks, event.task, { assignee: event.assignee });
    case 'TaskUpdated': {
      const { groups, users, due, followUp, priority } = event;
      const named = Object.entries({ groups, users, due, followUp, priority }).filter(
        ([, value]) => value !== undefined,
      );
      return change(tasks, event.task, Object.fromEntries(named));
    }
    case 'TaskCompleted':
      return change(tasks, event.task, { state: 'COMPLETED', endedAt: at });
    case 'TaskCancelled':
      return change(tasks, event.task, { state: 'CANCELED', endedAt: at });
    default:
      return;
  }
}

function change(tasks: Map<number, TaskRecord>, id: number, part: Partial<TaskRecord>): void {
  const task = tasks.get(id);
  if (task !== undefined) Object.assign(task, part);
}

function created(event: EventOf<'TaskCreated'>, instance: Instance, at: Instant): TaskRecord {
  const { task: id, element, assignee, groups, users, priority } = event;
  return {
    id,
    element,
    process: instance.process,
    diagram: diagramOf(instance, id),
    release: instance.release,
    state: 'CREATED',
    assignee,
    groups,
    users,
    due: event.due ?? null,
    followUp: event.followUp ?? null,
    priority,
    form: event.form ?? null,
    createdAt: at,
    endedAt: null,
  };
}

/** The process whose diagram a token is in: of a called process, the called one. */
export function diagramOf(instance: Instance, token: number): string {
  const scope = findById(instance.tokens, token)?.scope;
  return (scope === undefined ? undefined : findById(instance.scopes, scope)?.process) ?? instance.process;
}
