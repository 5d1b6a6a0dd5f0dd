/** CPU time of this process and of a PostgreSQL cluster, from /proc (Linux). */
import { readFileSync, readdirSync } from 'node:fs';

/** us of CPU time spent so far. */
export interface Cpu {
  server: number;
  database: number;
}

/** The kernel counts in ticks of 10 ms (USER_HZ is 100 on every Linux that Node runs on). */
const TICK = 10_000;

/** What this process and the cluster have used so far; processes that ended are counted by their postmaster. */
export function cpuOf(postmaster: number): Cpu {
  const { user, system } = process.cpuUsage();
  let ticks = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = statOf(name);
    if (stat === null) continue;
    if (Number(name) === postmaster) ticks += stat.own + stat.ended;
    else if (stat.parent === postmaster) ticks += stat.own;
  }
  return { server: user + system, database: ticks * TICK };
}

function statOf(pid: string): { parent: number; own: number; ended: number } | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null; // It ended meanwhile.
  }
  // The name in parentheses may hold spaces: proc(5) counts from its end.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3] ?? 0);
  return { parent: field(4), own: field(14) + field(15), ended: field(16) + field(17) };
}
