/** The whole application for a browser test: embedded database in memory, sample content, a free port, a movable clock. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pino } from 'pino';
import { createApp } from '../../../server/app.ts';
import { movableClock } from '../../../server/clock.ts';
import type { MovableClock } from '../../../server/clock.ts';
import { loadConfig } from '../../../server/config.ts';
import { storeTickets } from '../../../server/desk/store-tickets.ts';
import { notify } from '../../../server/jobs/notify.ts';
import { seedPeople } from '../../../server/people/sample.ts';
import type { DeployedFile } from '../../../server/process/compile.ts';
import { createRuntime } from '../../../server/process/runtime.ts';
import type { Services } from '../../../server/services.ts';
import { openMemory } from '../../support/database.ts';

const processes = join(import.meta.dirname, '..', '..', '..', 'processes');

export interface App {
  /** http://127.0.0.1:PORT */
  url: string;
  services: Services & { clock: MovableClock };
  /** Moves the clock and does everything that becomes due. */
  pass(milliseconds: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it with all shipped processes deployed. The caller stops it. */
export async function startApp(): Promise<App> {
  const config = loadConfig({ SAMPLE_CONTENT: 'true', LOG_LEVEL: 'warn' });
  const log = pino({ level: config.logLevel });
  const clock = movableClock(Date.now());
  const db = await openMemory();
  const runtime = createRuntime({ db, clock, log, handlers: [notify] });
  runtime.registerProjection(storeTickets);
  const services = { config, log, clock, db, runtime };
  await seedPeople(services);
  const deployed = await runtime.deploy(shipped(), { actor: 'system', note: 'Shipped with Lanework' });
  if (!deployed.release)
    throw new Error(`Expected the shipped content to deploy: ${JSON.stringify(deployed.problems)}`);
  runtime.startWorkers();
  const server = createApp(services).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    services,
    async pass(milliseconds) {
      clock.advance(milliseconds);
      await runtime.settle();
    },
    async stop() {
      await closed(server);
      await runtime.stop();
      await db.close();
    },
  };
}

async function closed(server: Server): Promise<void> {
  const done = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await done;
}

/** The files of all processes folders, samples and scenarios left out. */
function shipped(): DeployedFile[] {
  const paths = readdirSync(processes, { recursive: true, encoding: 'utf8' });
  return paths
    .filter((path) => /\.(bpmn|dmn|form)$/.test(path))
    .map((path) => ({ name: path.split('/').at(-1) ?? path, content: readFileSync(join(processes, path), 'utf8') }));
}
