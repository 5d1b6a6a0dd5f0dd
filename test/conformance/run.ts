/**
 * `npm run conformance -- DIR [--suite NAME] [--mode MODE] [--case TEXT] [--json FILE]`: runs every case of a folder of
 * suites, or of one suite. Ends with 1 when a suite misses what is asked of it, with 2 when it was called wrongly.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MODES, type Mode } from './modes.ts';
import { printed, type SuiteReport } from './report.ts';
import type { Suite } from './suite.ts';
import { suites } from './suites.ts';

const USAGE =
  'npm run conformance -- DIR [--suite NAME] [--mode memory|reload|replay|crash|all] [--case TEXT] [--json FILE]';

interface Asked {
  readonly folder: string;
  readonly modes: readonly Mode[];
  readonly suite: string | undefined;
  readonly part: string | undefined;
  readonly json: string | undefined;
}

function asked(): Asked {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      suite: { type: 'string' },
      mode: { type: 'string', default: 'all' },
      case: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const [folder] = positionals;
  const modes = values.mode === 'all' ? MODES : MODES.filter((mode) => mode === values.mode);
  if (folder === undefined || positionals.length > 1 || modes.length === 0) throw new Error(`Expected: ${USAGE}`);
  if (values.suite !== undefined && !suites.some(({ name }) => name === values.suite)) {
    throw new Error(`Expected a suite of ${suites.map(({ name }) => name).join(', ')}, but found ${values.suite}.`);
  }
  return { folder, modes, suite: values.suite, part: values.case, json: values.json };
}

/** The folders that hold a suite: the given one, or those in it. */
function foldersOf(folder: string, { file }: Suite): string[] {
  const inside = readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isDirectory());
  return [folder, ...inside].filter((path) => existsSync(join(path, file)));
}

async function runAll({
  folder,
  modes,
  suite: name,
  part,
}: Asked): Promise<{ reports: SuiteReport[]; failed: boolean }> {
  const reports: SuiteReport[] = [];
  let failed = false;
  const wanted = (id: string): boolean => part === undefined || id.includes(part);
  for (const suite of suites.filter((one) => name === undefined || one.name === name)) {
    for (const place of foldersOf(folder, suite)) {
      for (const mode of suite.modes.filter((one) => modes.includes(one))) {
        for (const report of await suite.run(place, mode, wanted)) {
          if (report.total === 0) continue;
          const missed = suite.failed(report);
          failed ||= missed;
          reports.push(report);
          const notes = (suite.notes?.(report) ?? []).map((note) => `\n  ${note}`).join('');
          process.stdout.write(`\n${printed(report)}${notes}\n`);
        }
      }
    }
  }
  return { reports, failed };
}

function write(file: string, reports: SuiteReport[]): void {
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
  const meta = { commit, node: process.version, at: new Date().toISOString() };
  writeFileSync(file, `${JSON.stringify({ meta, suites: reports }, null, 2)}\n`);
}

async function main(): Promise<number> {
  let wanted: Asked;
  try {
    wanted = asked();
  } catch (cause) {
    process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
    return 2;
  }
  const { reports, failed } = await runAll(wanted);
  if (wanted.json !== undefined) write(wanted.json, reports);
  const lines = reports.map(({ suite, mode, passed, total }) => `${suite} (${mode}): ${passed}/${total}`);
  process.stdout.write(`\n${lines.join('\n')}\n`);
  if (reports.length === 0) process.stderr.write(`Expected cases in ${wanted.folder}, but found none.\n`);
  return failed || reports.length === 0 ? 1 : 0;
}

process.exitCode = await main();
