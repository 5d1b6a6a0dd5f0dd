/** What a run found: one verdict per case, counted by suite and group, and how that is printed and written. */
import type { Mode } from './modes.ts';

/** How one case went. `failure`: it did not pass. `skipped`: it was not run, which counts as not passed. */
export interface Verdict {
  readonly id: string;
  readonly group: string;
  readonly failure?: { readonly expected: string; readonly found: string };
  readonly skipped?: string;
}

interface Count {
  passed: number;
  total: number;
}

/** One suite in one mode: the shape of the JSON file. */
export interface SuiteReport extends Count {
  readonly suite: string;
  readonly mode: Mode;
  readonly groups: Record<string, Count>;
  readonly failures: { id: string; expected: string; found: string }[];
  readonly skipped: { id: string; why: string }[];
}

/** Counts the verdicts of one suite. */
export function reportOf(suite: string, mode: Mode, verdicts: readonly Verdict[]): SuiteReport {
  const report: SuiteReport = { suite, mode, groups: {}, passed: 0, total: 0, failures: [], skipped: [] };
  for (const { id, group, failure, skipped } of verdicts) {
    const count = (report.groups[group] ??= { passed: 0, total: 0 });
    const passed = failure === undefined && skipped === undefined ? 1 : 0;
    for (const one of [count, report]) {
      one.total += 1;
      one.passed += passed;
    }
    if (failure) report.failures.push({ id, ...failure });
    if (skipped !== undefined) report.skipped.push({ id, why: skipped });
  }
  return report;
}

/** A suite for readers: groups, then what did not pass. */
export function printed({ suite, mode, groups, passed, total, failures, skipped }: SuiteReport): string {
  const line = (name: string, count: Count): string =>
    `${name.padEnd(34)} ${`${count.passed}/${count.total}`.padStart(11)} ${percent(count).padStart(7)}`;
  return [
    line(`${suite} (${mode})`, { passed, total }),
    ...Object.entries(groups).map(([name, count]) => line(`  ${name}`, count)),
    ...failures.map(({ id, expected, found }) => `  FAILED  ${id}\n    expected ${expected}\n    found    ${found}`),
    ...skipped.map(({ id, why }) => `  SKIPPED ${id}\n    ${why}`),
  ].join('\n');
}

function percent({ passed, total }: Count): string {
  return total === 0 ? '-' : `${((100 * passed) / total).toFixed(1)} %`;
}
