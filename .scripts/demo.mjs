/** `npm run demo`: makes ready, then plays the story of server/demo.ts in this process. */
import { ensureReady } from './setup.mjs';

await ensureReady();
const { register } = await import('tsx/esm/api');
register();
await import('../server/demo.ts');
