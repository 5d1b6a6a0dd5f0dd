/** Who may do what with an open task, and what a task sees. */
import { Rejection } from '../../engine/rejection.ts';
import type { Instance, Task, Token, Variables } from '../../engine/instance.ts';
import type { Release } from '../../engine/release.ts';
import { readInstances } from '../db/instances.ts';
import { parsePart } from '../db/key.ts';
import { readTask } from '../db/tasks.ts';
import { selectUser } from '../db/users.ts';
import type { User } from '../people/user.ts';
import { permissionsOf } from '../people/permission.ts';
import type { Services } from '../services.ts';

/** An open task with its case. */
export interface Work {
  /** As named outside. */
  key: string;
  instance: Instance;
  token: Token;
  task: Task;
  /** Id of its form, null when it has none. */
  form: string | null;
  /** What is visible at the task: its own scope over the outer ones. */
  variables: Variables;
}

/** What `findWork` finds: an open task, or the case in which it was open once. */
export type Found = { work: Work; instanceId: string } | { work: null; instanceId: string };

/** Leads and administrators act for everybody. */
function supervises(user: User): boolean {
  return user.roles.includes('lead') || user.roles.includes('administrator');
}

/** Whether the task is offered to this person: by name, through a group, or because it is offered to nobody in particular. */
export function isOffered(user: User, task: Task): boolean {
  if (task.groups.length === 0 && task.users.length === 0) return true;
  return task.users.includes(user.login) || task.groups.some((group) => user.groups.includes(group));
}

export function mayClaim(user: User, task: Task): boolean {
  return task.assignee === null && (isOffered(user, task) || supervises(user));
}

export function mayRelease(user: User, task: Task): boolean {
  return task.assignee !== null && (task.assignee === user.login || supervises(user));
}

export function mayAssign(user: User, task: Task): boolean {
  return task.assignee === user.login || isOffered(user, task) || supervises(user);
}

/** Whoever has the task completes it; a free one is taken by completing it. */
export function mayComplete(user: User, task: Task): boolean {
  return task.assignee === user.login || mayClaim(user, task);
}

/** Whether somebody can be given tasks at all. */
export function canWork(user: User): boolean {
  return !user.disabled && permissionsOf(user.roles).has('tasks:work');
}

/**
 * The account that a task is to be given to. @throws Rejection unless there is one that works on tasks: nobody would find
 * the task in an inbox
 */
export async function findAssignee({ db }: Pick<Services, 'db'>, login: string): Promise<User> {
  const found = await selectUser(db, login);
  if (found && canWork(found.user)) return found.user;
  throw new Rejection(
    'invalid',
    `Expected the login of an account that works on tasks, but found "${login}". Name one that does.`,
  );
}

function variablesAt(instance: Instance, token: Token): Variables {
  const layers: Variables[] = [];
  const own = instance.scopes.find((scope) => scope.id === token.id);
  let scope = own ?? instance.scopes.find((one) => one.id === token.scope);
  while (scope) {
    layers.unshift(scope.variables);
    const { parent } = scope;
    scope = parent === null ? undefined : instance.scopes.find((one) => one.id === parent);
  }
  return Object.assign({}, ...layers) as Variables;
}

/** Finds a task by its key. Rejects a key of no case. */
export async function findWork(services: Pick<Services, 'db'>, key: string): Promise<Found> {
  const part = parsePart(key);
  const stored = part && (await readInstances(services.db, [part.instance])).get(part.instance);
  if (!part || !stored) throw new Rejection('not-found', `Expected a task with the key ${key}, but found none.`);
  const { instance } = stored;
  const token = instance.tokens.find((one) => one.id === part.id);
  if (!token?.task) return { work: null, instanceId: instance.id };
  const row = await readTask(services.db, part);
  const variables = variablesAt(instance, token);
  return {
    instanceId: instance.id,
    work: { key, instance, token, task: token.task, form: row?.form ?? null, variables },
  };
}

/** The release that a case is pinned to; releases are never removed. */
export async function pinnedRelease({ runtime }: Pick<Services, 'runtime'>, id: string): Promise<Release> {
  const release = await runtime.release(id);
  if (!release) throw new Error(`Expected release ${id} of a case to be stored, but found none.`);
  return release;
}
