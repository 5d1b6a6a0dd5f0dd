/** Folding a recorded history: the state at any moment, by the same `evolve` that made it. */
import type { Command } from './command.ts';
import type { Event } from './event.ts';
import { apply } from './evolve.ts';
import type { Instance } from './instance.ts';

/** One row of the journal, as far as the engine reads it: a command and what it did. */
export interface Recorded {
  /** 1 for the Start command, then without gaps; the instance's version after it. */
  readonly seq: number;
  readonly command: Command;
  readonly events: readonly Event[];
  /** The version of the engine that executed it. */
  readonly engine: string;
}

/** The instance after the row with this seq (default: the last). Null for an empty history. */
export function replay(history: readonly Recorded[], untilSeq = Infinity): Instance | null {
  let instance: Instance | null = null;
  for (const row of history) {
    if (row.seq > untilSeq) break;
    for (const event of row.events) instance = apply(instance, event);
    if (instance) instance.version = row.seq;
  }
  return instance;
}

/** The releases that a history ran in, by id: where it began, and those that it went over to. */
export function releasesIn(history: readonly Pick<Recorded, 'command'>[]): string[] {
  const ids = history.flatMap(({ command }) =>
    command.type === 'Start' || command.type === 'Migrate' ? [command.release] : [],
  );
  return [...new Set(ids)];
}
