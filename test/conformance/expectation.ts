/** Comparing what a case expects with what was found. */
import { canonical, type Instance } from '../../engine/index.ts';
import { Deviation } from './modes.ts';
import type { Verdict } from './report.ts';

/** A case found something else than it expects. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch';
  readonly expected: string;
  readonly found: string;

  constructor(expected: string, found: string) {
    super(`Expected ${expected}, but found ${found}.`);
    this.expected = expected;
    this.found = found;
  }
}

/** Equal as JSON, whatever the order of keys. Throws Mismatch. */
export function compare(what: string, expected: unknown, found: unknown): void {
  const [one, other] = [canonical(expected), canonical(found)];
  if (one !== other) throw new Mismatch(`${what} ${one}`, other);
}

/** Plays one case. What it throws is how it failed: a mismatch, a broken promise of a mode, or a crash of the engine. */
export async function verdictOf(
  { id, group }: { id: string; group: string },
  play: () => void | Promise<void>,
): Promise<Verdict> {
  try {
    await play();
    return { id, group };
  } catch (cause) {
    if (cause instanceof Mismatch) return { id, group, failure: { expected: cause.expected, found: cause.found } };
    if (cause instanceof Deviation)
      return { id, group, failure: { expected: 'the mode to hold', found: cause.message } };
    const found = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    return { id, group, failure: { expected: 'no crash', found: found.split('\n').slice(0, 4).join(' / ') } };
  }
}

/**
 * The incidents that other engines answer with an error. That a join waits in vain is none: they let the instance wait
 * and say nothing.
 */
export function errorsOf({ incidents }: Instance): string[] {
  return incidents.filter(({ kind }) => kind !== 'join').map(({ message }) => message);
}
