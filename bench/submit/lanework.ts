/** Lanework itself, in process: a case is begun, its two tasks are completed. */
import { pino } from 'pino';
import type { Instance } from '../../engine/index.ts';
import { systemClock } from '../../server/clock.ts';
import type { Database } from '../../server/db/database.ts';
import { createRuntime } from '../../server/process/runtime.ts';
import type { Runtime } from '../../server/process/runtime.ts';
import { diagram, ZEEBE } from '../workloads.ts';
import { ACTOR, RESULT, VARIABLES } from './case.ts';
import type { Contender } from './load.ts';

export interface Lanework extends Contender {
  runtime: Runtime;
  /** Begins a case; gives its key. */
  begin(): Promise<Instance>;
  /** Completes the open task. */
  complete(instance: Instance): Promise<Instance>;
}

/** Sets a runtime up on a migrated database, with the case's process deployed. */
export async function lanework(db: Database): Promise<Lanework> {
  const clock = systemClock();
  const runtime = createRuntime({ db, clock, log: pino({ level: 'warn' }) });
  await runtime.deploy([{ name: 'case.bpmn', content: diagram('W3', ZEEBE) }], { actor: ACTOR });
  const begin = async () => (await runtime.start({ process: 'W3', variables: VARIABLES, actor: ACTOR })).instance;
  const complete = async ({ id, tokens }: Instance) => {
    const task = tokens.find((token) => token.task !== undefined)?.id ?? -1;
    const at = clock.now();
    return (await runtime.submit(id, { type: 'CompleteTask', at, actor: ACTOR, task, variables: RESULT })).instance;
  };
  return {
    runtime,
    begin,
    complete,
    caller() {
      let open: Instance | null = null;
      return async () => {
        const after: Instance = open === null ? await begin() : await complete(open);
        open = after.status === 'active' ? after : null;
      };
    },
  };
}
