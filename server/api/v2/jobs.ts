/** Jobs: workers outside of the server take them, and tell what came of them. */
import type { Request, Response } from 'express';
import { z } from 'zod';
import { Rejection, retryAt } from '../../../engine/index.ts';
import type { Command } from '../../../engine/index.ts';
import { moveLease } from '../../db/job-leases.ts';
import { readJob } from '../../db/job-search.ts';
import { formatPart } from '../../db/key.ts';
import type { Part } from '../../db/part.ts';
import { answerOnce } from '../../process/once.ts';
import type { Repeatable } from '../../process/once.ts';
import type { Route } from '../../routes/route.ts';
import type { Services } from '../../services.ts';
import { actorOf } from '../../web/context.ts';
import { onceOf } from '../once.ts';
import { name } from '../parse.ts';
import { activatedJobOf, activatedJobShape } from './job-view.ts';
import { optionalVariables, partOf, tenantId } from './parts.ts';
import { readBody } from '../read.ts';

const tag = 'Jobs';
/** Nobody waits longer for a job, ms. */
const LONGEST_WAIT = 10_000;
/** One request gets at most so many jobs. */
const MOST = 1000;
const YEAR = 366 * 86_400_000;

const activation = z.strictObject({
  type: name,
  worker: name.default('default'),
  /** How long the jobs are the worker's own, ms. */
  timeout: z.int().min(1).max(YEAR),
  maxJobsToActivate: z.int().min(1),
  /** Variables to give; none named = all that the job sees. */
  fetchVariable: z.array(z.string().max(200)).max(1000).nullish(),
  /** How long to wait for the first job, ms, at most 10,000; 0 = as long as that, negative = not at all. */
  requestTimeout: z.int().default(0),
  tenantIds: z.array(tenantId).nullish(),
});

const completion = z.strictObject({
  variables: optionalVariables,
  result: z
    .strictObject({
      type: z.literal('userTask'),
      denied: z.literal(false, 'Expected nothing to be denied, which listeners cannot do here').nullish(),
      deniedReason: z.null().optional(),
      corrections: z.strictObject({}, 'Expected no corrections, which listeners cannot make here').nullish(),
    })
    .nullish(),
});

const failure = z.strictObject({
  /** Attempts that are left; 0 raises an incident. */
  retries: z.int().min(0).max(1_000_000).default(0),
  errorMessage: z.string().max(10_000).nullish(),
  /** Pause before the next attempt, ms; not given = what the diagram says, else none. */
  retryBackOff: z.int().min(0).max(YEAR).nullish(),
  /** The task's own variables from now on. */
  variables: optionalVariables,
});

const thrown = z.strictObject({
  errorCode: z.string().min(1).max(500),
  errorMessage: z.string().max(10_000).nullish(),
  variables: optionalVariables,
});

const update = z.strictObject({
  changeset: z
    .strictObject({
      retries: z.int().min(1).max(1_000_000).nullish(),
      /** From now on, ms. */
      timeout: z.int().min(0).max(YEAR).nullish(),
    })
    .refine(({ retries, timeout }) => typeof retries === 'number' || typeof timeout === 'number', {
      message: 'Expected retries or timeout, but found neither',
    }),
  operationReference: z.int().optional(),
});

const params = z.object({ jobKey: z.string() });
const done = { description: 'Done' };

type CommandOf = (job: Part, asked: { at: number; actor: string; job: number }) => Promise<Command> | Command;

/** Does a command on the job of the address. */
async function settle(request: Request, response: Response, services: Services, commandOf: CommandOf): Promise<void> {
  await move(services, String(request.params['jobKey']), actorOf(response), commandOf, onceOf(request));
  response.status(204).end();
}

async function move(
  { runtime, clock }: Services,
  key: string,
  actor: string,
  commandOf: CommandOf,
  repeatable: Repeatable = {},
): Promise<void> {
  const job = partOf(key, 'job');
  const command = await commandOf(job, { at: clock.now(), actor, job: job.id });
  try {
    await runtime.submit(job.instance, command, repeatable);
  } catch (error) {
    if (!(error instanceof Rejection) || error.code === 'invalid') throw error;
    const text = `Expected job ${key} to be open, but it is not: it was completed, or its element was left.`;
    throw new Rejection('not-found', text); // The caller knows nothing of the engine's counters.
  }
}

async function activate(request: Request, response: Response, { runtime, log }: Services): Promise<void> {
  const asked = readBody(activation, request.body);
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  const jobs = await runtime.activator.activate(
    {
      type: asked.type,
      worker: asked.worker,
      timeout: asked.timeout,
      limit: Math.min(asked.maxJobsToActivate, MOST),
      wait: asked.requestTimeout < 0 ? 0 : Math.min(asked.requestTimeout || LONGEST_WAIT, LONGEST_WAIT),
    },
    closed.signal,
  );
  let given = false;
  // A worker that went away, or was told of an error, never got them.
  response.once('close', () => {
    if (given && response.writableFinished) return;
    runtime.activator.free(jobs).catch((error: unknown) => {
      log.warn({ err: error }, 'jobs that nobody got stay leased until their time is over');
    });
  });
  if (closed.signal.aborted) return runtime.activator.free(jobs);
  const names = asked.fetchVariable ?? [];
  const items = await Promise.all(jobs.map((job) => activatedJobOf(job, runtime.definitions, names)));
  given = true;
  response.json({ jobs: items });
}

