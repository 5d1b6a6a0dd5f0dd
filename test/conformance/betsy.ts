/** Traces (format trace/1): processes whose scripts leave marks; the marks of a run are compared as a multiset. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModdleElement } from 'bpmn-moddle';
import {
  compileBpmn,
  decodeXml,
  readBpmn,
  Rejection,
  visible,
  type Event,
  type Release,
  type Value,
  type Instance,
} from '../../engine/index.ts';
import { addExtension, everything, setBody } from './diagram.ts';
import { compare, errorsOf, Mismatch, verdictOf } from './expectation.ts';
import type { Mode } from './modes.ts';
import { reportOf, type SuiteReport } from './report.ts';
import type { Suite } from './suite.ts';
import { advance, createWorld, start, type JobResult, type Live, type World } from './world.ts';

interface Trace {
  readonly id: string;
  readonly group: string;
  readonly file: string;
  readonly process: string;
  readonly parallelProcess: string | null;
  readonly status: 'ok' | 'debatable' | 'defective';
  readonly runs: readonly Run[];
}

interface Run {
  readonly run: number;
  readonly variables: Record<string, Value>;
  readonly startParallelProcess: boolean;
  readonly advanceTimeMs: number;
  readonly expect: {
    readonly marks: readonly string[];
    readonly markerCreated?: boolean;
    readonly dataLogged?: string;
    readonly intervalsOverlap?: boolean;
    readonly error?: 'runtime' | 'thrownErrorEvent' | 'deploymentOrRuntime';
    readonly mustNotComplete?: boolean;
  };
}

/** What the scripts of one run left. */
interface Log {
  readonly marks: string[];
  markerCreated: boolean;
  dataLogged: Value;
  /** When the scripts that take time began and ended, ms since the epoch. */
  readonly intervals: (readonly [number, number])[];
  uncaught: boolean;
}

/** How long the scripts that wait take, ms of the virtual clock. */
const WAIT = 10_000;

/** Cases with status ok are the suite; the others are listed apart and only for information. */
export const betsy: Suite = {
  name: 'betsy',
  file: 'traces.json',
  modes: ['memory', 'reload', 'replay', 'crash'],
  async run(folder, mode, wanted) {
    const { cases } = JSON.parse(readFileSync(join(folder, 'traces.json'), 'utf8')) as { cases: Trace[] };
    const report = async (name: string, ok: boolean): Promise<SuiteReport> => {
      const chosen = cases.filter(({ id, status }) => (status === 'ok') === ok && wanted(id));
      const verdicts = [];
      for (const one of chosen) verdicts.push(await verdictOf(one, () => playTrace(folder, one, mode)));
      return reportOf(name, mode, verdicts);
    };
    return [await report('betsy', true), await report('betsy-debatable', false)];
  },
  failed: ({ suite, passed, total }) => suite === 'betsy' && passed < total,
};

async function playTrace(folder: string, trace: Trace, mode: Mode): Promise<void> {
  const release = await deploy(join(folder, trace.file));
  for (const run of trace.runs) {
    const { expect } = run;
    if (typeof release === 'string') {
      if (expect.error !== 'deploymentOrRuntime') throw new Mismatch('the model to be deployed', release);
    } else {
      play(release, trace, run, mode);
    }
  }
}

/** The problems as text, when it is refused. */
async function deploy(path: string): Promise<Release | string> {
  const file = await readBpmn(decodeXml(readFileSync(path)));
  if (file.definitions) for (const node of everything(file.definitions)) translate(node);
  const { processes, problems } = compileBpmn(file);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return errors.map(({ element, message }) => `${element}: ${message}`).join(' | ');
  return {
    id: '1',
    processes: new Map(processes.map((model) => [model.id, model])),
    decisions: new Map(),
    forms: new Map(),
  };
}

/** Script texts become the types of jobs, and the few expressions of the suite FEEL. */
function translate(node: ModdleElement): void {
  if (node.$type === 'bpmn:ScriptTask' || node.$type === 'bpmn:GlobalScriptTask') {
    const script = node.get('script');
    addExtension(node, 'zeebe:TaskDefinition', { type: typeof script === 'string' ? script.trim() : '' });
  }
  setBody(node, feel, ['conditionExpression', 'condition', 'loopCondition', 'activationCondition', 'loopCardinality']);
}

