/** `npm run bench -- NAME [--json FILE]`: makes ready, then runs bench/NAME.ts through bench/run.ts. */
import { ensureReady } from './setup.mjs';

await ensureReady({ development: true });
const { register } = await import('tsx/esm/api');
register();
await import('../bench/run.ts');
