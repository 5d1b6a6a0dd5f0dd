/** Callers that each do one thing after the other, and what that cost. */
import { cpuOf, type Cpu } from './cpu.ts';

/** One way of doing commands. */
export interface Contender {
  /** Makes the steps of one caller; each call does one command and resolves when it is durable. */
  caller(): () => Promise<unknown>;
}

/** What one round of one contender came to. */
export interface Round {
  perSecond: number;
  /** us of CPU per command: of this process, of the database. */
  server: number;
  database: number;
  /** ms from asking to the answer. */
  p50: number;
  p99: number;
}

/** Lets so many callers work for some milliseconds, and until their last commands are answered. */
export async function measure(
  contender: Contender,
  callers: number,
  milliseconds: number,
  postmaster: number,
): Promise<Round> {
  const latencies: number[] = [];
  const before = cpuOf(postmaster);
  const began = performance.now();
  const deadline = began + milliseconds;
  const one = async (): Promise<void> => {
    const step = contender.caller();
    for (let asked = performance.now(); asked < deadline;) {
      await step();
      const answered = performance.now();
      latencies.push(answered - asked);
      asked = answered;
    }
  };
  await Promise.all(Array.from({ length: callers }, one));
  const seconds = (performance.now() - began) / 1000;
  return { perSecond: latencies.length / seconds, ...perCommand(before, cpuOf(postmaster), latencies) };
}

function perCommand(before: Cpu, after: Cpu, latencies: number[]): Omit<Round, 'perSecond'> {
  const sorted = latencies.sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;
  return {
    server: (after.server - before.server) / sorted.length,
    database: (after.database - before.database) / sorted.length,
    p50: at(0.5),
    p99: at(0.99),
  };
}

/** The round in the middle, figure by figure. */
export function middle(rounds: readonly Round[]): Round {
  const of = (name: keyof Round): number => median(rounds.map((round) => round[name]));
  return { perSecond: of('perSecond'), server: of('server'), database: of('database'), p50: of('p50'), p99: of('p99') };
}

/** The value in the middle; 0 of none. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
