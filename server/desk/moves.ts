/**
 * Which cases move, as live pages hear of it: what this process commits at once, and the tickets that other processes
 * move when the database is asked, each second while anybody listens.
 */
import type { Logger } from 'pino';
import { ROOT } from '../../engine/instance.ts';
import type { Instance, Instant } from '../../engine/instance.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/database.ts';
import { readMovedTickets } from '../db/moved-tickets.ts';
import type { Change } from '../process/change.ts';
import type { Runtime } from '../process/runtime.ts';

/** So often the database is asked, ms of real time. */
const LOOK = 1000;
/** A command is visible so much later than its time at most: it waited, or its process has another clock, ms. */
const LATE = 15_000;
/** A page that misses some of so many moves is out of date in any case. */
const LIMIT = 1000;

/** A case moved. */
export interface Move {
  instance: string;
  /** Number of the ticket, '' when the case is none. */
  number: string;
  /** Login of who asked for it, '' for nobody. */
  requester: string;
  /** Whether tasks were offered, taken or done, as far as is known. */
  tasks: boolean;
}

/** Tells of moves. */
export interface Moves {
  /** Calls the listener with every move from now on, and with those of a moment ago; gives the function that ends it. */
  listen(listener: (move: Move) => void): () => void;
}

export interface MovesOptions {
  db: Database;
  clock: Clock;
  log: Logger;
  runtime: Pick<Runtime, 'on'>;
}

export function createMoves({ db, clock, log, runtime }: MovesOptions): Moves {
  const listeners = new Set<(move: Move) => void>();
  /** The newest move of each ticket that was told. */
  const told = new Map<string, Instant>();
  let timer: NodeJS.Timeout | null = null;
  let looking = false;

  const tell = (move: Move, at: Instant): void => {
    told.set(move.instance, at);
    for (const listener of listeners) listener(move);
  };
  const hear = (changes: readonly Change[]): void => {
    if (listeners.size > 0) for (const change of changes) tell(moveOf(change), change.command.at);
  };
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    const since = clock.now() - LATE;
    try {
      for (const { instance, number, requester, at } of (await readMovedTickets(db, since, LIMIT)).reverse()) {
        if (told.get(instance) !== at) tell({ instance, number, requester, tasks: true }, at);
      }
      for (const [instance, at] of told) if (at < since) told.delete(instance);
    } catch (error) {
      log.warn({ err: error }, 'could not look for what other processes moved');
    }
    looking = false;
  };
  runtime.on('committed', hear);
  return {
    listen(listener) {
      listeners.add(listener);
      timer ??= setInterval(() => void look(), LOOK).unref();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0 || timer === null) return;
        clearInterval(timer);
        timer = null;
        told.clear();
      };
    },
  };
}

function moveOf({ after, events }: Change): Move {
  return {
    instance: after.id,
    number: textIn(after, 'number'),
    requester: textIn(after, 'requester'),
    tasks: events.some(({ type }) => type.startsWith('Task')),
  };
}

function textIn({ scopes }: Instance, name: string): string {
  const value = scopes.find((scope) => scope.id === ROOT)?.variables[name];
  return typeof value === 'string' ? value : '';
}
