/** Pauses between the attempts of a job, as its diagram says them: the task header `retryBackoff`. */
import type { Instant } from './instance.ts';
import { addDuration, TimeError } from './time.ts';

/** The task header: ISO 8601 durations with commas between them, `PT10S, PT1M`; the last one stays. */
export const BACK_OFF_HEADER = 'retryBackoff';

/**
 * Reads the pauses of a header.
 * @throws TimeError when one of them is no ISO 8601 duration, or not longer than zero
 */
export function parseBackOff(text: string): string[] {
  const pauses = text.split(',').map((pause) => pause.trim());
  for (const pause of pauses) {
    if (addDuration(0, pause) <= 0)
      throw new TimeError(`Expected a pause longer than zero, but found "${pause}".`, text);
  }
  return pauses;
}

/**
 * When a job that failed at `at` is to be tried again, or null when its diagram does not say.
 * @param failures how often it has failed, with this time
 */
export function retryAt(headers: Readonly<Record<string, string>>, failures: number, at: Instant): Instant | null {
  const text = headers[BACK_OFF_HEADER];
  if (text === undefined) return null;
  const pauses = parseBackOff(text);
  const pause = pauses[Math.min(Math.max(failures, 1), pauses.length) - 1];
  return pause === undefined ? null : addDuration(at, pause);
}
