/**
 * `npm run random [-- --runs N] [--seed S]`: plays random processes (test/random), 10,000 unless said otherwise, in two
 * processes. The same seed plays the same.
 */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { ensureReady, root } from './setup.mjs';

const { values } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' } } });
const runs = Number(values.runs ?? 10_000);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
await ensureReady({ development: true });

/** Plays a share of the runs; gives its tally, or null when something was found. */
function play(share) {
  return new Promise((resolve, reject) => {
    const args = ['--import', 'tsx', 'test/random/main.ts', String(Math.ceil(runs / 2)), String(seed + share)];
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (data) => (text += data));
    child.on('error', reject);
    child.on('close', (status, signal) => {
      if (signal) console.error(`One of the two processes was ended by ${signal}.`);
      resolve(status === 0 ? JSON.parse(text) : null);
    });
  });
}

console.log(`Playing ${runs} random processes, seed ${seed} ...`);
const began = Date.now();
const shares = await Promise.all([play(0), play(1)]);
const seconds = ((Date.now() - began) / 1000).toFixed(1);
if (shares.includes(null)) {
  console.log(`FAILED after ${seconds} s. To play it again: npm run random -- --runs ${runs} --seed ${seed}`);
  process.exit(1);
}
const sum = (name) => shares.reduce((total, share) => total + share[name], 0);
const types = new Set(shares.flatMap(({ events }) => Object.keys(events)));
console.log(
  `${sum('runs')} runs of ${sum('models')} models, ${sum('steps')} commands in ${seconds} s: ${sum('ended')} ended, ` +
    `${sum('incidents')} had incidents, ${sum('pairs')} pairs of commands in both orders, ${types.size} types of events.`,
);
