/** Cases that wait for a timer: real instances, begun through the runtime. */
import { pino } from 'pino';
import { systemClock } from '../../server/clock.ts';
import type { Database } from '../../server/db/database.ts';
import { createRuntime } from '../../server/process/runtime.ts';
import type { Runtime } from '../../server/process/runtime.ts';
import { timerLateness } from '../../server/process/timer-worker.ts';

const late = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="http://lanework.bench"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <bpmn:process id="late" isExecutable="true">
    <bpmn:startEvent id="start"/><bpmn:userTask id="work"/><bpmn:endEvent id="end"/><bpmn:endEvent id="told"/>
    <bpmn:boundaryEvent id="overdue" attachedToRef="work" cancelActivity="false">
      <bpmn:timerEventDefinition><bpmn:timeDate xsi:type="bpmn:tFormalExpression">=due</bpmn:timeDate></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:sequenceFlow id="a" sourceRef="start" targetRef="work"/>
    <bpmn:sequenceFlow id="b" sourceRef="work" targetRef="end"/>
    <bpmn:sequenceFlow id="c" sourceRef="overdue" targetRef="told"/>
  </bpmn:process>
</bpmn:definitions>`;

/** A server process as far as the bench needs it: its runtime. */
export function server(db: Database): Runtime {
  return createRuntime({ db, clock: systemClock(), log: pino({ level: 'error' }) });
}

export async function deployCases(runtime: Runtime): Promise<void> {
  const { problems } = await runtime.deploy([{ name: 'late.bpmn', content: late }], { actor: 'bench' });
  const [error] = problems.filter(({ severity }) => severity === 'error');
  if (error) throw new Error(`Expected a diagram that can be deployed, but found: ${error.message}`);
}

const begin = (runtime: Runtime, due: number) =>
  runtime.start({ process: 'late', variables: { due: new Date(due).toISOString() }, actor: 'bench' });

/** Begins one case for each due time. */
export async function beginCases(runtime: Runtime, dues: readonly number[]): Promise<void> {
  for (let from = 0; from < dues.length; from += 512)
    await Promise.all(dues.slice(from, from + 512).map((due) => begin(runtime, due)));
}

/** How many commands `workOnCases` gives. */
export const COMMANDS = 20;

/** Begins some cases and completes their tasks: a desk at work. */
export async function workOnCases(runtime: Runtime): Promise<void> {
  const week = Date.now() + 7 * 24 * 3600_000;
  const cases = await Promise.all(Array.from({ length: COMMANDS / 2 }, () => begin(runtime, week)));
  const complete = ({ instance }: (typeof cases)[number]) => {
    const task = instance.tokens.find((token) => token.task !== undefined)?.id ?? -1;
    return runtime.submit(instance.id, { type: 'CompleteTask', at: Date.now(), actor: 'bench', task, variables: {} });
  };
  await Promise.all(cases.map(complete));
}

/** Hears of timers that these processes fire; `all` resolves once so many were fired and committed. */
export function firings(runtimes: readonly Runtime[], count: number): { all: Promise<void>; lateness: number[] } {
  const lateness: number[] = [];
  const all = new Promise<void>((resolve) => {
    for (const runtime of runtimes) {
      runtime.on('committed', (changes) => {
        lateness.push(...timerLateness(changes, Date.now()));
        if (lateness.length >= count) resolve();
      });
    }
  });
  return { all, lateness };
}
