/** Runs one bench by name, prints its results as a table and, with `--json FILE`, writes them with commit and machine. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { engine } from './engine.ts';
import { inbox } from './inbox.ts';
import { submit } from './submit.ts';
import { timers } from './timers.ts';

/** One figure. `goal` is the bound that it has to keep, where there is one; both are null in the file where there is none. */
export interface Result {
  name: string;
  value: number;
  unit: string;
  goal?: string;
  met?: boolean;
}

/** Every bench by name: one line per file. */
const benches: Record<string, () => Promise<Result[]>> = { engine, inbox, submit, timers };

const [name = '', flag, file] = process.argv.slice(2);
const bench = benches[name];
if (!bench || (flag !== undefined && (flag !== '--json' || file === undefined))) {
  process.stderr.write(`Expected: npm run bench -- ${Object.keys(benches).join('|')} [--json FILE]\n`);
  process.exit(2);
}
const results = await bench();
for (const { name: figure, value, unit, goal, met } of results) {
  const verdict = goal === undefined ? '' : `  goal ${goal}: ${met ? 'met' : 'MISSED'}`;
  process.stdout.write(`${figure.padEnd(28)} ${value.toFixed(2).padStart(10)} ${unit}${verdict}\n`);
}
if (file !== undefined) {
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
  const meta = { commit, node: process.version, cpus: cpus().length, at: new Date().toISOString() };
  const all = results.map(({ name, value, unit, goal = null, met = null }) => ({ name, value, unit, goal, met }));
  writeFileSync(file, `${JSON.stringify({ meta, results: all }, null, 2)}\n`);
}
