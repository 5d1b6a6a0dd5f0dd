/** Constraints (format invalid/1): diagrams that break a rule of the standard, and counterparts that do not. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeXml, readBpmn, validateBpmn } from '../../engine/index.ts';
import { Mismatch, verdictOf } from './expectation.ts';
import { reportOf, type SuiteReport } from './report.ts';
import type { Suite } from './suite.ts';

interface Constraint {
  readonly id: string;
  readonly rule: string;
  readonly file: string;
  readonly ruleText: string | null;
  readonly hint?: string;
  readonly conformanceClass: string | null;
  readonly area: string;
  readonly expect: { readonly rejected: boolean };
}

/** The share of the area `process` that has to be rejected. */
const PROCESS_SHARE = 0.95;

/** Two suites: `invalid` is grouped by area and conformance class, `valid` too. */
export const invalid: Suite = {
  name: 'invalid',
  file: 'invalid.json',
  modes: ['memory'],
  async run(folder, mode, wanted) {
    const reports: SuiteReport[] = [];
    for (const name of ['invalid', 'valid'].filter((one) => existsSync(join(folder, `${one}.json`)))) {
      const { cases } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as { cases: Constraint[] };
      const verdicts = [];
      for (const one of cases.filter(({ id }) => wanted(id))) {
        const group = `${one.area}, ${one.conformanceClass ?? 'no class'}`;
        verdicts.push(await verdictOf({ id: one.id, group }, () => check(folder, one)));
      }
      reports.push(reportOf(name, mode, verdicts));
    }
    return reports;
  },
  failed: (report) =>
    report.suite === 'valid' ? report.passed < report.total : shareOf(report, 'process') < PROCESS_SHARE,
  notes(report) {
    if (report.suite === 'valid') return [];
    const areas = [...new Set(Object.keys(report.groups).map((group) => group.split(',')[0] ?? ''))];
    return areas.map((area) => `area ${area} ${(shareOf(report, area) * 100).toFixed(1)} %`);
  },
};

/** 1 when the area has no case. */
function shareOf({ groups }: SuiteReport, area: string): number {
  const counts = Object.entries(groups).flatMap(([group, count]) => (group.startsWith(`${area},`) ? [count] : []));
  const total = counts.reduce((sum, count) => sum + count.total, 0);
  return total === 0 ? 1 : counts.reduce((sum, count) => sum + count.passed, 0) / total;
}

async function check(folder: string, { file, rule, ruleText, hint, expect }: Constraint): Promise<void> {
  const found = validateBpmn(await readBpmn(decodeXml(readFileSync(join(folder, file)))));
  const errors = found.filter(({ severity }) => severity === 'error');
  const text = ruleText ?? hint ?? '';
  if (expect.rejected && errors.length === 0) throw new Mismatch(`an error: ${rule} ${text}`, 'none');
  if (!expect.rejected && errors.length > 0) {
    const listed = errors.map((problem) => `${problem.rule} at ${problem.element}: ${problem.message}`).join(' | ');
    throw new Mismatch(`no error: ${rule} ${text}`, listed);
  }
}
