import type { Instant } from '../../engine/instance.ts';
import type { DueSince } from '../db/jobs.ts';

/** So much before its time is looked at again, ms: clocks of processes differ, and commits take time. */
const SLACK = 10_000;
/** So often everything is looked for, however old, ms. */
const FULL_LOOK = 30_000;

/** Since when jobs of each type may be due: what is older is over, only dead rows of the index are there. */
export interface DueMarks {
  since(types: readonly string[], now: Instant): DueSince[];
  /** What a look found: the first that was due, undefined when nothing was. */
  found(type: string, first: Instant | undefined, now: Instant): void;
}

export function createDueMarks(): DueMarks {
  const marks = new Map<string, Instant>();
  let lookedFully = -Infinity;
  return {
    since(types, now) {
      if (now < lookedFully || now - lookedFully > FULL_LOOK) {
        marks.clear();
        lookedFully = now;
      }
      return types.map((type) => ({ type, since: Math.min(marks.get(type) ?? 0, now - SLACK) }));
    },
    found: (type, first = Infinity, now) => void marks.set(type, Math.min(first, now - SLACK)),
  };
}
