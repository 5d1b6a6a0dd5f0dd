/**
 * The world around the instances of one case: it starts them, carries their messages and signals, fires their timers by
 * a clock that only moves when told, and has their jobs done.
 */
import {
  firstDue,
  nextDue as nextTimer,
  Rejection,
  type Command,
  type Due as TimerDue,
  type Event,
  type EventOf,
  type Instance,
  type Instant,
  type Release,
  type StartTrigger,
  type Variables,
} from '../../engine/index.ts';
import { deliveries, type Mode, type Stored } from './modes.ts';

/** 2026-01-05T08:00:00Z, a Monday. */
const BEGINNING = Date.UTC(2026, 0, 5, 8);

/** The key of the first instance. */
const FIRST_KEY = 4096;

type Asked<T> = T extends Command ? Omit<T, 'at' | 'actor'> : never;

/** One instance that runs in the world. */
export interface Live {
  /** As it is stored now. */
  readonly instance: Instance;
  readonly stored: Stored;
}

/** What comes of a job. `later`: it takes this long, ms, and then `then` comes of it. */
export type JobResult =
  | { readonly kind: 'done'; readonly variables: Variables }
  | { readonly kind: 'error'; readonly code: string }
  | { readonly kind: 'later'; readonly ms: number; then(): JobResult };

interface WorldOptions {
  readonly release: Release;
  readonly mode: Mode;
  /** Does a job. */
  work(live: Live, job: EventOf<'JobRequested'>, now: Instant): JobResult;
  /** Sees every event. */
  watch?(live: Live, event: Event): void;
}

/** How an instance begins. */
interface StartOptions {
  readonly variables?: Variables;
  readonly businessKey?: string;
  /** The start event; default: the none start event. */
  readonly start?: string;
  /** Which of its event definitions came, where it has several. */
  readonly definition?: number;
}

interface Due {
  readonly at: Instant;
  run(): void;
}

export interface World {
  readonly options: WorldOptions;
  now: Instant;
  readonly instances: Live[];
  /** Work that was asked for. It is done before messages and signals go out: those wait until all tokens rest. */
  readonly jobs: (() => void)[];
  readonly outbox: (() => void)[];
  /** Jobs that take their time. */
  readonly alarms: Due[];
  /** How many commands were sent, for their ids. */
  sent: number;
}

export function createWorld(options: WorldOptions): World {
  const world: World = { options, now: BEGINNING, instances: [], jobs: [], outbox: [], alarms: [], sent: 0 };
  for (const { process, trigger } of startsOf(world, 'timer')) {
    const { kind, text, zone } = trigger.timer ?? { kind: 'cycle', text: 'R0/PT1S' };
    startAt(world, firstDue(kind, text, world.now, zone), () => beginBy(world, process, trigger, {}));
  }
  return world;
}

/** Starts an instance and lets everything that follows happen. Throws Rejection; then it has never been. */
export function start(world: World, process: string, how: StartOptions = {}): Live {
  const live = begin(world, process, how);
  settle(world);
  return live;
}

/** Gives a command to an instance and lets everything that follows happen. */
export function ask(world: World, live: Live, command: Asked<Command>): void {
  send(world, live, command);
  settle(world);
}

/**
 * Delivers a message to exactly one subscription of the instances that `among` allows, else starts a process.
 * @returns the instance that took it, null when nobody waits for it
 */
export function deliverMessage(
  world: World,
  name: string,
  variables: Variables,
  among?: (live: Live) => boolean,
): Live | null {
  const found = world.instances.filter(isActive).find((live) => (among?.(live) ?? true) && waitsFor(live, name));
  const live = found ?? (among ? null : startBy(world, 'message', name, variables));
  if (found) correlate(world, found, name, variables);
  settle(world);
  return live;
}

/** Tells a signal to all that wait for it now (of one instance, when given) and starts the processes that begin with it. */
export function deliverSignal(world: World, name: string, variables: Variables, only?: Live): void {
  if (only) send(world, only, { type: 'BroadcastSignal', name, variables });
  else broadcast(world, name, variables);
  settle(world);
}

/** Moves the clock and does what becomes due, in order. */
export function advance(world: World, until: Instant): void {
  for (let due = nextDue(world); due && due.at <= until; due = nextDue(world)) run(world, due);
  world.now = Math.max(world.now, until);
}

/** Moves the clock to what is due next and does that; false when nothing is to come. */
export function fireNext(world: World): boolean {
  const due = nextDue(world);
  if (due) run(world, due);
  return due !== undefined;
}

/** Takes an instance out, as if it had never been. */
export function forget(world: World, live: Live): void {
  const place = world.instances.indexOf(live);
  if (place >= 0) world.instances.splice(place, 1);
}

function begin(world: World, process: string, { variables = {}, ...how }: StartOptions): Live {
  const live = liveOf({ instance: null, history: [], heard: new Set() });
  const instance = String(FIRST_KEY + world.sent);
  world.instances.push(live);
  try {
    send(world, live, {
      type: 'Start',
      instance,
      release: world.options.release.id,
      process,
      variables,
      ...how,
    });
  } catch (cause) {
    forget(world, live);
    throw cause;
  }
  return live;
}

