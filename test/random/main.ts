/** One share of `npm run random`: prints what was done as JSON, or what was found. */
import { runRandom } from './properties.ts';

const [runs, seed] = process.argv.slice(2).map(Number);
try {
  process.stdout.write(`${JSON.stringify(await runRandom(runs ?? 0, seed ?? 0))}\n`);
} catch (cause) {
  if (!(cause instanceof Error)) throw cause;
  process.stderr.write(`${cause.message}\n`);
  process.exitCode = 1;
}
