import { loadConfig } from '../config.ts';
import type { Config } from '../config.ts';
import { errorMessage } from '../db/error-code.ts';
import { Unreachable } from '../db/unreachable.ts';
import { FolderTaken } from '../db/folder-lock.ts';
import { json } from './command.ts';
import type { Call, Subcommand } from './command.ts';
import { checkConfig, checkNode } from './doctor/configuration.ts';
import { checkClock, checkMigrations, checkSettings } from './doctor/database.ts';
import { error, ok, warning } from './doctor/finding.ts';
import type { Finding } from './doctor/finding.ts';
import { checkFolder } from './doctor/folder.ts';
import { checkWork } from './doctor/work.ts';
import { hasDatabase, withDatabase } from './open.ts';
import { print, printJson } from './print.ts';

/** Looks at everything that a server needs. */
export const doctor: Subcommand = {
  name: 'doctor',
  summary: 'Checks configuration, database, migrations, clock and workers, and says what to do.',
  usage: ['[--json]'],
  options: { json },
  wordless: true,
  notes: 'Changes nothing. Ends with 1 when something must be done; a warning is what may be meant that way.',
  async run(call) {
    const findings = [checkNode(process.versions.node), ...(await examine(call))];
    await report(findings, call);
    return findings.some(({ state }) => state === 'error') ? 1 : 0;
  },
};

async function examine(call: Call): Promise<Finding[]> {
  let config: Config;
  try {
    config = loadConfig(call.env);
  } catch (cause) {
    return [error('configuration', errorMessage(cause), 'Correct these variables of the environment.')];
  }
  const first = [...checkConfig(config), ...(config.databaseUrl === undefined ? checkFolder(config.dataDir) : [])];
  if (!hasDatabase(config)) return first;
  return [...first, ...(await examineDatabase(call))];
}

async function examineDatabase(call: Call): Promise<Finding[]> {
  try {
    return await withDatabase(call, async (db, config) => {
      const findings = [ok('database', `answers (${db.kind === 'pglite' ? 'embedded' : 'PostgreSQL'})`)];
      findings.push(...(await checkSettings(db, config)), await checkClock(db));
      const migrations = await checkMigrations(db);
      findings.push(...migrations);
      // Tables that are not there yet cannot be asked.
      return migrations.some(({ state }) => state === 'error') ? findings : [...findings, ...(await checkWork(db))];
    });
  } catch (cause) {
    if (cause instanceof FolderTaken) {
      const advice = 'Ask that server at /readyz and /metrics; stop it to look into the database from here.';
      return [warning('database', errorMessage(cause), advice)];
    }
    const advice = 'Start the database or correct DATABASE_URL.';
    return [error('database', cause instanceof Unreachable ? cause.reason : errorMessage(cause), advice)];
  }
}

const number = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

async function report(findings: readonly Finding[], call: Call): Promise<void> {
  if (call.flag('json')) {
    await printJson(call, { healthy: findings.every(({ state }) => state !== 'error'), findings });
    return;
  }
  const signs = { ok: 'ok     ', warning: 'warning', error: 'ERROR  ' };
  for (const { state, check, found, advice } of findings) {
    await print(call, `${signs[state]}  ${check}: ${found}`);
    if (advice !== null) await print(call, `         ${advice}`);
  }
  const count = (wanted: Finding['state']) => findings.filter(({ state }) => state === wanted).length;
  await print(
    call,
    `\n${number(count('error'), 'error')}, ${number(count('warning'), 'warning')}, ${count('ok')} in order.`,
  );
}
