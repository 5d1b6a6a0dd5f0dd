import { Rejection } from '../../engine/index.ts';
import type { Variables } from '../../engine/index.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/database.ts';
import { findSignalSubscribers } from '../db/subscriptions.ts';
import { AlreadyDone } from './guard.ts';
import type { Guard } from './guard.ts';
import type { Submitter } from './submit.ts';

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

export interface SignalOptions {
  db: Database;
  clock: Clock;
  submitter: Pick<Submitter, 'submit'>;
}

/** Broadcasts a signal to every instance that waits for it now; gives their keys. */
export async function broadcastSignal(options: SignalOptions, signal: SignalRequest): Promise<string[]> {
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

async function tell({ clock, submitter }: SignalOptions, signal: SignalRequest, instance: string): Promise<boolean> {
  const { name, variables, actor, id } = signal;
  const at = clock.now();
  const guards: Guard[] =
    id === undefined
      ? []
      : [{ type: 'once', once: { kind: 'signal', id: `${id}>${instance}`, expiresAt: at + REMEMBERED } }];
  try {
    await submitter.submit(instance, { type: 'BroadcastSignal', at, actor, name, variables }, guards);
    return true;
  } catch (error) {
    // It heard it before, or does not wait any more.
    if (error instanceof AlreadyDone || (error instanceof Rejection && error.code !== 'invalid')) return false;
    throw error;
  }
}
