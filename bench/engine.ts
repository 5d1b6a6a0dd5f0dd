/**
 * The interpreter in memory against bpmn-elements and bpmn-engine, in interleaved rounds: CPU time per instance of three
 * workloads, and per command when the state is saved and loaded again around each.
 */
import { compileBpmn, execute, readBpmn } from '../engine/index.ts';
import type { Command, Event, Instance, Release } from '../engine/index.ts';
import { peer } from './peers.ts';
import type { Result } from './run.ts';
import { diagram, WORKLOADS, ZEEBE, type Workload } from './workloads.ts';

const ROUNDS = 7;
/** How often each runs in one round: enough for the clock that counts CPU time. */
const OWN = 3000;
const THEIRS = 40;

const actor = 'user:bench';

/** How much faster than bpmn-elements the engine has to be. */
const GOAL = { run: 300, resume: 200, bytes: 1024 };

export async function engine(): Promise<Result[]> {
  const results: Result[] = [];
  for (const workload of WORKLOADS) results.push(...(await compare(workload)));
  return [...results, ...(await compareResume())];
}

async function compare(workload: Workload): Promise<Result[]> {
  const release = await releaseOf(workload);
  const theirs = await peer(workload);
  const events = play(release, workload);
  const rounds = { own: [] as number[], elements: [] as number[], engine: [] as number[], json: [] as number[] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    const measured = {
      own: cpu(OWN, () => play(release, workload)),
      elements: cpu(THEIRS, () => theirs.run()),
      engine: await cpuLater(THEIRS, () => theirs.runEngine()),
      json: cpu(OWN, () => JSON.stringify(events)),
    };
    // The first round warms both up.
    if (round > 0) for (const name of ['own', 'elements', 'engine', 'json'] as const) rounds[name].push(measured[name]);
  }
  const own = median(rounds.own);
  const times = median(rounds.elements) / own;
  return [
    { name: `engine.${workload}`, value: own, unit: 'us CPU per instance' },
    { name: `engine.${workload}.bpmn-elements`, value: median(rounds.elements), unit: 'us CPU per instance' },
    atLeast(`engine.${workload}.vs.bpmn-elements`, times, GOAL.run),
    atLeast(`engine.${workload}.vs.bpmn-engine`, median(rounds.engine) / own, GOAL.run),
    { name: `engine.${workload}.vs.json`, value: own / median(rounds.json), unit: 'times writing the events as JSON' },
  ];
}

async function compareResume(): Promise<Result[]> {
  const release = await releaseOf('W3');
  const theirs = await peer('W3');
  const [ourText, theirText] = [JSON.stringify(start(release, 'W3').instance), theirs.waiting()];
  const [own, elements]: [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const measured = [cpu(OWN, () => resume(release, ourText)), cpu(THEIRS, () => theirs.resume(theirText))] as const;
    if (round > 0) own.push(measured[0]);
    if (round > 0) elements.push(measured[1]);
  }
  const bytes = Buffer.byteLength(ourText);
  return [
    { name: 'engine.resume', value: median(own), unit: 'us CPU per command' },
    atLeast('engine.resume.vs.bpmn-elements', median(elements) / median(own), GOAL.resume),
    { name: 'engine.W3.state', value: bytes, unit: 'bytes', goal: `at most ${GOAL.bytes}`, met: bytes <= GOAL.bytes },
    { name: 'engine.W3.state.bpmn-elements', value: Buffer.byteLength(theirText), unit: 'bytes' },
  ];
}

function atLeast(name: string, value: number, goal: number): Result {
  return { name, value, unit: 'times as fast', goal: `at least ${goal}`, met: value >= goal };
}

async function releaseOf(workload: Workload): Promise<Release> {
  const { processes, problems } = compileBpmn(await readBpmn(diagram(workload, ZEEBE)));
  const found = problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  if (found.length > 0) throw new Error(`Expected the diagram of ${workload} to compile, but: ${found.join(' ')}`);
  const models = new Map(processes.map((model) => [model.id, model]));
  return { id: '1', processes: models, decisions: new Map(), forms: new Map() };
}

function start(release: Release, process: Workload): ReturnType<typeof execute> {
  const variables = { priority: 'P2', amount: 50 };
  return execute(release, null, { at: 0, actor, type: 'Start', instance: '1', release: '1', process, variables });
}

/** One case from start to end; gives its events. */
function play(release: Release, workload: Workload): Event[] {
  const outcome = start(release, workload);
  const events = outcome.events;
  let instance = outcome.instance;
  while (instance.status === 'active') {
    const next = execute(release, instance, commandFor(instance));
    events.push(...next.events);
    instance = next.instance;
  }
  return events;
}

function commandFor(instance: Instance): Command {
  for (const { id, task, job } of instance.tokens) {
    if (task) return { at: 0, actor, type: 'CompleteTask', task: id, variables: { done: true } };
    if (job) return { at: 0, actor, type: 'CompleteJob', job: id, variables: {} };
  }
  throw new Error('Expected an open task or job, but the case waits for something else.');
}

function resume(release: Release, text: string): string {
  const instance = JSON.parse(text) as Instance;
  return JSON.stringify(execute(release, instance, commandFor(instance)).instance);
}

/** CPU time of this process per run, in microseconds. */
function cpu(count: number, run: () => unknown): number {
  const before = process.cpuUsage();
  for (let index = 0; index < count; index += 1) run();
  return since(before) / count;
}

async function cpuLater(count: number, run: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  for (let index = 0; index < count; index += 1) await run();
  return since(before) / count;
}

function since(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
