/** For whoever runs the server: is the process there, can it work, and its figures. */
import { setTimeout as sleep } from 'node:timers/promises';
import { compareMigrations } from '../db/migrate.ts';
import { errorMessage } from '../db/error-code.ts';
import type { Route } from '../routes/route.ts';
import type { Services } from '../services.ts';

/** A worker whose last good pass is longer ago is stuck, ms. */
const STUCK = 30_000;
/** A database that takes longer counts as not there, ms. */
const PATIENCE = 2000;

/** What is in the way, by the part that it concerns; empty when the server is ready. */
async function troubles({ draining, runtime, db }: Services): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  if (draining) found['process'] = 'it is being stopped';
  for (const [worker, lag] of Object.entries(runtime.workerLag())) {
    if (lag > STUCK) found[`worker ${worker}`] = `no pass went well for ${Math.round(lag / 1000)} s`;
  }
  try {
    const late = sleep(PATIENCE, null, { ref: false });
    const compared = await Promise.race([compareMigrations(db), late]);
    if (compared === null) found['database'] = `it does not answer within ${PATIENCE / 1000} s`;
    else if (compared.missing.length > 0) found['migrations'] = `missing: ${compared.missing.join(', ')}`;
  } catch (error) {
    found['database'] = errorMessage(error);
  }
  return found;
}

export const routes: Route[] = [
  {
    method: 'get',
    path: '/healthz',
    permission: 'public',
    handle(_request, response) {
      response.json({ status: 'alive' });
    },
  },
  {
    method: 'get',
    path: '/readyz',
    permission: 'public',
    async handle(_request, response, services) {
      const found = await troubles(services);
      const ready = Object.keys(found).length === 0;
      if (!ready) services.log.warn({ found }, 'not ready');
      // What is wrong in detail is for the log: anybody may ask.
      response.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready', troubles: Object.keys(found) });
    },
  },
  {
    method: 'get',
    path: '/metrics',
    permission: 'metrics:read',
    async handle(_request, response, { metrics }) {
      response.type(metrics.contentType).send(await metrics.text());
    },
  },
];
