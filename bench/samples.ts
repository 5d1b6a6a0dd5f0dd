/** Times of several contenders, taken in interleaved rounds so that what else the machine does meets all of them. */
import { setTimeout as sleep } from 'node:timers/promises';

/** What is measured: so many times in each round. */
export interface Contender {
  times: number;
  run: () => Promise<unknown>;
}

/** Runs the contenders one call at a time, round after round; gives the ms of each call, without the first round. */
export async function interleaved<Name extends string>(
  rounds: number,
  contenders: Record<Name, Contender>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contenders) as Name[];
  const taken = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const { times, run } = contenders[name];
      for (let call = 0; call < times; call += 1) {
        const milliseconds = await timed(run);
        if (round > 0) taken[name].push(milliseconds);
      }
    }
  }
  return taken;
}

/** How long it takes, ms. */
export async function timed(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

/** The value below which this share of the values lies; 0 of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** The mean of the middle half of the values: steady where a median jumps between two kinds of values. */
export function midmean(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.slice(Math.floor(sorted.length / 4), Math.ceil((sorted.length * 3) / 4));
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

/** Does the work so many times a second, not more; what was late is made up for. */
export function paced(perSecond: number, work: () => Promise<unknown>): () => Promise<void> {
  let next = performance.now();
  return async () => {
    await sleep(Math.max(0, next - performance.now()));
    next += 1000 / perSecond;
    await work();
  };
}

/** Does something again and again beside the work; gives what the work gave, and how often it was done per second. */
export async function beside<T>(
  writers: readonly (() => Promise<unknown>)[],
  work: () => Promise<T>,
): Promise<{ result: T; perSecond: number }> {
  let going = true;
  let done = 0;
  const began = performance.now();
  const loops = writers.map(async (write) => {
    while (going) {
      await write();
      done += 1;
    }
  });
  try {
    const result = await work();
    return { result, perSecond: (done / (performance.now() - began)) * 1000 };
  } finally {
    going = false;
    await Promise.all(loops);
  }
}
