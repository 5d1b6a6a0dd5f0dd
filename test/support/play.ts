/** Plays a process in memory. After every command: replay, key order and re-execution are checked. */
import { expect } from '@jest/globals';
import {
  addDuration,
  compileBpmn,
  compileDecisions,
  ENGINE_VERSION,
  execute,
  explain,
  readBpmn,
  readDecisions,
  replay,
  verify,
  type Command,
  type Event,
  type Instance,
  type Problem,
  type Recorded,
  type Release,
  type Variables,
} from '../../engine/index.ts';

/** 2026-03-02T08:00:00Z, a Monday. */
export const MONDAY = Date.UTC(2026, 2, 2, 8);

type Asked<T> = T extends Command ? Omit<T, 'at' | 'actor'> : never;

export interface Play {
  readonly instance: Instance;
  readonly history: Recorded[];
  /** The release that it runs in. */
  readonly release: Release;
  /** Those that it may go over to, and runs in, by id. */
  readonly releases: Map<string, Release>;
  now: number;
  /** Gives the events of the command. */
  do(command: Asked<Command>): Event[];
  complete(element: string, variables?: Variables): Event[];
  completeJob(element: string, variables?: Variables): Event[];
  message(name: string, variables?: Variables): Event[];
  signal(name: string, variables?: Variables): Event[];
  /** Moves the clock and fires what becomes due, in order. */
  advance(iso: string): void;
  /** Element ids at which tokens rest, sorted. */
  at(): string[];
  /** Open user tasks, sorted. */
  tasks(): string[];
  /** Root variables. */
  variables(): Variables;
  /** All events so far of one type. */
  events<T extends Event['type']>(type: T): Extract<Event, { type: T }>[];
}

/** Compiles a text; fails on any error. */
export async function releaseOf(xml: string, dmn?: string): Promise<Release> {
  const { processes, problems } = compileBpmn(await readBpmn(xml));
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  const decisions = dmn === undefined ? new Map() : compileDecisions(await readDecisions(dmn)).decisions;
  return { id: '1', processes: new Map(processes.map((model) => [model.id, model])), decisions, forms: new Map() };
}

/** Why deployment would refuse it. */
export async function problemsOf(xml: string): Promise<Problem[]> {
  return compileBpmn(await readBpmn(xml)).problems.filter(({ severity }) => severity === 'error');
}

/** Starts the first process of the file; at its start event, at the one that is named, or at these elements. */
export async function play(
  xml: string,
  variables: Variables = {},
  dmn?: string,
  startAt?: string | string[],
  definition?: number,
): Promise<Play> {
  const release = await releaseOf(xml, dmn);
  const [id] = release.processes.keys();
  return playRelease(release, id ?? '', variables, startAt, definition);
}

export function playRelease(
  first: Release,
  process: string,
  variables: Variables,
  startAt?: string | string[],
  definition?: number,
): Play {
  let instance: Instance | null = null;
  const history: Recorded[] = [];
  const releases = new Map([[first.id, first]]);
  const game: Play = {
    history,
    releases,
    get release() {
      return releases.get(instance?.release ?? first.id) ?? first;
    },
    now: MONDAY,
    get instance() {
      if (!instance) throw new Error('Not started.');
      return instance;
    },
    do(asked) {
      const command = { ...asked, at: game.now, actor: 'user:test' };
      const before = JSON.stringify(instance);
      const target = command.type === 'Migrate' ? releases.get(command.release) : null;
      const given = instance === null ? null : shuffled(instance);
      const { instance: after, events } = execute(game.release, given, command, target);
      expect(JSON.stringify(instance)).toBe(before);
      history.push(shuffled({ seq: history.length + 1, command, events, engine: ENGINE_VERSION }));
      expect(replay(history)).toEqual(after);
      instance = JSON.parse(JSON.stringify(after)) as Instance;
      expect(instance).toEqual(after);
      expect(verify(releases, history)).toMatchObject({ verdict: 'REPRODUCED' });
      for (const resting of explain(game.release, instance)) {
        if (resting.waitsFor.length === 0)
          throw new Error(`Nothing is known that ${JSON.stringify(resting)} waits for.`);
      }
      return events;
    },
    complete: (element, values = {}) =>
      game.do({ type: 'CompleteTask', task: tokenAt(game, element, 'task'), variables: values }),
    completeJob: (element, values = {}) =>
      game.do({ type: 'CompleteJob', job: tokenAt(game, element, 'job'), variables: values }),
    message(name, values = {}) {
      const wait = game.instance.messages.find((one) => one.name === name);
      if (!wait) throw new Error(`No subscription to ${name}: ${JSON.stringify(game.instance.messages)}`);
      return game.do({ type: 'CorrelateMessage', subscription: wait.id, name, variables: values });
    },
    signal: (name, values = {}) => game.do({ type: 'BroadcastSignal', name, variables: values }),
    advance(iso) {
      const until = addDuration(game.now, iso);
      for (;;) {
        const due = [...game.instance.timers].sort((a, b) => a.due - b.due || a.id - b.id)[0];
        if (!due || due.due > until || game.instance.status !== 'active') break;
        game.now = Math.max(game.now, due.due);
        game.do({ type: 'FireTimer', timer: due.id });
      }
      game.now = until;
    },
    at: () => game.instance.tokens.map(({ element }) => element).sort(),
    tasks: () => game.instance.tokens.flatMap(({ element, task }) => (task ? [element] : [])).sort(),
    variables: () => game.instance.scopes[0]?.variables ?? {},
    events: (type) => history.flatMap((row) => row.events.filter((event) => event.type === type)) as never,
  };
  game.do({
    type: 'Start',
    instance: '4096',
    release: first.id,
    process,
    variables,
    ...(startAt === undefined ? {} : { [typeof startAt === 'string' ? 'start' : 'activate']: startAt }),
    ...(definition === undefined ? {} : { definition }),
  });
  return game;
}

function tokenAt(game: Play, element: string, kind: 'task' | 'job'): number {
  const token = game.instance.tokens.find((one) => one.element === element && one[kind]);
  if (!token) throw new Error(`No open ${kind} at ${element}: ${game.at().join(', ')}`);
  return token.id;
}

/** The same value with the keys of every object in reverse order, as a database may give it back. */
function shuffled<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => shuffled(item)) as T;
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, item]) => [key, shuffled(item as unknown)])) as T;
}
