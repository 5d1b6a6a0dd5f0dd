/** The contenders against each other: interleaved rounds, so that what else the machine does meets all of them. */
import type { Result } from '../run.ts';
import { NAMES, type Apart, type Name } from './apart.ts';
import { median, middle, type Round } from './load.ts';

/** What Lanework has to reach, by callers: its share of the minimal write, times the classic engine. */
const GOALS = {
  1: { minimal: 0.4, classic: 1.5 },
  32: { minimal: 0.25, classic: 5 },
  256: { minimal: 0.2, classic: 8 },
} as const;
/** CPU per command: at most so many times the minimal write, at most this share of the classic engine at 256 callers. */
const CPU = { minimal: 5, classic: 0.1 };

/** How long and how often: the middle of so many rounds. */
export interface Effort {
  rounds: number;
  milliseconds: number;
}

/** Until the just-in-time compiler has seen enough, ms of each contender: with many callers, then with so many as count. */
const WARM_UP = { first: 5000, each: 2000 };

/**
 * @param checkpoint called before each series of rounds: from then on the cluster uses again the WAL files that it has, as
 *   one that has run for a while does, and no contender writes out what another has left behind
 */
export async function compare(
  contenders: Record<Name, Apart>,
  { rounds, milliseconds }: Effort,
  checkpoint: () => Promise<unknown>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const name of NAMES) await contenders[name].measure({ callers: 256, milliseconds: WARM_UP.first });
  for (const callers of [1, 32, 256] as const) {
    const taken: Record<Name, Round>[] = [];
    await checkpoint();
    for (const name of NAMES) await contenders[name].measure({ callers, milliseconds: WARM_UP.each });
    for (let round = 0; round < rounds; round += 1) {
      const one = (name: Name) => contenders[name].measure({ callers, milliseconds });
      taken.push({ minimal: await one('minimal'), lanework: await one('lanework'), classic: await one('classic') });
    }
    results.push(...NAMES.flatMap((name) => figures(name, callers, taken)));
    results.push(...ratios(callers, taken));
  }
  return results;
}

function figures(name: Name, callers: number, taken: readonly Record<Name, Round>[]): Result[] {
  const { perSecond, server, database, p50, p99 } = middle(taken.map((all) => all[name]));
  const under = `submit.${callers}.${name}`;
  return [
    { name: under, value: perSecond, unit: 'commands/s' },
    { name: `${under}.cpu.server`, value: server, unit: 'us CPU per command' },
    { name: `${under}.cpu.database`, value: database, unit: 'us CPU per command' },
    { name: `${under}.p50`, value: p50, unit: 'ms' },
    { name: `${under}.p99`, value: p99, unit: 'ms' },
  ];
}

function ratios(callers: keyof typeof GOALS, taken: readonly Record<Name, Round>[]): Result[] {
  const name = `submit.${callers}.vs`;
  const speed = (other: Name) => median(taken.map((all) => all.lanework.perSecond / all[other].perSecond));
  const cpu = (other: Name) => median(taken.map((all) => total(all.lanework) / total(all[other])));
  const goals = GOALS[callers];
  const results = [
    atLeast(`${name}.minimal`, speed('minimal'), goals.minimal),
    atMost(`${name}.minimal.cpu`, cpu('minimal'), CPU.minimal),
    atLeast(`${name}.classic`, speed('classic'), goals.classic),
  ];
  return callers === 256 ? [...results, atMost(`${name}.classic.cpu`, cpu('classic'), CPU.classic)] : results;
}

function total({ server, database }: Round): number {
  return server + database;
}

export function atLeast(name: string, value: number, goal: number): Result {
  return { name, value, unit: 'times', goal: `at least ${goal}`, met: value >= goal };
}

export function atMost(name: string, value: number, goal: number, unit = 'times'): Result {
  return { name, value, unit, goal: `at most ${goal}`, met: value <= goal };
}
