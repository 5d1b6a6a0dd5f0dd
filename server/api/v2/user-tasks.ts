/** User tasks: search them, give them to people, complete them. */
import type { Request, Response } from 'express';
import { z } from 'zod';
import { Rejection } from '../../../engine/rejection.ts';
import type { Command } from '../../../engine/index.ts';
import { readInstances } from '../../db/instances.ts';
import { readJournal } from '../../db/journal.ts';
import type { Search } from '../../db/search.ts';
import { searchTasks } from '../../db/task-search.ts';
import type { Candidates } from '../../db/task-search.ts';
import { taskRecordsOf } from '../../process/task-records.ts';
import type { Route } from '../../routes/route.ts';
import type { Services } from '../../services.ts';
import { actorOf } from '../../web/context.ts';
import { onceOf } from '../once.ts';
import { fileOf, findDefinition } from './definition.ts';
import { TENANT } from './format.ts';
import { expectInstance, instanceAsked, optionalVariables, partOf } from './parts.ts';
import { readBody } from '../read.ts';
import { searchItems } from './search-items.ts';
import { answerOf, searchAnswer, searchShape } from './search.ts';
import { openTaskOf, showTask, taskFields, taskItem, userTaskShape } from './user-task-view.ts';
import type { ShownTask } from './user-task-view.ts';

const tag = 'User tasks';
const params = z.object({ userTaskKey: z.string() });
const done = { description: 'Done' };

const STATES = [
  'CREATING',
  'CREATED',
  'ASSIGNING',
  'UPDATING',
  'COMPLETING',
  'COMPLETED',
  'CANCELING',
  'CANCELED',
  'FAILED',
];
/** Only the history of an instance knows them. */
const HISTORICAL = ['name', 'completionDate'];
const ENDED = ['COMPLETED', 'CANCELED'];

const candidate = z
  .union([
    z.string().max(500),
    z.strictObject({ $eq: z.string().max(500) }),
    z.strictObject({ $in: z.array(z.string().max(500)).min(1).max(1000) }),
  ])
  .optional();

const shape = searchShape(
  {
    userTaskKey: { kind: 'part', sort: false },
    elementInstanceKey: { kind: 'part', sort: false },
    state: { kind: 'text', sort: false, values: Object.fromEntries(STATES.map((state) => [state, state])) },
    assignee: { kind: 'text' },
    priority: { kind: 'integer' },
    elementId: { kind: 'text' },
    name: { kind: 'text' },
    processDefinitionId: { kind: 'text' },
    processDefinitionKey: { kind: 'key' },
    processInstanceKey: { kind: 'key' },
    creationDate: { kind: 'instant' },
    completionDate: { kind: 'instant' },
    dueDate: { kind: 'instant' },
    followUpDate: { kind: 'instant' },
    tenantId: { kind: 'text', sort: false },
  },
  { special: { candidateGroup: candidate, candidateUser: candidate } },
);

const action = z.string().max(500).nullish();
const assignment = z.strictObject({
  assignee: z.string().min(1).max(500),
  /** false: refused when somebody else has the task. */
  allowOverride: z.boolean().nullish(),
  action,
});
const completion = z.strictObject({ variables: optionalVariables, action });

const names = z.array(z.string().min(1).max(500)).max(1000).nullish();
/** An empty text: there is no date any more. */
const date = z.union([z.literal(''), z.iso.datetime({ offset: true })]).nullish();
const update = z.strictObject({
  changeset: z
    .strictObject({
      candidateGroups: names,
      candidateUsers: names,
      dueDate: date,
      followUpDate: date,
      priority: z.int().min(0).max(100).nullish(),
    })
    .nullish(),
  action,
});

const form = z.object({
  formKey: z.string(),
  formId: z.string(),
  version: z.int(),
  schema: z.record(z.string(), z.json()),
  tenantId: z.string(),
});

function candidatesOf(kind: Candidates['kind'], given: z.output<typeof candidate>): Candidates[] {
  if (given === undefined) return [];
  if (typeof given === 'string') return [{ kind, anyOf: [given] }];
  return [{ kind, anyOf: '$in' in given ? given.$in : [given.$eq] }];
}

/** All tasks that an instance has had. */
async function tasksOf({ db, runtime }: Services, instance: string): Promise<ShownTask[]> {
  const records = taskRecordsOf(await readJournal(db, instance));
  return Promise.all(records.map((record) => showTask(instance, record, runtime)));
}

/** The task of the address, open or not. @throws Rejection when there is none */
async function findTask(services: Services, request: Request): Promise<ShownTask> {
  const key = String(request.params['userTaskKey']);
  const { instance, id } = partOf(key, 'user task');
  const task = (await tasksOf(services, instance)).find((it) => it.id === id);
  if (task === undefined) {
    throw new Rejection('not-found', `Expected a user task ${key}, but there is none. Take its key from a search.`);
  }
  return task;
}

/** Open tasks wherever they are; of one instance also those that are over. */
async function search(services: Services, wanted: Search, candidates: readonly Candidates[]) {
  const { db, runtime } = services;
  const instance = instanceAsked(wanted);
  if (instance !== null) {
    const tasks = (await tasksOf(services, instance)).filter((task) =>
      candidates.every(({ kind, anyOf }) =>
        (kind === 'group' ? task.groups : task.users).some((it) => anyOf.includes(it)),
      ),
    );
    return searchItems(tasks, taskFields, ['userTaskKey'], wanted);
  }
  expectInstance(wanted, HISTORICAL, ENDED);
  const found = await searchTasks(db, wanted, candidates);
  const instances = await readInstances(db, [...new Set(found.rows.map((row) => row.instance))]);
  const tasks = found.rows.map(async (row) => {
    const record = openTaskOf(row, instances.get(row.instance)?.instance);
    return record === null ? null : showTask(row.instance, record, runtime);
  });
  return { ...found, rows: (await Promise.all(tasks)).filter((task) => task !== null) };
}

