import { expect } from '@jest/globals';
import { pino } from 'pino';
import type { Instance } from '../../engine/index.ts';
import { movableClock } from '../../server/clock.ts';
import type { MovableClock } from '../../server/clock.ts';
import type { Database } from '../../server/db/database.ts';
import type { JobHandler } from '../../server/process/job-handler.ts';
import { createRuntime } from '../../server/process/runtime.ts';
import type { Runtime } from '../../server/process/runtime.ts';
import { MONDAY } from './play.ts';

/** A runtime on a clock that the test moves. */
export interface Stage {
  runtime: Runtime;
  clock: MovableClock;
}

/** Sets a runtime up; the test starts its workers, or lets `settle` do what is due. */
export function stage(
  db: Database,
  options: { clock?: MovableClock; handlers?: readonly JobHandler[]; maxQueue?: number } = {},
): Stage {
  const { clock = movableClock(MONDAY), ...rest } = options;
  return { runtime: createRuntime({ db, clock, log: pino({ level: 'silent' }), ...rest }), clock };
}

/** Deploys diagrams; fails on any error. */
export async function deployDiagram({ runtime }: Stage, ...xml: string[]): Promise<void> {
  const files = xml.map((content) => ({ name: `${/process id="([^"]+)"/.exec(content)?.[1] ?? ''}.bpmn`, content }));
  const { problems } = await runtime.deploy(files, { actor: 'user:owner' });
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
}

/** The id of the open task of an element; fails when there is none. */
export function taskAt(instance: Instance | null, element: string): number {
  const token = instance?.tokens.find((it) => it.element === element && it.task !== undefined);
  expect(token?.element).toBe(element);
  return token?.id ?? -1;
}

/** Fails unless the tables beside the journal say what the instances say, and the newest histories prove themselves. */
export async function expectTablesToFollow(db: Database, { runtime }: Stage): Promise<void> {
  const ids = await db.query<{ id: string }>('select id from instances order by id');
  const instances = await Promise.all(ids.map(({ id }) => runtime.instance(id)));
  const expected = instances.flatMap((it) => (it === null ? [] : rowsOf(it))).sort();
  expect((await rowsIn(db)).sort()).toEqual(expected);
  for (const { id } of ids.slice(-20)) {
    expect(await runtime.verifyHistory(id)).toMatchObject({
      integrity: { intact: true },
      execution: { verdict: 'REPRODUCED' },
    });
  }
}

function rowsOf({ id, tokens, timers, messages, signals, incidents }: Instance): string[] {
  return [
    ...tokens.flatMap((it) => (it.task ? [`task ${id} ${it.id} ${it.element} ${it.task.assignee ?? '-'}`] : [])),
    ...tokens.flatMap((it) => (it.job ? [`job ${id} ${it.id} ${it.element} ${it.job.type} ${it.job.retries}`] : [])),
    ...timers.map((it) => `timer ${id} ${it.id} ${it.element} ${it.due}`),
    ...messages.map((it) => `message ${id} ${it.id} ${it.name} ${it.key}`),
    ...signals.map((it) => `signal ${id} ${it.id} ${it.name}`),
    ...incidents.map((it) => `incident ${id} ${it.id} ${it.element} ${it.kind}`),
  ];
}

async function rowsIn(db: Database): Promise<string[]> {
  const rows = await db.query<{ line: string }>(
    `select concat_ws(' ', 'task', instance_id, id, element, coalesce(assignee, '-')) as line from tasks
     union all select concat_ws(' ', 'job', instance_id, id, element, type, retries) from jobs
     union all select concat_ws(' ', 'timer', instance_id, id, element, due_at) from timers
     union all select concat_ws(' ', 'message', instance_id, id, name, correlation_key) from message_subscriptions
     union all select concat_ws(' ', 'signal', instance_id, id, name) from signal_subscriptions
     union all select concat_ws(' ', 'incident', instance_id, id, element, kind) from incidents`,
  );
  return rows.map(({ line }) => line);
}
