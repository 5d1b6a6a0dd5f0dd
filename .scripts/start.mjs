/** `npm start`: makes ready, then runs the server in this process, so that signals reach it. */
import { ensureReady } from './setup.mjs';

await ensureReady();
const { register } = await import('tsx/esm/api');
register();
await import('../server/main.ts');
