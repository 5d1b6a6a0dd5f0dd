/**
 * The interpreter in memory: start, user task with an armed boundary timer, second user task, end. The reference is the
 * least that any engine with a history has to do in the same run: write the same events as JSON.
 */
import { compileBpmn, execute, readBpmn } from '../engine/index.ts';
import type { Command, Event, Instance, Release } from '../engine/index.ts';
import type { Result } from './run.ts';

const DIAGRAM = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="http://lanework.bench">
  <bpmn:process id="W3" isExecutable="true">
    <bpmn:startEvent id="start"/><bpmn:userTask id="first"/><bpmn:userTask id="second"/>
    <bpmn:boundaryEvent id="late" attachedToRef="first" cancelActivity="false">
      <bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:endEvent id="end"/><bpmn:endEvent id="told"/>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="first"/>
    <bpmn:sequenceFlow id="f2" sourceRef="first" targetRef="second"/>
    <bpmn:sequenceFlow id="f3" sourceRef="second" targetRef="end"/>
    <bpmn:sequenceFlow id="f4" sourceRef="late" targetRef="told"/>
  </bpmn:process>
</bpmn:definitions>`;

const ROUNDS = 9;
const INSTANCES = 2000;

export async function engine(): Promise<Result[]> {
  const { processes } = compileBpmn(await readBpmn(DIAGRAM));
  const models = new Map(processes.map((model) => [model.id, model]));
  const release: Release = { id: '1', processes: models, decisions: new Map(), forms: new Map() };
  const { waiting, events } = play(release);
  const [own, reference]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    own.push(cpu(() => play(release)));
    reference.push(cpu(() => JSON.stringify(events)));
  }
  const bytes = JSON.stringify(waiting).length;
  return [
    { name: 'engine.W3', value: median(own), unit: 'us CPU per instance' },
    { name: 'engine.W3.vs.json', value: median(own) / median(reference), unit: 'times writing the events' },
    { name: 'engine.W3.state', value: bytes, unit: 'bytes', goal: 'at most 1024', met: bytes <= 1024 },
  ];
}

/** One case from start to end; `waiting` is its state at the first task. */
function play(release: Release): { waiting: Instance; events: Event[] } {
  const asked = { at: 0, actor: 'user:bench' };
  const events: Event[] = [];
  const take = (instance: Instance | null, command: Command): Instance => {
    const outcome = execute(release, instance, command);
    events.push(...outcome.events);
    return outcome.instance;
  };
  const waiting = take(null, {
    ...asked,
    type: 'Start',
    instance: '1',
    release: '1',
    process: 'W3',
    variables: { a: 1 },
  });
  let instance = waiting;
  while (instance.status === 'active') {
    const task = instance.tokens.find((token) => token.task)?.id ?? 0;
    instance = take(instance, { ...asked, type: 'CompleteTask', task, variables: { done: true } });
  }
  return { waiting, events };
}

/** CPU time of this process per run, in microseconds. */
function cpu(run: () => unknown): number {
  const before = process.cpuUsage();
  for (let count = 0; count < INSTANCES; count += 1) run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / INSTANCES;
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
