/** One server process from opening the database to listening, and its end. */
import { Server as Listener } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { createApp } from './app.ts';
import { systemClock, type Clock } from './clock.ts';
import { compose } from './compose.ts';
import { baseUrl, databaseOptions, type Config } from './config.ts';
import { seedRequests } from './content/sample-requests.ts';
import { installShipped } from './content/shipped.ts';
import { openDatabase, type Database } from './db/database.ts';
import { errorCode } from './db/error-code.ts';
import { migrate } from './db/migrate.ts';
import { ownHandlers } from './jobs/index.ts';
import { seedPeople } from './people/sample.ts';
import { Overloaded } from './process/submit.ts';
import { closeEventStreams } from './routes/events.ts';
import type { Services } from './services.ts';
import { httpServer } from './web/http-server.ts';

/** So long an idle connection stays, ms: its client may be about to send, and would not know what became of that. */
const IDLE = 300;
/** How long the end waits for requests that are being answered, ms; and for the word that they will not be. */
const ANSWERS = 3000;
const REFUSALS = 500;

export interface ServeOptions {
  config: Config;
  log: Logger;
  clock?: Clock;
  /** An open database, such as one in memory; default: what the configuration says. */
  db?: Database;
  /** false: sample people, but no requests of theirs. */
  sampleRequests?: boolean;
}

export interface Server {
  /** Where it listens: `http://127.0.0.1:3000`. */
  url: string;
  services: Services;
  /** Takes no more requests, lets those that are open end, stops the workers, gives leases back, closes the database. */
  close: () => Promise<void>;
}

/** Opens and migrates the database, installs the content that is missing, listens and starts the workers. */
export async function serve(options: ServeOptions): Promise<Server> {
  const { config, log, clock = systemClock(), sampleRequests = true } = options;
  // Whatever is wrong with it is said before anything is changed.
  ownHandlers(config);
  if (options.db === undefined) await migrateFirst(config);
  const database = options.db ?? (await openDatabase(databaseOptions(config)));
  try {
    await migrate(database);
    const services = compose({ config, db: database, clock, log });
    await services.runtime.definitions.describeOld();
    await installShipped(services);
    if (config.sampleContent) {
      await seedPeople(services);
      if (sampleRequests) await seedRequests(services);
    }
    // Workers begin when nothing can fail any more.
    const server = await listen(services);
    services.metrics.watchProcess();
    services.runtime.startWorkers();
    return server;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** A migration may take as long as it needs: the limits of the server's own connections are not for it. */
async function migrateFirst(config: Config): Promise<void> {
  if (config.databaseUrl === undefined) return;
  const database = await openDatabase({ ...databaseOptions(config), pool: 1, timeout: 0 });
  try {
    await migrate(database);
  } finally {
    await database.close();
  }
}

function portTaken({ host, port }: Config): Error {
  return new Error(
    `Expected port ${port} of ${host} to be free, but found that it is taken. Set PORT to another one, or end the program that has it.`,
  );
}

async function listen(services: Services): Promise<Server> {
  const { config } = services;
  const http = httpServer(createApp(services));
  await new Promise<void>((resolve, reject) => {
    http.once('error', (error) => reject(errorCode(error) === 'EADDRINUSE' ? portTaken(config) : error));
    http.listen(config.port, config.host, resolve);
  });
  const { port } = http.address() as AddressInfo;
  const url = baseUrl(config.host, port);
  // Port 0 is known only now.
  if (config.publicUrl === baseUrl(config.host, 0)) services.config = { ...config, publicUrl: url };
  return {
    url,
    services,
    async close() {
      services.draining = true;
      // Takes no more connections; its own close would cut the idle ones as well.
      const ended = new Promise((resolve) => Listener.prototype.close.call(http, resolve));
      for (const request of [...services.unanswered]) request.last();
      closeEventStreams();
      // What has arrived meanwhile is read first: unread, its connection looks idle.
      setTimeout(() => setImmediate(() => http.close()), IDLE).unref();
      await services.runtime.activator.close();
      setTimeout(() => refuseRest(services), ANSWERS).unref();
      setTimeout(() => http.closeAllConnections(), ANSWERS + REFUSALS).unref();
      await ended;
      await services.runtime.stop();
      await services.db.close();
    },
  };
}

/** What is asked may still be done: with its key it can be asked again. */
function refuseRest({ unanswered }: Services): void {
  const error = new Overloaded('Expected the request to be done before the server stops, but it is not. Ask again.');
  for (const request of [...unanswered]) request.refuse(error);
}
