/**
 * `npm run chaos -- [--seconds N] [--json FILE] [--seed S] [--processes P] [--cut MS]`: makes ready, then runs test/chaos:
 * servers that are killed, paused and cut off from a database that is killed too, and a ledger afterwards. `--cut` cuts
 * every connection to the database every so many milliseconds instead.
 */
import { ensureReady } from './setup.mjs';

await ensureReady({ development: true });
const { register } = await import('tsx/esm/api');
register();
await import('../test/chaos/main.ts');
