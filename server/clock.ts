import type { Instant } from '../engine/instance.ts';

/** Where the time of commands, due dates and leases comes from. */
export interface Clock {
  now(): Instant;
  /**
   * Only on clocks that can jump: calls the listener after each jump, so that sleeping workers look again.
   * Returns the function that ends the subscription.
   */
  onMove?(listener: () => void): () => void;
}

/** A clock that somebody else moves: tests and the demo. */
export interface MovableClock extends Clock {
  onMove(listener: () => void): () => void;
  /** Moves forward (or back) by so many milliseconds. */
  advance(milliseconds: number): void;
  /** Moves to this moment. */
  set(instant: Instant): void;
}

export function systemClock(): Clock {
  return { now: () => Date.now() };
}

/** A clock that stands still at `start` until it is moved. */
export function movableClock(start: Instant): MovableClock {
  let now = start;
  const listeners = new Set<() => void>();
  const set = (instant: Instant): void => {
    now = instant;
    for (const listener of listeners) listener();
  };
  return {
    now: () => now,
    onMove(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    advance: (milliseconds) => set(now + milliseconds),
    set,
  };
}