const instantOf = (text: string): number | null => (text === '' ? null : Date.parse(text));

/** What an update of a task changes; what is null or absent stays. */
function changesOf(changeset: z.output<typeof update>['changeset']) {
  const { candidateGroups: groups, candidateUsers: users, dueDate, followUpDate, priority } = changeset ?? {};
  return {
    ...(groups ? { groups } : {}),
    ...(users ? { users } : {}),
    ...(typeof dueDate === 'string' ? { due: instantOf(dueDate) } : {}),
    ...(typeof followUpDate === 'string' ? { followUp: instantOf(followUpDate) } : {}),
    ...(typeof priority === 'number' ? { priority } : {}),
  };
}

/** Does a command on the task of the address. */
async function change(
  request: Request,
  response: Response,
  services: Services,
  commandOf: (asked: { at: number; actor: string; task: number }) => Command,
): Promise<void> {
  const { clock, runtime } = services;
  const { instance, id } = partOf(request.params['userTaskKey'], 'user task');
  try {
    const command = commandOf({ at: clock.now(), actor: actorOf(response), task: id });
    await runtime.submit(instance, command, onceOf(request));
  } catch (error) {
    // Says what became of the task, or that there never was one.
    if (error instanceof Rejection && error.code === 'conflict') expectOpen(await findTask(services, request));
    throw error;
  }
  response.status(204).end();
}

function expectOpen({ instance, id, state }: ShownTask): void {
  if (state === 'CREATED') return;
  const over = state === 'COMPLETED' ? 'completed' : 'cancelled';
  throw new Rejection('conflict', `Expected user task ${id} of instance ${instance} to be open, but it is ${over}.`);
}

export const routes: Route[] = [
  {
    method: 'post',
    path: '/v2/user-tasks/search',
    permission: 'processes:read',
    document: {
      summary: 'Search user tasks',
      tag,
      description: 'Open tasks; with `filter.processInstanceKey` also those of this instance that are over.',
      body: shape.body,
      responses: { 200: searchAnswer(userTaskShape) },
    },
    async handle(request, response, services) {
      const { search: wanted, special } = shape.read(request.body);
      const candidates = [
        ...candidatesOf('group', special.candidateGroup),
        ...candidatesOf('user', special.candidateUser),
      ];
      response.json(answerOf(await search(services, wanted, candidates), wanted, taskItem));
    },
  },
  {
    method: 'get',
    path: '/v2/user-tasks/:userTaskKey',
    permission: 'processes:read',
    document: { summary: 'Get a user task', tag, params, responses: { 200: userTaskShape } },
    async handle(request, response, services) {
      response.json(taskItem(await findTask(services, request)));
    },
  },
  {
    method: 'get',
    path: '/v2/user-tasks/:userTaskKey/form',
    permission: 'processes:read',
    document: {
      summary: 'Get the form of a user task',
      tag,
      params,
      responses: { 200: form, 204: { description: 'The task has no form' } },
    },
    async handle(request, response, services) {
      const { formKey } = await findTask(services, request);
      if (formKey === null) return void response.status(204).end();
      const found = await findDefinition(services, ['form'], formKey);
      const schema: unknown = JSON.parse((await fileOf(services, found)).content);
      response.json({ formKey, formId: found.id, version: found.version, schema, tenantId: TENANT });
    },
  },
  {
    method: 'post',
    path: '/v2/user-tasks/:userTaskKey/assignment',
    permission: 'processes:run',
    document: {
      summary: 'Assign a user task',
      tag,
      description: 'Any name is taken as the assignee: a program may use people of its own, who have no account here.',
      params,
      body: assignment,
      repeatable: true,
      responses: { 204: done },
    },
    async handle(request, response, services) {
      const { assignee, allowOverride } = readBody(assignment, request.body);
      const claim = allowOverride === false ? ({ claim: true } as const) : {};
      await change(request, response, services, (asked) => ({ type: 'AssignTask', ...asked, assignee, ...claim }));
    },
  },
  {
    method: 'delete',
    path: '/v2/user-tasks/:userTaskKey/assignee',
    permission: 'processes:run',
    document: { summary: 'Give a user task back', tag, params, repeatable: true, responses: { 204: done } },
    async handle(request, response, services) {
      await change(request, response, services, (asked) => ({ type: 'AssignTask', ...asked, assignee: null }));
    },
  },
  {
    method: 'patch',
    path: '/v2/user-tasks/:userTaskKey',
    permission: 'processes:run',
    document: {
      summary: 'Update a user task',
      tag,
      description:
        'Changes whom it is offered to, its dates and its priority. Empty lists and texts take away what there is.',
      params,
      body: update,
      repeatable: true,
      responses: { 204: done },
    },
    async handle(request, response, services) {
      const { changeset } = readBody(update, request.body);
      await change(request, response, services, (asked) => ({ type: 'UpdateTask', ...asked, ...changesOf(changeset) }));
    },
  },
  {
    method: 'post',
    path: '/v2/user-tasks/:userTaskKey/completion',
    permission: 'processes:run',
    document: {
      summary: 'Complete a user task',
      tag,
      params,
      body: completion,
      repeatable: true,
      responses: { 204: done },
    },
    async handle(request, response, services) {
      const { variables } = readBody(completion, request.body);
      await change(request, response, services, (asked) => ({ type: 'CompleteTask', ...asked, variables }));
    },
  },
];
