import { isOwnMachine } from '../../config.ts';
import type { Config } from '../../config.ts';
import { errorMessage } from '../../db/error-code.ts';
import { ownHandlers } from '../../jobs/index.ts';
import { error, ok, warning } from './finding.ts';
import type { Finding } from './finding.ts';

/** The oldest version of Node.js that package.json allows. */
const NODE = [20, 19] as const;

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const fits = major > NODE[0] || (major === NODE[0] && minor >= NODE[1]);
  if (fits) return ok('node', version);
  return error('node', version, `Install Node.js ${NODE.join('.')} or newer.`);
}

export function checkConfig(config: Config): Finding[] {
  const { databaseUrl, host, publicUrl, sampleContent, databasePool } = config;
  const findings = [ok('configuration', 'every variable can be read'), ...checkJobs(config)];
  const open = !isOwnMachine(host);
  if (databaseUrl === undefined) {
    const advice = 'Set DATABASE_URL to a PostgreSQL for work that must not be lost, or for several server processes.';
    findings.push(warning('embedded', 'one process only, and no safety against a loss of power', advice));
  }
  if (sampleContent && (open || databaseUrl !== undefined)) {
    const found = 'sample people, whose passwords everybody knows, are made';
    findings.push(warning('SAMPLE_CONTENT', found, 'Set SAMPLE_CONTENT=false where real work is done.'));
  }
  if (open && isOwnMachine(publicUrl)) {
    const advice = 'Set PUBLIC_URL to the address by which people reach this server.';
    findings.push(warning('PUBLIC_URL', `links in messages lead to ${publicUrl}`, advice));
  }
  if (databaseUrl !== undefined && databasePool === 1) {
    const advice = 'Give it at least 2, so that pages do not wait for commits.';
    findings.push(warning('DATABASE_POOL', 'one connection serves pages, commands and workers', advice));
  }
  return findings;
}

function checkJobs(config: Config): Finding[] {
  try {
    ownHandlers(config);
    return [];
  } catch (cause) {
    return [error('OUTSIDE_JOBS', errorMessage(cause), 'Correct it: no server starts with it.')];
  }
}
