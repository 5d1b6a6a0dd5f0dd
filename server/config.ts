import { z } from 'zod';
import type { DatabaseOptions } from './db/database.ts';

const flag = z
  .enum(['true', 'false', '1', '0', 'yes', 'no'])
  .transform((value) => value === 'true' || value === '1' || value === 'yes');

function whole(least: number, most = Number.MAX_SAFE_INTEGER) {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  const expected = `Expected a whole number ${range}`;
  return z.coerce.number(expected).int(expected).min(least, expected).max(most, expected);
}

const environment = z.object({
  PORT: whole(0, 65535).default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  PUBLIC_URL: z.url().optional(),
  DATA_DIR: z.string().min(1).default('data'),
  DATABASE_URL: z
    .string()
    .regex(/^(postgres|postgresql):\/\//, 'Expected postgres://USER:PASSWORD@HOST:PORT/DATABASE')
    .optional(),
  DATABASE_POOL: whole(1, 1000).default(10),
  DATABASE_PREPARED: flag.default(true),
  DATABASE_TIMEOUT: whole(0).default(30_000),
  SAMPLE_CONTENT: flag.optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  MAX_QUEUE: whole(1).default(5000),
  OUTSIDE_JOBS: z
    .string()
    .default('')
    .transform((types) =>
      types
        .split(',')
        .map((type) => type.trim())
        .filter((type) => type !== ''),
    ),
});

/** What the environment decides, read once at the start. */
export interface Config {
  port: number;
  host: string;
  /** Base of links in messages, without a slash at the end. */
  publicUrl: string;
  /** Folder of the embedded database. */
  dataDir: string;
  /** PostgreSQL; without it the embedded database is used. */
  databaseUrl?: string;
  /** Connections of one server process. */
  databasePool: number;
  /** false behind a connection pooler that shares connections between transactions. */
  databasePrepared: boolean;
  /** How long a statement may take, ms; 0 = no limit. */
  databaseTimeout: number;
  /** Sample people and requests: on the embedded database, or when asked for. */
  sampleContent: boolean;
  logLevel: z.infer<typeof environment>['LOG_LEVEL'];
  /** Commands that may wait before callers are told to come back later. */
  maxQueue: number;
  /** Types of jobs that this server could do itself and leaves to outside workers. */
  outsideJobs: readonly string[];
}

/**
 * Reads and checks the configuration; an empty variable counts as not given.
 * @throws Error that lists every variable that is wrong, without its value
 */
export function loadConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`Expected a valid configuration, but found:\n${lines.join('\n')}`);
  }
  const it = parsed.data;
  return {
    port: it.PORT,
    host: it.HOST,
    publicUrl: (it.PUBLIC_URL ?? baseUrl(it.HOST, it.PORT)).replace(/\/$/, ''),
    dataDir: it.DATA_DIR,
    ...(it.DATABASE_URL === undefined ? {} : { databaseUrl: it.DATABASE_URL }),
    databasePool: it.DATABASE_POOL,
    databasePrepared: it.DATABASE_PREPARED,
    databaseTimeout: it.DATABASE_TIMEOUT,
    sampleContent: it.SAMPLE_CONTENT ?? it.DATABASE_URL === undefined,
    logLevel: it.LOG_LEVEL,
    maxQueue: it.MAX_QUEUE,
    outsideJobs: it.OUTSIDE_JOBS,
  };
}

/** Where a browser on this machine finds a server that listens there: `http://localhost:3000`. */
export function baseUrl(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/** Whether a host, or the host of a URL, is found on this machine only. */
export function isOwnMachine(place: string): boolean {
  return /^(https?:\/\/)?(localhost|127(\.\d+){3}|::1|\[::1\])(:\d+)?(\/|$)/.test(place);
}

/** How the database that the configuration names is opened. */
export function databaseOptions(config: Config): DatabaseOptions {
  return config.databaseUrl === undefined
    ? { dataDir: config.dataDir }
    : {
        url: config.databaseUrl,
        pool: config.databasePool,
        prepared: config.databasePrepared,
        timeout: config.databaseTimeout,
      };
}
