/** The page of one task: see it, take it, give it on, do it. */
import type { Request, Response } from 'express';
import { z } from 'zod';
import { Rejection } from '../../engine/rejection.ts';
import { formatPart } from '../db/key.ts';
import { selectNextOwnTask } from '../db/inbox.ts';
import { selectTicketOf } from '../db/tickets.ts';
import { readDirectory } from '../desk/directory.ts';
import { inputsOf, parseForm } from '../desk/form.ts';
import type { FormInput } from '../desk/form.ts';
import {
  findAssignee,
  findWork,
  isOffered,
  mayAssign,
  mayClaim,
  mayComplete,
  mayRelease,
  pinnedRelease,
} from '../desk/work.ts';
import type { Work } from '../desk/work.ts';
import type { User } from '../people/user.ts';
import type { Instance } from '../../engine/instance.ts';
import type { Services } from '../services.ts';
import { actorOf, context } from '../web/context.ts';
import { localPath } from '../web/local-path.ts';
import { formOf, showTask } from './task-page.ts';
import type { Route } from './route.ts';

/** Who asks; routes with `tasks:work` have a person. */
function reader(response: Response): User {
  const { user } = context(response);
  if (!user) throw new Error('Expected a signed-in person behind the permission tasks:work, but found none.');
  return user;
}

const keyOf = (request: Request): string => String(request.params['key']);

function refuse(allowed: boolean, what: string): void {
  if (!allowed) throw new Rejection('forbidden', `Expected somebody who may ${what} this task, but you may not.`);
}

/** The task is done or withdrawn: says so, with what was typed. */
async function showGone(services: Services, response: Response, instanceId: string, input?: FormInput): Promise<void> {
  const ticket = await selectTicketOf(services.db, instanceId);
  const typed = Object.entries(input?.typed ?? {}).map(([name, value]) => ({ name, value: String(value) }));
  const kept = typed.filter(({ value }) => value !== '');
  response.status(410).render('task-gone', { title: context(response).t('task:gone.title'), ticket, typed: kept });
}

/** Runs a command on an open task, or shows that it is gone. */
async function withTask(
  request: Request,
  response: Response,
  services: Services,
  act: (work: Work, user: User) => Promise<void>,
): Promise<void> {
  const { work, instanceId } = await findWork(services, keyOf(request));
  if (!work) return showGone(services, response, instanceId);
  await act(work, reader(response));
}

function assign(services: Services, response: Response, work: Work, assignee: string | null, claim = false) {
  return services.runtime.submit(work.instance.id, {
    type: 'AssignTask',
    task: work.token.id,
    assignee,
    ...(claim ? { claim: true as const } : {}),
    at: services.clock.now(),
    actor: actorOf(response),
  });
}

/** Somebody was faster: the page again, with what was typed and a sentence that says who has it. */
async function showTaken(services: Services, response: Response, key: string, input?: FormInput): Promise<void> {
  const { work, instanceId } = await findWork(services, key);
  if (!work) return showGone(services, response, instanceId, input);
  const { t } = context(response);
  const { assignee } = work.task;
  const directory = await readDirectory(services, context(response));
  const notice = assignee === null ? t('task:changed') : t('task:taken', { person: directory.person(assignee) });
  await showTask(services, response, work, { notice, status: 409, ...(input && { input }) });
}

const isConflict = (error: unknown): boolean => error instanceof Rejection && error.code === 'conflict';

const backTo = z.object({ to: z.string().optional() });

/** Where to go on: the next step of the same case when it is the person's, else their next task, else the inbox. */
async function nextPlace(services: Services, user: User, instance: Instance, number: string): Promise<string> {
  const follow = instance.tokens.find(
    ({ task }) => task && (task.assignee === user.login || (task.assignee === null && isOffered(user, task))),
  );
  if (follow) return `/tasks/${formatPart(instance.id, follow.id)}`;
  const own = await selectNextOwnTask(services.db, user.login);
  const done = number === '' ? '' : `?done=${encodeURIComponent(number)}`;
  return own ? `/tasks/${own}${done}` : `/inbox${done}`;
}

async function complete(request: Request, response: Response, services: Services): Promise<void> {
  const user = reader(response);
  const { work, instanceId } = await findWork(services, keyOf(request));
  const { zone } = context(response);
  if (!work) {
    const typed = Object.entries((request.body ?? {}) as Record<string, unknown>).filter(([name]) => name !== '_csrf');
    const input = { values: {}, errors: new Map(), typed: Object.fromEntries(typed) as FormInput['typed'] };
    return showGone(services, response, instanceId, input);
  }
  const release = await pinnedRelease(services, work.instance.release);
  const schema = formOf(release, work);
  const input = parseForm(schema, request.body, work.variables, zone);
  if (!mayComplete(user, work.task)) {
    refuse(work.task.assignee !== null, 'complete');
    return showTaken(services, response, work.key, input);
  }
  if (input.errors.size > 0) return showTask(services, response, work, { input, status: 400 });
  try {
    const { instance } = await services.runtime.submit(work.instance.id, {
      type: 'CompleteTask',
      task: work.token.id,
      variables: inputsOf(schema).length === 0 ? {} : input.values,
      by: user.login,
      at: services.clock.now(),
      actor: actorOf(response),
    });
    const number = work.variables['number'];
    response.redirect(303, await nextPlace(services, user, instance, typeof number === 'string' ? number : ''));
  } catch (error) {
    if (!isConflict(error)) throw error;
    await showTaken(services, response, work.key, input);
  }
}

export const routes: Route[] = [
  {
    method: 'get',
    path: '/tasks/:key',
    permission: 'tasks:work',
    handle: (request, response, services) =>
      withTask(request, response, services, (work) => {
        const done = request.query['done'];
        return showTask(services, response, work, typeof done === 'string' ? { done, status: 200 } : undefined);
      }),
  },
  {
    method: 'post',
    path: '/tasks/:key/claim',
    permission: 'tasks:work',
    handle: (request, response, services) =>
      withTask(request, response, services, async (work, user) => {
        const there = `/tasks/${work.key}`;
        const back = localPath(backTo.parse(request.body).to, there);
        if (work.task.assignee === null) refuse(mayClaim(user, work.task), 'claim');
        try {
          await assign(services, response, work, user.login, true);
        } catch (error) {
          if (!isConflict(error)) throw error;
          return showTaken(services, response, work.key);
        }
        response.redirect(303, back);
      }),
  },
  {
    method: 'post',
    path: '/tasks/:key/release',
    permission: 'tasks:work',
    handle: (request, response, services) =>
      withTask(request, response, services, async (work, user) => {
        refuse(mayRelease(user, work.task), 'give back');
        await assign(services, response, work, null);
        response.redirect(303, localPath(backTo.parse(request.body).to, '/inbox'));
      }),
  },
  {
    method: 'post',
    path: '/tasks/:key/assign',
    permission: 'tasks:work',
    handle: (request, response, services) =>
      withTask(request, response, services, async (work, user) => {
        refuse(mayAssign(user, work.task), 'assign');
        const { assignee, to } = backTo.extend({ assignee: z.string() }).parse(request.body);
        const person = await findAssignee(services, assignee);
        await assign(services, response, work, person.login);
        response.redirect(303, localPath(to, `/tasks/${work.key}`));
      }),
  },
  { method: 'post', path: '/tasks/:key/complete', permission: 'tasks:work', handle: complete },
];
