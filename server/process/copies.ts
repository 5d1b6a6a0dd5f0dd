/**
 * What this process itself wrote last of instances, so that their next command need not read them. A copy is no state:
 * nobody believes it. What was executed on one is stored only while the instance still has that version; what is refused
 * on one, or not stored, is executed again on what the database says.
 */
import type { StoredInstance } from '../db/instances.ts';
import type { NewState } from './store.ts';

/** What was written last is remembered: of this many to about twice as many instances, each of a text no longer than that. */
const LEAST = 2000;
const LONGEST = 16 * 1024;
/** How long none is used after one was out of date, ms: other processes are at the same instances. */
const DISTRUST = 10_000;

export interface Copies {
  get(instance: string): StoredInstance | undefined;
  /** After their commit. Those that ended are not kept: nothing will happen to them. */
  keep(states: readonly NewState[]): void;
  forget(instances: Iterable<string>): void;
  /** One of them was out of date. */
  distrust(): void;
}

/**
 * Two maps, of which the older is thrown away when the newer is full or has been written for long. No map for ever: each
 * table that a map outgrows refers to the next one, so that once one of them has become old, V8 takes all that come after
 * it, with all they hold, for alive.
 */
export function createCopies(): Copies {
  let newer = new Map<string, StoredInstance>();
  let older = newer;
  let written = 0;
  let distrusted = -Infinity;
  const forget = (instance: string): void => {
    newer.delete(instance);
    older.delete(instance);
  };
  return {
    get: (instance) => newer.get(instance) ?? older.get(instance),
    keep(states) {
      const trusted = performance.now() - distrusted > DISTRUST;
      for (const { instance, hash, snapshot } of states) {
        const { id, status } = instance;
        if (trusted && status === 'active' && snapshot.length <= LONGEST) newer.set(id, { instance, hash });
        else forget(id);
      }
      written += states.length;
      if (newer.size < LEAST && written < 2 * LEAST) return;
      older = newer;
      newer = new Map();
      written = 0;
    },
    forget(instances) {
      for (const instance of instances) forget(instance);
    },
    distrust() {
      newer = new Map();
      older = newer;
      distrusted = performance.now();
    },
  };
}