function liveOf(stored: Stored): Live {
  return {
    stored,
    get instance() {
      if (!stored.instance) throw new Rejection('not-found', 'Expected an instance, but it was not started.');
      return stored.instance;
    },
  };
}

function send(world: World, live: Live, asked: Asked<Command>): void {
  const { release, mode } = world.options;
  world.sent += 1;
  const command = { ...asked, at: world.now, actor: 'system' };
  for (const event of deliveries[mode](release, live.stored, { id: String(world.sent), command })) {
    world.options.watch?.(live, event);
    follow(world, live, event);
  }
}

/** What the event asks of the world. */
function follow(world: World, live: Live, event: Event): void {
  if (event.type === 'JobRequested') {
    world.jobs.push(() => doJob(world, live, event.job, () => world.options.work(live, event, world.now)));
  } else if (event.type === 'MessageSent') {
    const { name, variables, key } = event;
    world.outbox.push(() => {
      const found = world.instances.filter(isActive).find((other) => waitsFor(other, name, key));
      if (found) correlate(world, found, name, variables, key);
      else startBy(world, 'message', name, variables);
    });
  } else if (event.type === 'SignalSent') {
    world.outbox.push(() => broadcast(world, event.name, event.variables, live));
  }
}

function settle(world: World): void {
  for (;;) {
    const step = world.jobs.shift() ?? world.outbox.shift();
    if (!step) return;
    step();
  }
}

function doJob(world: World, live: Live, job: number, work: () => JobResult): void {
  if (!live.instance.tokens.some((token) => token.id === job && token.job)) return;
  const result = work();
  if (result.kind === 'later') {
    world.alarms.push({ at: world.now + result.ms, run: () => doJob(world, live, job, () => result.then()) });
  } else if (result.kind === 'error') {
    send(world, live, { type: 'ThrowError', job, code: result.code, message: result.code, variables: {} });
  } else {
    send(world, live, { type: 'CompleteJob', job, variables: result.variables });
  }
}

function isActive({ instance }: Live): boolean {
  return instance.status === 'active';
}

function waitsFor({ instance }: Live, name: string, key?: string): { id: number } | undefined {
  return instance.messages.find((wait) => wait.name === name && (key === undefined || wait.key === key));
}

function correlate(world: World, live: Live, name: string, variables: Variables, key?: string): void {
  const wait = waitsFor(live, name, key);
  if (!wait) return;
  const messageId = `message ${world.sent}`;
  send(world, live, { type: 'CorrelateMessage', subscription: wait.id, name, variables, messageId });
}

/** The triggers of one kind that begin processes; of one name, when it is given. */
function startsOf(
  world: World,
  kind: StartTrigger['kind'],
  name?: string,
): { process: string; trigger: StartTrigger }[] {
  return [...world.options.release.processes.values()].flatMap((model) =>
    model.starts
      .filter((one) => one.kind === kind && (name === undefined || (one.message ?? one.signal) === name))
      .map((trigger) => ({ process: model.id, trigger })),
  );
}

function startBy(world: World, kind: 'message' | 'signal', name: string, variables: Variables): Live | null {
  const [found] = startsOf(world, kind, name);
  return found ? beginBy(world, found.process, found.trigger, variables) : null;
}

function beginBy(world: World, process: string, trigger: StartTrigger, variables: Variables): Live {
  const how = { variables, start: trigger.element };
  return begin(world, process, trigger.definition === undefined ? how : { ...how, definition: trigger.definition });
}

/** Lets a timer of the deployment come when it is due, and again. */
function startAt(world: World, due: TimerDue | null, work: () => void): void {
  if (!due) return;
  const run = (): void => {
    work();
    startAt(world, nextTimer(due), work);
  };
  world.alarms.push({ at: due.due, run });
}

function broadcast(world: World, name: string, variables: Variables, sender?: Live): void {
  const hears = (live: Live): boolean => isActive(live) && live.instance.signals.some((wait) => wait.name === name);
  for (const live of world.instances.filter((other) => other !== sender && hears(other))) {
    if (hears(live)) send(world, live, { type: 'BroadcastSignal', name, variables });
  }
  for (const { process, trigger } of startsOf(world, 'signal', name)) beginBy(world, process, trigger, variables);
}

function nextDue(world: World): Due | undefined {
  const timers = world.instances.filter(isActive).flatMap((live) =>
    live.instance.timers.map(({ id, due }) => ({
      at: due,
      run: () => send(world, live, { type: 'FireTimer', timer: id }),
    })),
  );
  return [...timers, ...world.alarms].sort((one, other) => one.at - other.at)[0];
}

function run(world: World, due: Due): void {
  world.now = Math.max(world.now, due.at);
  const place = world.alarms.indexOf(due);
  if (place >= 0) world.alarms.splice(place, 1);
  due.run();
  settle(world);
}
