/** Re-execution: the recorded commands run again through the pinned model, and every event is compared. */
import { canonical } from './canonical.ts';
import type { Event } from './event.ts';
import { execute } from './execute.ts';
import type { Instance } from './instance.ts';
import type { Recorded } from './replay.ts';
import type { Releases } from './release.ts';
import { ENGINE_VERSION } from './version.ts';

/** `seq` is the first row that differs; `place` the position of the event in it, from 0. */
export type Verdict =
  | { readonly verdict: 'REPRODUCED'; readonly rows: number; readonly events: number }
  | {
      readonly verdict: 'DIVERGED';
      readonly seq: number;
      readonly place: number;
      readonly expected: Event;
      readonly recorded: Event;
    }
  /** The re-execution gave an event, or a row, that the history lacks. */
  | { readonly verdict: 'MISSING'; readonly seq: number; readonly place: number; readonly expected: Event | null }
  /** The history has an event that the re-execution does not give. */
  | { readonly verdict: 'EXTRA'; readonly seq: number; readonly place: number; readonly recorded: Event }
  | { readonly verdict: 'UNREPLAYABLE'; readonly seq: number; readonly reason: string };

/**
 * Runs a history's commands again, in O(rows), and compares event by event in canonical form.
 * @param releases those that it names: where it began, and those that it went over to
 */
export function verify(releases: Releases, history: readonly Recorded[]): Verdict {
  let instance: Instance | null = null;
  let events = 0;
  for (const [index, row] of history.entries()) {
    if (row.seq !== index + 1) return { verdict: 'MISSING', seq: index + 1, place: 0, expected: null };
    if (row.engine !== ENGINE_VERSION) {
      const reason = `Expected a row of engine ${ENGINE_VERSION}, but it was written by ${row.engine}.`;
      return { verdict: 'UNREPLAYABLE', seq: row.seq, reason };
    }
    const again = rerun(releases, instance, row);
    if (typeof again === 'string') return { verdict: 'UNREPLAYABLE', seq: row.seq, reason: again };
    const difference = compare(row, again.events);
    if (difference) return difference;
    instance = again.instance;
    events += row.events.length;
  }
  return { verdict: 'REPRODUCED', rows: history.length, events };
}

function rerun(
  releases: Releases,
  instance: Instance | null,
  { command }: Recorded,
): ReturnType<typeof execute> | string {
  const pinned = instance?.release ?? (command.type === 'Start' ? command.release : '');
  const release = releases.get(pinned);
  if (!release) return `Expected release ${pinned} to be there for ${command.type}, but it is not.`;
  try {
    return execute(release, instance, command, command.type === 'Migrate' ? releases.get(command.release) : null);
  } catch (cause) {
    return `Expected the recorded ${command.type} to run again, but: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}

function compare(row: Recorded, again: readonly Event[]): Verdict | null {
  for (let place = 0; place < Math.max(row.events.length, again.length); place += 1) {
    const expected = again[place];
    const recorded = row.events[place];
    if (!expected && recorded) return { verdict: 'EXTRA', seq: row.seq, place, recorded };
    if (expected && !recorded) return { verdict: 'MISSING', seq: row.seq, place, expected };
    if (expected && recorded && canonical(expected) !== canonical(recorded)) {
      return { verdict: 'DIVERGED', seq: row.seq, place, expected, recorded };
    }
  }
  return null;
}
