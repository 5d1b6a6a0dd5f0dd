/** One random schedule on one random model, with everything that must hold checked on the way. */
import { isDeepStrictEqual } from 'node:util';
import {
  compileBpmn,
  ENGINE_VERSION,
  evolve,
  execute,
  readBpmn,
  Rejection,
  replay,
  verify,
  type Command,
  type Instance,
  type Recorded,
  type Release,
} from '../../engine/index.ts';
import { checkCommute } from './commute.ts';
import { Broken, checkState, ensure } from './invariants.ts';
import { checkLedger, enterAll, newLedger } from './ledger.ts';
import { goOver, meddle, renamed, twins, type Twins } from './interventions.ts';
import { choose, goTowardsEnd, type Asked, type Move } from './schedule.ts';

/** 2026-03-02T08:00:00Z. */
const BEGIN = Date.UTC(2026, 2, 2, 8);
/** More commands than this towards its end: it does not come to it. */
const PATIENCE = 500;
/** A graph that splits in a cycle grows without end. */
const CROWD = 30;

/** What was done, summed up over runs. */
export interface Tally {
  models: number;
  runs: number;
  /** Commands that were executed. */
  steps: number;
  /** Pairs of commands that were tried in both orders. */
  pairs: number;
  /** Runs in which an incident was raised, and that came to their end. */
  incidents: number;
  ended: number;
  /** How many events of each type there were. */
  events: Record<string, number>;
}

export function newTally(): Tally {
  return { models: 0, runs: 0, steps: 0, pairs: 0, incidents: 0, ended: 0, events: {} };
}

/** The compiled file and the same under other names, or why it is refused. */
export async function compile(xml: string): Promise<Twins | string[]> {
  const release = await compileAs('1', xml);
  if (Array.isArray(release)) return release;
  const other = await compileAs('2', renamed(xml, release));
  return Array.isArray(other) ? other : twins(release, other);
}

async function compileAs(id: string, xml: string): Promise<Release | string[]> {
  const { processes, problems } = compileBpmn(await readBpmn(xml));
  const errors = problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  if (errors.length > 0) return errors;
  return { id, processes: new Map(processes.map((one) => [one.id, one])), decisions: new Map(), forms: new Map() };
}

interface Run {
  readonly twins: Twins;
  /** In which it is now. */
  release: Release;
  readonly history: Recorded[];
  /** The state after each row. */
  readonly states: Instance[];
  readonly ledger: ReturnType<typeof newLedger>;
  instance: Instance | null;
  /** It as text. */
  text: string;
  now: number;
}

/**
 * Runs a schedule: each number chooses what happens next.
 * @param mustEnd the model is block-structured: nothing but a job raises an incident, and after the schedule it is led to its
 * end
 * @throws Broken with the commands so far
 */
export function runSchedule(both: Twins, numbers: readonly number[], mustEnd: boolean, tally: Tally): void {
  const [release] = both.releases;
  const run: Run = {
    twins: both,
    release,
    history: [],
    states: [],
    ledger: newLedger(),
    instance: null,
    text: '',
    now: BEGIN,
  };
  try {
    // What people meddle with comes to no sure end.
    const meddled = (numbers[0] ?? 0) % 3 === 0;
    play(run, numbers, { mustEnd: mustEnd && !meddled, structured: mustEnd, meddled }, tally);
  } catch (cause) {
    const commands = run.history.map(({ command }) => JSON.stringify(command)).join('\n');
    const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    throw new Broken(`${text}\nSchedule:\n${commands}`, { cause });
  }
  tally.runs += 1;
  tally.steps += run.history.length;
  for (const { type } of run.history.flatMap(({ events }) => events))
    tally.events[type] = (tally.events[type] ?? 0) + 1;
  if (run.history.some(({ events }) => events.some(({ type }) => type === 'IncidentRaised'))) tally.incidents += 1;
  if (run.instance?.status !== 'active') tally.ended += 1;
}

function play(
  run: Run,
  numbers: readonly number[],
  { mustEnd, structured, meddled }: { mustEnd: boolean; structured: boolean; meddled: boolean },
  tally: Tally,
): void {
  const dice = (numbers[0] ?? 0) % 10;
  const variables = { dice, level: 0 };
  const start: Asked = { type: 'Start', instance: '4096', release: '1', process: 'p', variables };
  const elsewhere = meddled ? startElsewhere(run, start, numbers[1] ?? 0) : null;
  let instance = elsewhere ?? step(run, { asked: start, at: BEGIN });
  for (const number of numbers) {
    if (instance.status !== 'active' || instance.tokens.length > CROWD) break;
    if (
      number % 3 === 0 &&
      checkCommute(run.release, instance, run.now, Math.floor(number / 3), structured && !meddled)
    )
      tally.pairs += 1;
    if (number % 7 === 0) instance = goToTwin(run, instance);
    if (meddled && number % 2 === 0)
      instance = tryOut(run, instance, meddle(run.release, instance, Math.floor(number / 2)));
    if (instance.status !== 'active') break;
    const move = choose(run.release, instance, run.now, number);
    if (!move) break;
    if (move.late) refuse(run, instance, move);
    else instance = step(run, move);
    if (mustEnd) checkOnlyJobs(instance);
  }
  for (let count = 0; mustEnd && instance.status === 'active'; count += 1) {
    ensure(count < PATIENCE, () => `It does not come to its end: ${JSON.stringify(instance)}`);
    const move = goTowardsEnd(run.release, instance, run.now);
    ensure(move !== undefined, () => `Nobody can do anything: ${JSON.stringify(instance)}`);
    instance = step(run, move);
    checkOnlyJobs(instance);
  }
  if (instance.status !== 'active')
    refuse(run, instance, { asked: { type: 'BroadcastSignal', name: 's', variables: {} }, at: run.now });
  checkHistory(run, numbers[numbers.length - 1] ?? 0);
}

