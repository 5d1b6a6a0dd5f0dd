import { Rejection } from '../../engine/index.ts';
import type { Instant, Outcome, ProcessModel, Release, Start, StartTrigger, Variables } from '../../engine/index.ts';
import type { Clock } from '../clock.ts';
import { bucketOfBusinessKey } from '../db/instances.ts';
import { bucketOf } from '../db/key.ts';
import type { KeyGenerator } from '../db/key.ts';
import { AlreadyDone } from './guard.ts';
import type { Guard } from './guard.ts';
import type { Releases } from './releases.ts';
import type { Submitter } from './submit.ts';

/** A process and, unless it is the none start event, the element that begins it, or those activated in its place. */
export interface StartPlace {
  process: string;
  element?: string;
  activate?: string[];
  /** Which event definition of the start event came, from 0. */
  definition?: number;
}

/** What to start, by process or by the message of a start event. */
export type StartRequest = {
  variables: Variables;
  /** Another release than the newest. */
  release?: string;
  /** What the instance is about, from outside: a ticket number. It is found by it. */
  businessKey?: string;
  actor: string;
  /**
   * Something unique that the new instance stands for from now on: refused (AlreadyDone) when it is taken. Where there is a
   * business key the value goes with that: it is unique among the instances that have the same one.
   */
  once?: { kind: string; value: string };
} & (StartPlace | { message: string });

export interface StartOptions {
  clock: Clock;
  keys: KeyGenerator;
  releases: Releases;
  submitter: Pick<Submitter, 'submit'>;
}

/** What a start does besides. */
export interface StartMore {
  guards?: readonly Guard[];
  /** Where the instance lies when nothing of the request says so; one that a run of keys shares without this. */
  bucket?: number | undefined;
  /** Its key, which was drawn before. */
  instance?: string;
}

/** The bucket in which an instance has to lie so that all that its start writes lies there; undefined: any. */
export function bucketOfStart({ businessKey, once }: Pick<StartRequest, 'businessKey' | 'once'>): number | undefined {
  if (businessKey !== undefined) return bucketOfBusinessKey(businessKey);
  return once === undefined ? undefined : bucketOf(once.kind, once.value);
}

/**
 * Starts an instance.
 * @throws Rejection not-found without such a process or message start event; AlreadyDone when `once` is taken
 */
export async function start(
  options: StartOptions,
  request: StartRequest,
  { guards = [], instance: given, bucket: wanted }: StartMore = {},
): Promise<Outcome> {
  const { releases } = options;
  const release = await (request.release === undefined ? releases.latest() : releases.get(request.release));
  if (release === null) throw new Rejection('not-found', 'Expected a deployed process, but nothing is deployed yet.');
  const where = 'message' in request ? startOfMessage(release, request.message) : request;
  if (where === null) {
    const name = 'message' in request ? request.message : '';
    throw new Rejection('not-found', `Expected a process that starts by the message "${name}", but there is none.`);
  }
  const bucket = bucketOfStart(request) ?? wanted;
  for (let attempt = 1; ; attempt += 1) {
    const instance = given ?? options.keys.next(bucket);
    const command = commandOf(request, where, release.id, instance, options.clock.now());
    const all = [...guards, ...uniqueness(request, instance)];
    try {
      return await options.submitter.submit(instance, command, all);
    } catch (error) {
      // By chance another process drew the same key in this millisecond: draw another.
      const taken = error instanceof Rejection && error.code === 'conflict' && !(error instanceof AlreadyDone);
      if (!taken || given !== undefined || attempt === 3) throw error;
      options.keys.skip();
    }
  }
}

function uniqueness({ businessKey, once }: StartRequest, ref: string): Guard[] {
  if (once === undefined) return [];
  const bucket = businessKey === undefined ? bucketOf(once.kind, once.value) : bucketOfBusinessKey(businessKey);
  return [{ type: 'key', key: { ...once, bucket, ref } }];
}

function commandOf(request: StartRequest, where: StartPlace, release: string, instance: string, at: Instant): Start {
  const { actor, businessKey, variables } = request;
  const { process, element, activate, definition } = where;
  const command: Start = { type: 'Start', at, actor, instance, release, process, variables };
  if (element !== undefined) command.start = element;
  if (activate !== undefined) command.activate = activate;
  if (definition !== undefined) command.definition = definition;
  if (businessKey !== undefined) command.businessKey = businessKey;
  return command;
}

/** The process and element that begin by this message, or null. */
export function startOfMessage(release: Release, message: string): StartPlace | null {
  return startsBy(release, (it) => it.kind === 'message' && it.message === message)[0] ?? null;
}

/** Where the processes of a release begin by triggers of a kind. */
export function startsBy(release: Release, fits: (trigger: StartTrigger) => boolean): StartPlace[] {
  return [...release.processes.values()].flatMap((model) => placesOf(model, model.starts.filter(fits)));
}

/** Where a process begins by these triggers of its own. */
export function placesOf({ id: process }: ProcessModel, triggers: readonly StartTrigger[]): StartPlace[] {
  return triggers.map(({ element, definition }) =>
    definition === undefined ? { process, element } : { process, element, definition },
  );
}
