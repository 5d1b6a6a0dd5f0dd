/**
 * `node .scripts/coverage.mjs [JSON]`: runs the tests of test/engine and writes the coverage tables of engine/README.md from
 * the titles of those that prove a line (test/engine/coverage/lines.ts). With a file that `jest --json` has written, nothing
 * is run. Ends with 1, and writes nothing, when one of them did not pass or a line has none.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureReady } from './setup.mjs';

await ensureReady({ development: true });
const { register } = await import('tsx/esm/api');
register();
const { LINES } = await import('../test/engine/coverage/lines.ts');
const { findProofs, PAGE, withTables } = await import('../test/engine/coverage/table.ts');

process.exitCode = cover(process.argv[2]);

function cover(path) {
  const tests = (path === undefined ? run() : JSON.parse(readFileSync(path, 'utf8'))).testResults.flatMap(
    ({ assertionResults }) => assertionResults,
  );
  const proofs = findProofs();
  const keys = Object.values(LINES).flat();
  const unknown = proofs
    .filter(({ key }) => !keys.includes(key))
    .map(({ key, file }) => `${key}: no such line (${file})`);
  const unproven = keys.flatMap((key) => whyUnproven(key, proofs, tests));
  for (const problem of [...unknown, ...unproven]) console.error(problem);
  if (unknown.length + unproven.length > 0) return 1;
  writeFileSync(PAGE, withTables(readFileSync(PAGE, 'utf8'), proofs));
  console.log(`${keys.length} lines, proven by ${proofs.length} tests`);
  return 0;
}

function whyUnproven(key, proofs, tests) {
  const written = proofs.filter((proof) => proof.key === key).length;
  const ran = tests.filter(({ title }) => title.startsWith(`${key}: `));
  const bad = ran.filter(({ status }) => status !== 'passed').map(({ title, status }) => `${title} (${status})`);
  if (bad.length > 0) return bad;
  if (written === 0) return [`${key}: no test has a title that begins with it`];
  return ran.length === written ? [] : [`${key}: Expected ${written} tests to pass, but ${ran.length} did.`];
}

/** The result of jest. The test of the tables is left out: they are about to be written. */
function run() {
  const folder = mkdtempSync(join(tmpdir(), 'coverage-'));
  const file = join(folder, 'tests.json');
  try {
    const jest = [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
    ];
    const what = ['test/engine', '--testPathIgnorePatterns', 'test/engine/coverage', '--json', `--outputFile=${file}`];
    const cwd = new URL('..', import.meta.url);
    spawnSync(process.execPath, [...jest, ...what], { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
    return JSON.parse(readFileSync(file, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