/** Begins now and then at elements instead of the start event; null when that is refused. */
function startElsewhere(run: Run, start: Asked, pick: number): Instance | null {
  const elements = [...(run.release.processes.get('p')?.elements ?? [])];
  if (pick % 4 !== 0) return null;
  const activate = [pick, Math.floor(pick / 4)].map((number) => elements[number % elements.length]?.id ?? '');
  try {
    return step(run, { asked: { ...start, activate } as Asked, at: BEGIN });
  } catch (cause) {
    if (!(cause instanceof Rejection)) throw cause;
    run.history.pop();
    return null;
  }
}

/** Goes over to the same model under other names: nothing else happens. */
function goToTwin(run: Run, before: Instance): Instance {
  const instance = step(run, { asked: goOver(run.twins, before), at: run.now });
  const { events = [] } = run.history[run.history.length - 1] ?? {};
  ensure(events.length === 1, () => `To go over to the same model changes something: ${JSON.stringify(events)}.`);
  const back = goOver(run.twins, instance);
  const [one, other] = run.twins.releases;
  const target = instance.release === one.id ? other : one;
  const returned = execute(run.release, instance, { ...back, at: run.now, actor: 'user:test' }, target).instance;
  const same = isDeepStrictEqual({ ...returned, version: 0 }, { ...before, version: 0 });
  ensure(same, () => `Going over and back changes something: ${both(before, returned)}.`);
  return instance;
}

/** What may be refused; then nothing has happened. */
function tryOut(run: Run, before: Instance, asked: Asked): Instance {
  try {
    return step(run, { asked, at: run.now });
  } catch (cause) {
    if (!(cause instanceof Rejection)) throw cause;
    run.history.pop();
    ensure(JSON.stringify(before) === run.text, () => 'What was refused has changed the state.');
    return before;
  }
}

/** One command, with all that can be checked about it alone. */
function step(run: Run, { asked, at }: Move): Instance {
  const { release, instance: before, history, twins: twin } = run;
  const command: Command = { ...asked, at, actor: 'user:test' };
  const row = { seq: history.length + 1, command, engine: ENGINE_VERSION };
  history.push({ ...row, events: [] });
  const target = command.type === 'Migrate' ? twin.releases.find(({ id }) => id === command.release) : undefined;
  const { instance, events } = execute(release, before, command, target);
  history[history.length - 1] = { ...row, events };
  ensure(before === null || JSON.stringify(before) === run.text, () => 'The state that was given was changed.');
  const again = execute(release, before && turned(before), turned(command), target);
  ensure(isDeepStrictEqual(events, again.events), () => `The order of keys matters: ${both(events, again.events)}.`);
  let folded = before;
  for (const event of events) folded = evolve(folded, event);
  const state = { ...folded, version: history.length };
  ensure(isDeepStrictEqual(state, instance), () => `The events do not fold to the state: ${both(state, instance)}.`);
  run.text = JSON.stringify(instance);
  ensure(isDeepStrictEqual(JSON.parse(run.text), instance), () => `The state is no JSON: ${run.text}.`);
  enterAll(run.ledger, events);
  checkLedger(run.ledger, instance);
  run.release = target ?? release;
  checkState(run.release, instance);
  run.states.push(instance);
  run.instance = instance;
  run.now = at;
  return instance;
}

const both = (one: unknown, other: unknown): string => `${JSON.stringify(one)} and ${JSON.stringify(other)}`;

/** What comes too late, or is about nothing, is rejected. */
function refuse({ release }: Run, instance: Instance, { asked, at }: Move): void {
  let refused = false;
  try {
    execute(release, instance, { ...asked, at, actor: 'user:test' });
  } catch (cause) {
    if (!(cause instanceof Rejection)) throw cause;
    refused = true;
  }
  ensure(refused, () => `${JSON.stringify(asked)} was not refused.`);
}

function checkOnlyJobs({ incidents }: Instance): void {
  const other = incidents.find(({ phase }) => phase !== 'job');
  ensure(other === undefined, () => `Nothing in this model can go wrong, but: ${JSON.stringify(other)}.`);
}

/** The history re-executes, and folds to each of its states. */
function checkHistory({ twins: twin, history, states }: Run, number: number): void {
  const verdict = verify(new Map(twin.releases.map((one) => [one.id, one])), history);
  ensure(verdict.verdict === 'REPRODUCED', () => `The history does not re-execute: ${JSON.stringify(verdict)}`);
  for (const seq of [history.length, 1 + (number % history.length)]) {
    const same = isDeepStrictEqual(replay(history.map(turned), seq), states[seq - 1]);
    ensure(same, () => `The history does not fold to the state after row ${seq}.`);
  }
}

/** The same value with the keys of every object in reverse order, as a database may give it back. */
function turned<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => turned(item)) as T;
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, item]) => [key, turned(item as unknown)])) as T;
}