function feel(text: string): string {
  const plain = text
    .trim()
    .replace(/^\$\{(.*)\}$/, '$1')
    .replace(/^!(test\.contains\(.*\))$/, 'not($1)')
    .replace(/test\.contains\(/g, 'contains(test, ');
  return `=${plain}`;
}

function play(release: Release, trace: Trace, run: Run, mode: Mode): void {
  const { expect } = run;
  const log: Log = { marks: [], markerCreated: false, dataLogged: null, intervals: [], uncaught: false };
  const world = createWorld({
    release,
    mode,
    work: (live, { kind, job }, now) => script(kind, log, live, job, now),
    watch(_live, event: Event) {
      if (event.type === 'ErrorThrown' && event.caughtBy === undefined) log.uncaught = true;
    },
  });
  let refused: string | null = null;
  try {
    if (run.startParallelProcess && trace.parallelProcess !== null) start(world, trace.parallelProcess);
    start(world, trace.process, { variables: run.variables });
    advance(world, world.now + run.advanceTimeMs);
  } catch (cause) {
    if (!(cause instanceof Rejection)) throw cause;
    refused = cause.message;
  }
  const where = `run ${run.run}: `;
  compare(`${where}error`, expectedError(expect.error), outcome(world, log, refused, expect));
  compare(`${where}marks`, [...expect.marks].sort(), [...log.marks].sort());
  if (expect.markerCreated !== undefined) compare(`${where}marker`, expect.markerCreated, log.markerCreated);
  if (expect.dataLogged !== undefined) compare(`${where}data`, expect.dataLogged, log.dataLogged);
  if (expect.intervalsOverlap !== undefined) compare(`${where}overlap`, expect.intervalsOverlap, overlap(log));
  if (expect.mustNotComplete) compare(`${where}running`, true, runs(world, trace.process));
}

function expectedError(error: Run['expect']['error']): string {
  return { none: 'none', runtime: 'runtime', thrownErrorEvent: 'thrown', deploymentOrRuntime: 'runtime' }[
    error ?? 'none'
  ];
}

/** none, runtime (refused, or an incident is open) or thrown (ended by an error that nobody caught). */
function outcome(world: World, log: Log, refused: string | null, expect: Run['expect']): string {
  const { error: wanted, mustNotComplete } = expect;
  // Only a process that is to hang may wait at a join for ever.
  const found = mustNotComplete ? errorsOf : ({ incidents: all }: Instance) => all.map(({ message }) => message);
  const incidents = world.instances.flatMap(({ instance }) => found(instance));
  if (refused !== null) incidents.push(refused);
  const failed = world.instances.some(({ instance }) => instance.status === 'failed');
  if (incidents.length > 0) return wanted === undefined ? incidents.join(' | ') : 'runtime';
  return failed && log.uncaught ? 'thrown' : 'none';
}

function runs(world: World, process: string): boolean {
  return world.instances.some(({ instance }) => instance.process === process && instance.status === 'active');
}

function overlap({ intervals: [one, other] }: Log): boolean {
  return one !== undefined && other !== undefined && one[0] < other[1] && other[0] < one[1];
}

function script(text: string, log: Log, live: Live, job: number, now: number): JobResult {
  const { instance } = live;
  const token = instance.tokens.find(({ id }) => id === job);
  const seen = (name: string): Value => (token ? (visible(instance, token.scope)[name] ?? null) : null);
  const done = (variables: Record<string, Value> = {}): JobResult => ({ kind: 'done', variables });
  const increment = (): JobResult => done({ integerVariable: Number(seen('integerVariable')) + 1 });
  switch (text) {
    case 'CREATE_LOG_FILE':
      return done();
    case 'CREATE_MARKER_FILE':
      log.markerCreated = true;
      return done();
    case 'INCREMENT_INTEGER_VARIABLE_AND_LOG':
      log.marks.push('INCREMENT');
      return increment();
    case 'INCREMENT_INTEGER_VARIABLE':
      return increment();
    case 'SET_STRING_DATA':
      return done({ data: 'String' });
    case 'LOG_DATA':
      log.dataLogged = seen('data');
      return done();
    case 'THROW_ERROR':
      return { kind: 'error', code: 'ERR_CODE' };
    case 'WAIT_TEN_SECONDS':
      return { kind: 'later', ms: WAIT, then: done };
    case 'CREATE_TIMESTAMP_LOG_1':
    case 'CREATE_TIMESTAMP_LOG_2':
      log.intervals.push([now, now + WAIT]);
      return { kind: 'later', ms: WAIT, then: done };
    default:
      if (!/^SCRIPT_task\d+$/.test(text)) throw new Mismatch('a known script', text);
      log.marks.push(text);
      return done();
  }
}
