import { readRules } from '../db/retention.ts';
import type { RetentionForecast } from '../db/retention.ts';
import { planRetention, runRetention, setRule } from '../process/retention.ts';
import type { Services } from '../services.ts';
import { UsageError, json } from './command.ts';
import type { Call, Subcommand } from './command.ts';
import { operator, withServices } from './open.ts';
import { bytesText, print, printJson, printTable, timeText } from './print.ts';

/** How long ended instances are kept. */
export const retention: Subcommand = {
  name: 'retention',
  summary: 'Says how long ended instances of a process are kept, and removes what is over.',
  usage: ['list [--json]', 'set PROCESS --days N', 'unset PROCESS', 'plan [--json]', 'run [--json]'],
  options: {
    days: { type: 'string', value: 'N', help: 'days after the end' },
    json,
  },
  notes:
    'plan says what would go, and changes nothing. Servers do by themselves what run does, every hour. A process without\n' +
    'a rule is kept for ever; lanework hold keeps single instances. Rules and removals are in the operations journal.',
  run(call) {
    const [action = 'list', process, ...more] = call.words;
    const days = call.number('days', 0, undefined);
    if (more.length === 0 && (process === undefined) === ['list', 'plan', 'run'].includes(action)) {
      if (action === 'list') return withServices(call, (services) => list(services, call));
      if (action === 'plan') return withServices(call, (services) => plan(services, call));
      if (action === 'run') return withServices(call, (services) => run(services, call));
      if (action === 'set' && days !== undefined) return withServices(call, (it) => set(it, process ?? '', days, call));
      if (action === 'unset') return withServices(call, (services) => set(services, process ?? '', null, call));
    }
    throw new UsageError(
      `Expected list, set PROCESS --days N, unset PROCESS, plan or run, but found "${call.words.join(' ')}".`,
    );
  },
};

async function list({ db }: Services, call: Call): Promise<number> {
  const rules = (await readRules(db)).map((rule) => ({ ...rule, setAt: timeText(rule.setAt) }));
  if (call.flag('json')) await printJson(call, rules);
  else {
    const rows = rules.map(({ process, days, setAt, setBy }) => [process, String(days), setAt, setBy]);
    await printTable(call, ['PROCESS', 'DAYS', 'SINCE', 'BY'], rows);
  }
  return 0;
}

async function set(services: Services, process: string, days: number | null, call: Call): Promise<number> {
  const known = (await services.runtime.latestRelease())?.processes.has(process) ?? false;
  if (days !== null && !known) {
    throw new Error(
      `Expected a deployed process with the id "${process}", but there is none. Write it as diagrams do.`,
    );
  }
  const changed = await setRule(services, process, days, { actor: operator() });
  if (days !== null) await print(call, `${process}: removed ${days} days after the end.`);
  else await print(call, changed ? `${process}: kept for ever.` : `${process} had no rule.`);
  return 0;
}

async function plan(services: Services, call: Call): Promise<number> {
  const { rules, months } = await planRetention(services);
  const time = (at: number | null): string | null => (at === null ? null : timeText(at));
  if (call.flag('json')) {
    const forecasts = rules.map((it) => ({ ...it, oldest: time(it.oldest), newest: time(it.newest) }));
    await printJson(call, { rules: forecasts, months });
    return 0;
  }
  const cells = (it: RetentionForecast): string[] => [
    it.process,
    String(it.days),
    String(it.instances),
    String(it.rows),
    bytesText(it.bytes),
    time(it.oldest) ?? '',
    time(it.newest) ?? '',
    String(it.held),
  ];
  await printTable(
    call,
    ['PROCESS', 'DAYS', 'INSTANCES', 'ROWS', 'SIZE', 'FIRST ENDED', 'LAST ENDED', 'HELD'],
    rules.map(cells),
  );
  for (const { partition, bytes } of months) await print(call, `${partition} would go whole: ${bytesText(bytes)}`);
  return 0;
}

async function run(services: Services, call: Call): Promise<number> {
  const report = await runRetention(services);
  if (report === null) throw new Error('Expected nobody to do this now, but another process does. Its end is near.');
  if (call.flag('json')) await printJson(call, report);
  else {
    await print(call, `${report.archived} histories moved to the archive.`);
    for (const [process, count] of Object.entries(report.removed)) await print(call, `${process}: ${count} removed.`);
    for (const partition of report.dropped) await print(call, `${partition} dropped.`);
  }
  return 0;
}
