/**
 * A server to be killed. Started by test/system/kill.test.ts with JSON as its argument: the environment, and how far its
 * clock is ahead. Prints its URL and an API token as JSON.
 */
import { pino } from 'pino';
import { loadConfig } from '../../server/config.ts';
import { createToken } from '../../server/people/api-token.ts';
import { serve } from '../../server/serve.ts';

const { environment, ahead } = JSON.parse(process.argv[2] ?? '') as {
  environment: Record<string, string>;
  /** ms */
  ahead: number;
};
const config = loadConfig({ PORT: '0', SAMPLE_CONTENT: 'false', ...environment });
const log = pino({ level: 'error' }, pino.destination(2));
const server = await serve({ config, log, clock: { now: () => Date.now() + ahead } });
const { secret } = await createToken(server.services, {
  name: 'kill test',
  scopes: ['intake:tickets'],
  createdBy: 'test',
});
process.stdout.write(`${JSON.stringify({ url: server.url, token: secret })}\n`);
process.once('SIGTERM', () => void server.close().then(() => process.exit(0)));
