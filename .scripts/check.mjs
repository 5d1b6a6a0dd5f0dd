/**
 * `npm run check`: everything a change has to pass. All stages run, also after one has failed; the summary names each.
 * `--no-tests` leaves the tests out.
 */
import { ensureReady, run } from './setup.mjs';

const node = (script, ...args) => [process.execPath, [script, ...args]];

const stages = {
  format: node('node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'),
  lint: node('node_modules/eslint/bin/eslint.js', '.'),
  types: node('node_modules/typescript/bin/tsc', '--noEmit', '--project', '.'),
  boundaries: node(
    'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
    'engine',
    'server',
    'ui',
    'test',
    'bench',
  ),
  'unused exports': node(
    'node_modules/ts-unused-exports/bin/ts-unused-exports',
    'tsconfig.json',
    '--allowUnusedTypes',
    '--excludeDeclarationFiles',
    // The tool does not follow imports that write out index.ts.
    '--excludePathsFromReport=index.ts',
  ),
  tests: node('.scripts/test.mjs'),
};

await ensureReady({ development: true });
if (process.argv.includes('--no-tests')) delete stages.tests;

const results = [];
for (const [name, [program, args]] of Object.entries(stages)) {
  console.log(`\n--- ${name}`);
  const began = Date.now();
  const status = await run(program, args);
  results.push({ name, passed: status === 0, seconds: ((Date.now() - began) / 1000).toFixed(1) });
}

console.log('');
for (const { name, passed, seconds } of results) {
  console.log(`${passed ? 'passed' : 'FAILED'}  ${name} (${seconds} s)`);
}
process.exit(results.every((result) => result.passed) ? 0 : 1);
