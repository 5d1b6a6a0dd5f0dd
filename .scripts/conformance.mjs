/** `npm run conformance -- DIR ...`: makes ready, then runs foreign conformance suites through test/conformance/run.ts. */
import { ensureReady } from './setup.mjs';

await ensureReady();
const { register } = await import('tsx/esm/api');
register();
await import('../test/conformance/run.ts');
