import { Rejection } from '../../engine/index.ts';
import type { Variables } from '../../engine/index.ts';
import type { Database } from '../db/database.ts';
import { bucketOf, bucketOfKey } from '../db/key.ts';
import { findSignalSubscribers } from '../db/subscriptions.ts';
import { AlreadyDone } from './guard.ts';
import type { Guard } from './guard.ts';
import { answerOnce } from './once.ts';
import type { Repeatable } from './once.ts';
import { start, startsBy } from './starts.ts';
import type { StartOptions } from './starts.ts';

const PAGE = 256;
/** How long it is remembered who heard a signal, ms. */
const REMEMBERED = 24 * 3600_000;

/** A signal for all that wait for it. */
export interface SignalRequest {
  name: string;
  variables: Variables;
  actor: string;
  /** Names this signal: no instance hears it twice. */
  id?: string;
  /** The instance that sent it, which has heard it already. */
  sender?: string;
}

export interface SignalOptions extends StartOptions {
  db: Database;
}

/**
 * Broadcasts a signal to every instance that waits for it now, and starts every process of the newest release that begins
 * by it; gives the keys of the instances.
 */
export async function broadcastSignal(
  options: SignalOptions,
  signal: SignalRequest,
  { once }: Repeatable = {},
): Promise<string[]> {
  return answerOnce(options, once, async (doing) => {
    const named = doing === undefined ? signal : { id: `request ${doing.name}`, ...signal };
    const heard = await tellAll(options, named);
    const started = await startAll(options, named);
    return [...heard, ...started];
  });
}

async function startAll(options: SignalOptions, signal: SignalRequest): Promise<string[]> {
  const release = await options.releases.latest();
  if (release === null) return [];
  const { name, variables, actor } = signal;
  const started: string[] = [];
  for (const place of startsBy(release, (it) => it.kind === 'signal' && it.signal === name)) {
    const { process, element = '', definition = 0 } = place;
    const receiver = `${process}/${element}/${definition}`;
    // Where it is remembered that it was started.
    const bucket = bucketOf('signal', `${signal.id ?? ''}>${receiver}`);
    const guards = onceFor(options, signal, receiver, bucket);
    try {
      started.push(
        (
          await start(
            options,
            { ...place, variables, actor },
            { guards, bucket: guards.length === 0 ? undefined : bucket },
          )
        ).instance.id,
      );
    } catch (error) {
      if (!(error instanceof AlreadyDone)) throw error; // It was started by this signal before.
    }
  }
  return started;
}

/** Lets a named signal do something only once. */
function onceFor({ clock }: SignalOptions, { id }: SignalRequest, receiver: string, bucket: number): Guard[] {
  if (id === undefined) return [];
  return [
    { type: 'once', once: { bucket, kind: 'signal', id: `${id}>${receiver}`, expiresAt: clock.now() + REMEMBERED } },
  ];
}

async function tellAll(options: SignalOptions, signal: SignalRequest): Promise<string[]> {
  const heard: string[] = [];
  for (let after = '0'; ;) {
    const instances = await findSignalSubscribers(options.db, signal.name, after, PAGE);
    const others = instances.filter((instance) => instance !== signal.sender);
    const told = await Promise.all(others.map((instance) => tell(options, signal, instance)));
    heard.push(...others.filter((_, index) => told[index]));
    const last = instances.at(-1);
    if (last === undefined || instances.length < PAGE) return heard;
    after = last;
  }
}

async function tell(options: SignalOptions, signal: SignalRequest, instance: string): Promise<boolean> {
  const { clock, submitter } = options;
  const { name, variables, actor } = signal;
  const at = clock.now();
  const guards = onceFor(options, signal, instance, bucketOfKey(instance));
  try {
    await submitter.submit(instance, { type: 'BroadcastSignal', at, actor, name, variables }, guards);
    return true;
  } catch (error) {
    // It heard it before, or does not wait any more.
    if (error instanceof AlreadyDone || (error instanceof Rejection && error.code !== 'invalid')) return false;
    throw error;
  }
}
