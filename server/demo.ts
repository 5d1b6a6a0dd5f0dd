/** `npm run demo`: a whole story through HTTP on a fresh embedded database, with a clock that is moved. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { movableClock } from './clock.ts';
import { loadConfig } from './config.ts';
import { tell } from './demo/story.ts';
import { serve } from './serve.ts';

/** Monday 2 March 2026, 09:00 in Shanghai. */
const MORNING = Date.UTC(2026, 2, 2, 1);

const folder = await mkdtemp(join(tmpdir(), 'lanework-demo-'));
const config = loadConfig({ PORT: '0', DATA_DIR: folder, SAMPLE_CONTENT: 'true', LOG_LEVEL: 'warn' });
const clock = movableClock(MORNING);
const server = await serve({ config, log: pino({ level: config.logLevel }), clock, sampleRequests: false });
try {
  const differences = await tell(server, clock, (line) => process.stdout.write(`${line}\n`));
  process.exitCode = differences === 0 ? 0 : 1;
} finally {
  await server.close();
  await rm(folder, { recursive: true, force: true });
}
