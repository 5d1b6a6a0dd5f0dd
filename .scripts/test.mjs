/** `npm test [-- jest arguments]`: makes ready, then runs the tests. */
import { ensureReady, runAndExit } from './setup.mjs';

await ensureReady({ development: true });
await runAndExit(process.execPath, [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
  ...process.argv.slice(2),
]);
