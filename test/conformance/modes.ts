/**
 * How a command reaches an instance. `memory` just executes it; the other modes make each command prove something on the
 * way: that the state survives being stored, that the history tells the same, that nothing happens twice.
 */
import {
  canonical,
  ENGINE_VERSION,
  execute,
  Rejection,
  replay,
  verify,
  type Command,
  type Event,
  type Instance,
  type Recorded,
  type Release,
} from '../../engine/index.ts';

export const MODES = ['memory', 'reload', 'replay', 'crash'] as const;
export type Mode = (typeof MODES)[number];

/** What the store holds of one instance. */
export interface Stored {
  instance: Instance | null;
  readonly history: Recorded[];
  /** Ids of the commands that were committed. */
  readonly heard: Set<string>;
}

/** A command with the id that its sender gave it. */
export interface Sent {
  readonly id: string;
  readonly command: Command;
}

/** Executes a command and commits what it did; nothing for one that the store has heard. Throws Rejection and Deviation. */
export type Deliver = (release: Release, stored: Stored, sent: Sent) => readonly Event[];

/** The engine broke the promise that a mode asks for. */
export class Deviation extends Error {
  override readonly name = 'Deviation';
}

/**
 * Commands of which the sender's id tells the store whether it has them already. The others name a task, a job, a timer
 * or an incident that is gone after the first time: the engine itself refuses them.
 */
const HEARD_BY_ID: ReadonlySet<Command['type']> = new Set([
  'Start',
  'CorrelateMessage',
  'BroadcastSignal',
  'SetVariables',
]);

export const deliveries: Record<Mode, Deliver> = {
  memory: (release, stored, sent) =>
    once(stored, sent, () => commit(stored, sent, execute(release, stored.instance, sent.command))),

  /** The stored text is all that is kept between two commands; the order of its keys means nothing. */
  reload: (release, stored, sent) =>
    once(stored, sent, () => {
      const loaded = parsed(stored.instance);
      const outcome = attempt(release, loaded, sent.command);
      const mixed = attempt(release, shuffled(loaded), shuffled(sent.command));
      same(outcome, mixed, 'the same outcome whatever the order of the keys');
      if (outcome instanceof Rejection) throw outcome;
      same(parsed(outcome.instance), outcome.instance, 'a state that survives JSON');
      return commit(stored, sent, { events: outcome.events, instance: shuffled(parsed(outcome.instance)) });
    }),

  replay: (release, stored, sent) =>
    once(stored, sent, () => {
      const events = commit(stored, sent, execute(release, stored.instance, sent.command));
      const history = parsed(stored.history);
      same(replay(history), stored.instance, 'the replay to give the live state');
      const verdict = verify(new Map([[release.id, release]]), history);
      if (verdict.verdict !== 'REPRODUCED')
        throw new Deviation(`Expected REPRODUCED, but found ${canonical(verdict)}.`);
      return events;
    }),

  /** Between execute and commit everything is lost once; after the commit the answer is lost, and the command comes again. */
  crash: (release, stored, sent) =>
    once(stored, sent, () => {
      const lost = attempt(release, parsed(stored.instance), sent.command);
      const outcome = attempt(release, parsed(stored.instance), sent.command);
      same(lost, outcome, 'the same outcome after an interruption');
      if (outcome instanceof Rejection) throw outcome;
      const events = commit(stored, sent, outcome);
      again(release, stored, sent);
      return events;
    }),
};

function once(stored: Stored, { id }: Sent, work: () => readonly Event[]): readonly Event[] {
  return stored.heard.has(id) ? [] : work();
}

function commit(stored: Stored, { id, command }: Sent, outcome: ReturnType<typeof execute>): readonly Event[] {
  const seq = stored.history.length + 1;
  stored.instance = outcome.instance;
  stored.history.push({ seq, command, events: outcome.events, engine: ENGINE_VERSION });
  if (HEARD_BY_ID.has(command.type)) stored.heard.add(id);
  return outcome.events;
}

function again(release: Release, stored: Stored, sent: Sent): void {
  const before = canonical(stored.instance);
  if (!stored.heard.has(sent.id)) {
    const second = attempt(release, stored.instance, sent.command);
    if (!(second instanceof Rejection)) {
      const did = canonical(second.events);
      throw new Deviation(`Expected the second ${sent.command.type} to be refused, but it did ${did}.`);
    }
  }
  same(canonical(stored.instance), before, `nothing to happen by the second ${sent.command.type}`);
}

function attempt(
  release: Release,
  instance: Instance | null,
  command: Command,
): ReturnType<typeof execute> | Rejection {
  try {
    return execute(release, instance, command);
  } catch (cause) {
    if (cause instanceof Rejection) return cause;
    throw cause;
  }
}

function same(one: unknown, other: unknown, what: string): void {
  const [first, second] = [comparable(one), comparable(other)];
  if (first === second) return;
  const at = [...first].findIndex((letter, index) => letter !== second[index]);
  const place = Math.max(0, (at < 0 ? first.length : at) - 60);
  throw new Deviation(
    `Expected ${what}, but found ...${first.slice(place, place + 160)} and ...${second.slice(place, place + 160)}`,
  );
}

function comparable(value: unknown): string {
  return value instanceof Rejection ? `refused: ${value.message}` : canonical(value);
}

/** Through JSON text and back. */
function parsed<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** The same value with the keys of every object in reverse order, as a database may give it back. */
function shuffled<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => shuffled(item)) as T;
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, item]) => [key, shuffled(item as unknown)])) as T;
}
