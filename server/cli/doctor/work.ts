import { readOpenIncidents, readOverdueJobs, readOverdueTimers, readUndelivered } from '../../db/condition.ts';
import type { Waiting } from '../../db/condition.ts';
import type { Sql } from '../../db/sql.ts';
import { spanText } from '../print.ts';
import { error, ok, warning } from './finding.ts';
import type { Finding } from './finding.ts';

const MOST = 10_000;
/** What has waited so long is being done; ms. */
const USUAL = 10_000;
/** What has waited longer is done by nobody; ms. */
const STUCK = 5 * 60_000;

/** How far the workers are behind. */
export async function checkWork(sql: Sql): Promise<Finding[]> {
  const now = Date.now();
  const findings = [
    late('timers', await readOverdueTimers(sql, now, MOST), now),
    late('messages', await readUndelivered(sql, MOST), now),
  ];
  const jobs = await readOverdueJobs(sql, now, MOST);
  if (jobs.size === 0) findings.push(ok('jobs', 'none waits'));
  for (const [type, waiting] of jobs) findings.push(lateJobs(type, waiting, now));
  const incidents = await readOpenIncidents(sql, MOST);
  if (incidents.count === 0) findings.push(ok('incidents', 'none is open'));
  else {
    const advice = 'Look at them (lanework incidents list), mend the cause, then lanework incidents resolve.';
    findings.push(warning('incidents', amount(incidents, now), advice));
  }
  return findings;
}

function amount({ count, oldest }: Waiting, now: number): string {
  return `${count >= MOST ? `${MOST} or more` : count}, the oldest since ${spanText(Math.max(0, now - (oldest ?? now)))}`;
}

function late(check: string, waiting: Waiting, now: number): Finding {
  const age = now - (waiting.oldest ?? now);
  if (age < USUAL) return ok(check, 'up to date');
  const advice =
    'Start a server (lanework start): timers fire and messages are delivered by servers. If one runs, its log says what fails.';
  return age < STUCK ? warning(check, amount(waiting, now), advice) : error(check, amount(waiting, now), advice);
}

/** Some types are done by workers outside, which may be slow or asleep: that is for their owners to judge. */
function lateJobs(type: string, waiting: Waiting, now: number): Finding {
  const check = `jobs of type ${type}`;
  if (now - (waiting.oldest ?? now) < USUAL) return ok(check, 'up to date');
  return warning(check, amount(waiting, now), 'Start a server, or the outside worker that does this type of job.');
}
