#!/usr/bin/env node
/** `lanework COMMAND`: the command line (server/cli). Works on the database that the environment names. */
import { ensureReady } from './setup.mjs';

// A server needs the built browser side; everything else only what npm ci brings, and keeps its output to itself.
if (process.argv[2] === 'start' && !process.argv.includes('--help')) await ensureReady();
const { register } = await import('tsx/esm/api').catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.error('Expected the packages to be installed, but tsx is not there. Run npm ci in the folder of Lanework.');
  process.exit(1);
});
register();
await import('../server/cli/index.ts');