export const routes: Route[] = [
  {
    method: 'post',
    path: '/v2/jobs/activation',
    permission: 'processes:run',
    document: {
      summary: 'Activate jobs',
      tag,
      description:
        'Takes due jobs of a type for a worker, waiting up to ten seconds for the first. They are its own until `timeout` is ' +
        'over; then others can take them. Whoever completes a job first has done it. Types that the server does itself are refused.',
      body: activation,
      responses: { 200: z.object({ jobs: z.array(activatedJobShape) }) },
    },
    handle: activate,
  },
  {
    method: 'post',
    path: '/v2/jobs/:jobKey/completion',
    permission: 'processes:run',
    document: { summary: 'Complete a job', tag, params, body: completion, repeatable: true, responses: { 204: done } },
    async handle(request, response, services) {
      const { variables } = readBody(completion, request.body);
      await settle(request, response, services, (_job, asked) => ({ type: 'CompleteJob', ...asked, variables }));
    },
  },
  {
    method: 'post',
    path: '/v2/jobs/:jobKey/failure',
    permission: 'processes:run',
    document: {
      summary: 'Fail a job',
      tag,
      description:
        'It can be activated again after the pause `retryBackOff`; when none is given, after the one that the task header ' +
        '`retryBackoff` of the diagram says, else at once. Without retries left an incident is raised.',
      params,
      body: failure,
      repeatable: true,
      responses: { 204: done },
    },
    async handle(request, response, services) {
      const { retries, errorMessage, retryBackOff, variables } = readBody(failure, request.body);
      await settle(request, response, services, async (job, asked) => {
        const pause = retryBackOff ?? (retries > 0 ? await pauseOf(services, job, asked.at) : 0);
        const failed = { message: errorMessage ?? '', retries, retryAt: asked.at + pause };
        const left = Object.keys(variables).length > 0 ? { variables } : {};
        return { type: 'FailJob', ...asked, ...failed, ...left };
      });
    },
  },
  {
    method: 'post',
    path: '/v2/jobs/:jobKey/error',
    permission: 'processes:run',
    document: { summary: 'Throw a BPMN error', tag, params, body: thrown, repeatable: true, responses: { 204: done } },
    async handle(request, response, services) {
      const { errorCode: code, errorMessage, variables } = readBody(thrown, request.body);
      const message = errorMessage ?? '';
      await settle(request, response, services, (_job, asked) => ({
        type: 'ThrowError',
        ...asked,
        code,
        message,
        variables,
      }));
    },
  },
  {
    method: 'patch',
    path: '/v2/jobs/:jobKey',
    permission: 'processes:run',
    document: {
      summary: 'Update a job',
      tag,
      description: "Gives it a new number of attempts, or moves the end of the time in which it is its worker's own.",
      params,
      body: update,
      repeatable: true,
      responses: { 204: done },
    },
    async handle(request, response, services) {
      const { retries, timeout } = readBody(update, request.body).changeset;
      // Used with a number only: a body with neither is refused.
      const commandOf: CommandOf = (_job, asked) => ({ type: 'UpdateJob', ...asked, retries: retries ?? 1 });
      if (typeof timeout !== 'number') return settle(request, response, services, commandOf);
      const key = String(request.params['jobKey']);
      await answerOnce(services, onceOf(request).once, async (doing) => {
        await extend(services, partOf(key, 'job'), timeout);
        const once = doing && { once: { caller: 'job update', key: doing.name, fingerprint: '' } };
        if (typeof retries === 'number') await move(services, key, actorOf(response), commandOf, once);
        return {};
      });
      response.status(204).end();
    },
  },
];

/** The pause that the diagram says, ms. */
async function pauseOf({ db }: Services, part: Part, at: number): Promise<number> {
  const job = await readJob(db, part);
  return job === null ? 0 : (retryAt(job.headers, job.attempts, at) ?? at) - at;
}

/** Lets the worker that has the job keep it for so long from now on, ms. */
async function extend({ db, clock }: Services, part: Part, timeout: number): Promise<void> {
  if (await moveLease(db, part, clock.now() + timeout)) return;
  const key = formatPart(part.instance, part.id);
  const found = (await readJob(db, part)) === null ? 'there is no such job any more' : 'nobody has it';
  throw new Rejection('not-found', `Expected job ${key} to be with a worker, but ${found}. Activate it first.`);
}
