import { Rejection } from '../../engine/index.ts';
import type { Instant, Outcome, Release, Start, Variables } from '../../engine/index.ts';
import type { Clock } from '../clock.ts';
import { bucketOfBusinessKey } from '../db/instances.ts';
import type { KeyGenerator } from '../db/key.ts';
import { AlreadyDone } from './guard.ts';
import type { Guard } from './guard.ts';
import type { Releases } from './releases.ts';
import type { Submitter } from './submit.ts';

/** What to start, by process or by the message of a start event, on the newest release. */
export type StartRequest = {
  variables: Variables;
  /** What the instance is about, from outside: a ticket number. It is found by it. */
  businessKey?: string;
  actor: string;
  /** Something unique that the new instance stands for from now on: refused (AlreadyDone) when it is taken. */
  once?: { kind: string; value: string };
} & ({ process: string; element?: string } | { message: string });

export interface StartOptions {
  clock: Clock;
  keys: KeyGenerator;
  releases: Releases;
  submitter: Pick<Submitter, 'submit'>;
}

/**
 * Starts an instance.
 * @throws Rejection not-found without such a process or message start event; AlreadyDone when `once` is taken
 */
export async function start(
  options: StartOptions,
  request: StartRequest,
  guards: readonly Guard[] = [],
): Promise<Outcome> {
  const release = await options.releases.latest();
  if (release === null) throw new Rejection('not-found', 'Expected a deployed process, but nothing is deployed yet.');
  const where = 'message' in request ? startOfMessage(release, request.message) : request;
  if (where === null) {
    const name = 'message' in request ? request.message : '';
    throw new Rejection('not-found', `Expected a process that starts by the message "${name}", but there is none.`);
  }
  const { businessKey } = request;
  const bucket = businessKey === undefined ? undefined : bucketOfBusinessKey(businessKey);
  for (let attempt = 1; ; attempt += 1) {
    const instance = options.keys.next(bucket);
    const command = commandOf(request, where, release.id, instance, options.clock.now());
    const key = request.once;
    const all = key === undefined ? guards : [...guards, { type: 'key', key: { ...key, ref: instance } } as const];
    try {
      return await options.submitter.submit(instance, command, all);
    } catch (error) {
      // By chance another process drew the same key in this millisecond: draw another.
      const taken = error instanceof Rejection && error.code === 'conflict' && !(error instanceof AlreadyDone);
      if (!taken || attempt === 3) throw error;
    }
  }
}

function commandOf(
  request: StartRequest,
  where: { process: string; element?: string },
  release: string,
  instance: string,
  at: Instant,
): Start {
  return {
    type: 'Start',
    at,
    actor: request.actor,
    instance,
    release,
    process: where.process,
    ...(where.element === undefined ? {} : { start: where.element }),
    ...(request.businessKey === undefined ? {} : { businessKey: request.businessKey }),
    variables: request.variables,
  };
}

/** The process and start event that begin by this message, or null. */
export function startOfMessage(release: Release, message: string): { process: string; element: string } | null {
  for (const model of release.processes.values()) {
    const found = model.starts.find((it) => it.kind === 'message' && it.message === message);
    if (found !== undefined) return { process: model.id, element: found.element };
  }
  return null;
}
