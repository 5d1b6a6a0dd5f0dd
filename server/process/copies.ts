/**
 * What this process itself wrote last of instances, so that their next command need not read them. A copy is no state:
 * nobody believes it. What was executed on one is stored only while the instance still has that version; what is refused
 * on one, or not stored, is executed again on what the database says.
 */
import type { StoredInstance } from '../db/instances.ts';
import type { NewState } from './store.ts';

/** Copies that are kept at most, those written last; one is only kept while its text is no longer than this. */
const MOST = 2000;
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

export function createCopies(): Copies {
  const copies = new Map<string, StoredInstance>();
  let distrusted = -Infinity;
  return {
    get: (instance) => copies.get(instance),
    keep(states) {
      const trusted = performance.now() - distrusted > DISTRUST;
      for (const { instance, hash, snapshot } of states) {
        const { id, status } = instance;
        copies.delete(id); // So that it becomes the last one.
        if (trusted && status === 'active' && snapshot.length <= LONGEST) copies.set(id, { instance, hash });
      }
      for (const oldest of copies.keys()) {
        if (copies.size <= MOST) break;
        copies.delete(oldest);
      }
    },
    forget(instances) {
      for (const instance of instances) copies.delete(instance);
    },
    distrust() {
      copies.clear();
      distrusted = performance.now();
    },
  };
}
