/** After the trouble: what the database holds against what was acknowledged. */
import { pino } from 'pino';
import type { Event, Instance } from '../../engine/index.ts';
import { systemClock } from '../../server/clock.ts';
import type { Database } from '../../server/db/database.ts';
import { parsePart } from '../../server/db/key.ts';
import type { JournalRow } from '../../server/db/journal.ts';
import { createRuntime } from '../../server/process/runtime.ts';
import type { Runtime } from '../../server/process/runtime.ts';
import { rowsIn, rowsOf } from '../support/tables.ts';
import type { Acknowledged } from './record.ts';

/** What was found, each as a sentence. */
export interface Findings {
  lost: string[];
  twice: string[];
  diverged: string[];
  brokenChains: string[];
}

/** An instance with its history. */
interface Story {
  instance: Instance;
  rows: JournalRow[];
  events: Event[];
}

/** Compares everything. The servers are stopped and had the time to do what was due. */
export async function balance(db: Database, acknowledged: readonly Acknowledged[]): Promise<Findings> {
  const findings: Findings = { lost: [], twice: [], diverged: [], brokenChains: [] };
  const runtime = createRuntime({ db, clock: systemClock(), log: pino({ level: 'silent' }) });
  const stories = await readAll(db, runtime, findings);
  for (const story of stories.values()) checkStory(story, findings);
  checkCases(stories, acknowledged, findings);
  checkMessages(stories, findings);
  await checkTables(db, stories, findings);
  const outbox = await db.query<{ instance_id: string; name: string }>('select instance_id, name from outbox');
  for (const row of outbox) findings.lost.push(`message ${row.name} of ${row.instance_id} was not delivered`);
  await runtime.stop();
  return findings;
}

async function readAll(db: Database, runtime: Runtime, findings: Findings): Promise<Map<string, Story>> {
  const stories = new Map<string, Story>();
  for (const { id } of await db.query<{ id: string }>('select id from instances order by id')) {
    const { integrity, execution } = await runtime.verifyHistory(id);
    if (!integrity.intact) findings.brokenChains.push(`instance ${id}: ${integrity.reason}`);
    else if (execution?.verdict !== 'REPRODUCED')
      findings.diverged.push(`instance ${id}: ${JSON.stringify(execution)}`);
    const instance = await runtime.instance(id);
    const rows = await runtime.history(id);
    if (instance !== null) stories.set(id, { instance, rows, events: rows.flatMap((row) => row.events) });
  }
  return stories;
}

/** Tasks, timers and jobs of one instance: begun once, ended once. */
function checkStory({ instance, events }: Story, { lost, twice }: Findings): void {
  const count = new Map<string, number>();
  const note = (what: string): void => void count.set(what, (count.get(what) ?? 0) + 1);
  for (const event of events) {
    if (event.type === 'TaskCompleted') note(`task ${event.task} completed`);
    else if (event.type === 'TimerFired') note(`timer ${event.timer} fired`);
    else if (event.type === 'JobCompleted') note(`job ${event.job} completed`);
    else if (event.type === 'MessageReceived') note(`message ${event.subscription} received`);
  }
  for (const [what, times] of count) if (times > 1) twice.push(`instance ${instance.id}: ${what} ${times} times`);
  const over = Date.now() - 5000;
  for (const { id, due } of instance.timers) {
    if (due < over) lost.push(`instance ${instance.id}: timer ${id} was due at ${new Date(due).toISOString()}`);
  }
  for (const { id, job } of instance.tokens) {
    if (job !== undefined && job.retries > 0 && job.type === 'notify') lost.push(`instance ${instance.id}: job ${id}`);
  }
  for (const incident of instance.incidents) lost.push(`instance ${instance.id}: incident ${incident.message}`);
}

