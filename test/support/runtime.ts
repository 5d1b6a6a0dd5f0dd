import { expect } from '@jest/globals';
import { pino } from 'pino';
import type { Instance } from '../../engine/index.ts';
import { movableClock } from '../../server/clock.ts';
import type { MovableClock } from '../../server/clock.ts';
import type { Database } from '../../server/db/database.ts';
import type { KeyGenerator } from '../../server/db/key.ts';
import { keyGenerator } from '../../server/db/key.ts';
import type { JobHandler } from '../../server/process/job-handler.ts';
import { createRuntime } from '../../server/process/runtime.ts';
import type { Runtime } from '../../server/process/runtime.ts';
import { MONDAY } from './play.ts';
import { rowsIn, rowsOf } from './tables.ts';

/** A runtime on a clock that the test moves. */
export interface Stage {
  runtime: Runtime;
  clock: MovableClock;
}

/** Sets a runtime up; the test starts its workers, or lets `settle` do what is due. */
export function stage(
  db: Database,
  options: { clock?: MovableClock; handlers?: readonly JobHandler[]; maxQueue?: number; keys?: KeyGenerator } = {},
): Stage {
  const { clock = movableClock(MONDAY), ...rest } = options;
  // Where every step has to stay in one bucket, instances lie in as many as there can be.
  const keys = keyGenerator(clock, db.citus ? 1 : undefined);
  return { runtime: createRuntime({ db, clock, log: pino({ level: 'silent' }), keys, ...rest }), clock };
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
  // On Citus the end of a subscription goes by way of the outbox.
  if (db.citus) await runtime.settle();
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
