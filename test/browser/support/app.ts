/** The whole application for a browser test: a database of its own, sample people, a free port, a movable clock. */
import { pino } from 'pino';
import { movableClock } from '../../../server/clock.ts';
import { loadConfig } from '../../../server/config.ts';
import { serve } from '../../../server/serve.ts';
import type { Services } from '../../../server/services.ts';
import { openDatabase } from '../../../server/db/database.ts';
import { chosenWay, cloneOptions, openMemory } from '../../support/database.ts';
import { postgresPrograms } from '../../support/postgres.ts';

export interface App {
  /** http://127.0.0.1:PORT */
  url: string;
  services: Services;
  /** Moves the clock and does everything that becomes due. */
  pass(milliseconds: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts it with all shipped processes deployed. The caller stops it.
 * @param sample which sample content: people (default), their requests as well, or nothing, as on a new PostgreSQL
 * @param on PostgreSQL where its programs are installed, or the embedded database (default)
 */
export async function startApp(
  sample: 'people' | 'requests' | 'nothing' = 'people',
  on: 'embedded' | 'postgres' = 'embedded',
): Promise<App> {
  const config = loadConfig({ PORT: '0', SAMPLE_CONTENT: String(sample !== 'nothing'), LOG_LEVEL: 'warn' });
  const clock = movableClock(Date.now());
  const bin = on === 'postgres' ? postgresPrograms() : null;
  const db = bin === null ? await openMemory() : await chosenWay(await openDatabase(await cloneOptions(bin)));
  const { url, services, close } = await serve({
    config,
    log: pino({ level: config.logLevel }),
    clock,
    db,
    sampleRequests: sample === 'requests',
  });
  return {
    url,
    services,
    async pass(milliseconds) {
      clock.advance(milliseconds);
      await services.runtime.settle();
    },
    stop: close,
  };
}