function checkCases(
  stories: ReadonlyMap<string, Story>,
  acknowledged: readonly Acknowledged[],
  { lost, twice }: Findings,
): void {
  const byCase = grouped(stories, (it) => (it.instance.process === 'chaos' ? text(it, 'case') : null));
  const byTitle = grouped(stories, (it) => (it.instance.businessKey?.startsWith('R-') ? text(it, 'title') : null));
  for (const [id, found] of [...byCase, ...byTitle])
    if (found.length > 1) twice.push(`${id} began ${found.length} times`);
  const completed = new Map<string, string>();
  for (const it of acknowledged) {
    if (it.kind === 'ticket') {
      const [found] = byTitle.get(it.title) ?? [];
      if (found?.instance.businessKey !== it.number) lost.push(`${it.title}, acknowledged as ${it.number}`);
      continue;
    }
    const story = byCase.get(it.case)?.[0];
    if (story === undefined) lost.push(`case ${it.case} (${it.kind})`);
    else if (it.kind === 'begin') {
      if (it.instance !== undefined && it.instance !== story.instance.id)
        lost.push(`case ${it.case} as ${it.instance}`);
    } else if (it.kind === 'reply') {
      if (!received(story, 'chaos.reply') && !atWork(story)) lost.push(`reply to case ${it.case}`);
    } else {
      const other = completed.get(it.task);
      if (other !== undefined && other !== it.tag)
        twice.push(`task ${it.task} was completed by ${other} and ${it.tag}`);
      completed.set(it.task, it.tag);
      if (!completedBy(story, it.task, it.tag)) lost.push(`completion of task ${it.task} by ${it.tag}`);
    }
  }
}

/** Every question started one echo, every echo answered the one who asked. */
function checkMessages(stories: ReadonlyMap<string, Story>, { lost, twice }: Findings): void {
  const echoes = grouped(stories, (it) => (it.instance.process === 'chaos-echo' ? text(it, 'case') : null));
  for (const story of stories.values()) {
    if (story.instance.process !== 'chaos') continue;
    const id = text(story, 'case') ?? '';
    const asked = story.events.filter((it) => it.type === 'MessageSent' && it.name === 'chaos.ask').length;
    const started = echoes.get(id)?.length ?? 0;
    if (started < asked) lost.push(`case ${id} asked, and nobody heard it`);
    if (started > asked) twice.push(`case ${id} asked ${asked} times, and ${started} heard it`);
    if (asked > 0 && !received(story, 'chaos.answer')) lost.push(`case ${id} was not answered`);
  }
}

async function checkTables(
  db: Database,
  stories: ReadonlyMap<string, Story>,
  { lost, twice }: Findings,
): Promise<void> {
  const expected = new Set([...stories.values()].flatMap(({ instance }) => rowsOf(instance)));
  const found = new Set(await rowsIn(db));
  for (const row of expected) if (!found.has(row)) lost.push(`the row of ${row}`);
  for (const row of found) if (!expected.has(row)) twice.push(`a row of ${row}, which is over`);
}

function grouped(stories: ReadonlyMap<string, Story>, key: (story: Story) => string | null): Map<string, Story[]> {
  const groups = new Map<string, Story[]>();
  for (const story of stories.values()) {
    const name = key(story);
    if (name !== null) groups.set(name, [...(groups.get(name) ?? []), story]);
  }
  return groups;
}

/** A variable that the instance was started with. */
function text({ rows }: Story, name: string): string | null {
  const command = rows[0]?.command;
  const value = command?.type === 'Start' ? command.variables[name] : undefined;
  return typeof value === 'string' ? value : null;
}

function received({ rows }: Story, name: string): boolean {
  return rows.some(({ command }) => command.type === 'CorrelateMessage' && command.name === name);
}

/** It has not come to the point where it takes the reply. */
function atWork({ instance }: Story): boolean {
  return instance.tokens.some(({ element }) => element === 'work');
}

function completedBy({ rows }: Story, key: string, tag: string): boolean {
  const task = parsePart(key)?.id;
  return rows.some(
    ({ command }) => command.type === 'CompleteTask' && command.task === task && command.variables['tag'] === tag,
  );
}
