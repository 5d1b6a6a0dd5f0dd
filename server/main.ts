/** `npm start`: reads the environment, serves until it is told to stop. */
import pino from 'pino';
import { isOwnMachine, loadConfig, type Config } from './config.ts';
import { errorMessage } from './db/error-code.ts';
import { sampleSignIns } from './people/sample.ts';
import { serve, type Server } from './serve.ts';

/** After this time the process ends in any case, ms. */
const HARD_STOP = 10_000;

const config = readConfig();
const log = pino({ level: config.logLevel, redact: ['req.headers.authorization', 'req.headers.cookie'] });
const server = await start();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop(signal));
process.stdout.write(greeting(server, config));

function readConfig(): Config {
  try {
    return loadConfig(process.env);
  } catch (error) {
    return fail(error);
  }
}

async function start(): Promise<Server> {
  try {
    return await serve({ config, log });
  } catch (error) {
    return fail(error);
  }
}

function fail(error: unknown): never {
  process.stderr.write(`Lanework did not start. ${errorMessage(error)}\n`);
  process.exit(1);
}

async function stop(signal: string): Promise<void> {
  log.info({ signal }, 'stopping');
  setTimeout(() => {
    log.error('not everything ended in time; what is not committed is not done');
    process.exit(1);
  }, HARD_STOP).unref();
  await server.close();
  log.info('stopped');
  process.exit(0);
}

function greeting({ url, services }: Server, { databaseUrl, dataDir }: Config): string {
  const where = databaseUrl === undefined ? `the embedded database in ${dataDir}` : 'PostgreSQL';
  const samples = sampleSignIns(services);
  const people = samples?.people.map(({ login, name, role, tier }) => {
    return `    ${login.padEnd(10)} ${[role, tier].filter(Boolean).join(', ').padEnd(18)} ${name}\n`;
  });
  const signIns =
    samples === null ? '' : `\n  Sample sign-ins (password ${samples.password}):\n${people?.join('') ?? ''}`;
  return `\n  Lanework is ready: ${url}\n  It runs on ${where}.\n${signIns}${warnings(services, samples !== null)}\n`;
}

/** What whoever opens the server to others should know. */
function warnings({ config: { host, publicUrl } }: Server['services'], samples: boolean): string {
  if (isOwnMachine(host)) return '';
  const open =
    '\n  Everybody who reaches this address can sign in with the sample accounts. SAMPLE_CONTENT=false leaves them out.\n';
  const links = `\n  Links in messages begin with ${publicUrl}, which other machines cannot open. Set PUBLIC_URL.\n`;
  return `${samples ? open : ''}${isOwnMachine(publicUrl) ? links : ''}`;
}
