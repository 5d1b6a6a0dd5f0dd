/** What each step of a scenario does. */
import { addDuration, Rejection, type Event, type Release, type Variables } from '../../engine/index.ts';
import { errorsOf, Mismatch } from './expectation.ts';
import type { Mode } from './modes.ts';
import {
  advance,
  ask,
  createWorld,
  deliverMessage,
  deliverSignal,
  fireNext,
  forget,
  start,
  type Live,
  type World,
} from './world.ts';

/** One step as it is written. Which fields there are depends on `op`. */
export interface Scene {
  readonly op: string;
  readonly expectError?: unknown;
  readonly element?: string;
  readonly process?: string;
  readonly variables?: Variables;
  readonly as?: string;
  readonly businessKey?: string;
  readonly message?: string;
  readonly task?: string;
  readonly times?: number;
  readonly activity?: string;
  readonly name?: string;
  readonly instance?: string;
  readonly duration?: string;
  readonly [expectation: string]: unknown;
}

/** The world of a scenario, and the names that it gives to instances. */
export interface Stage {
  readonly world: World;
  readonly named: Map<string, Live>;
  last: Live | null;
  /** How often each element was executed. */
  readonly executed: Map<string, number>;
}

export function beginStage(release: Release, mode: Mode): Stage {
  const executed = new Map<string, number>();
  const places = new Map<Live, Map<number, string>>();
  const world = createWorld({
    release,
    mode,
    work: () => ({ kind: 'done', variables: {} }),
    watch(live, event) {
      const place = places.get(live) ?? new Map<number, string>();
      places.set(live, place);
      const element = completed(place, event);
      if (element !== undefined) executed.set(element, (executed.get(element) ?? 0) + 1);
    },
  });
  return { world, named: new Map(), last: null, executed };
}

/** Keeps where tokens are; gives the element that was executed. The body of a loop is not, its iterations are. */
function completed(place: Map<number, string>, event: Event): string | undefined {
  if (event.type === 'TokenCreated' || event.type === 'FlowTaken') {
    if (place.get(event.scope) === event.element) place.delete(event.scope);
    place.set(event.token, event.element);
  }
  return event.type === 'ElementCompleted' ? place.get(event.token) : undefined;
}

/** By `op`. A step that cannot be done throws Rejection. */
export const steps: Readonly<Record<string, (stage: Stage, scene: Scene) => void>> = {
  deploy() {},

  start(stage, scene) {
    const { variables = {}, businessKey, process = '' } = scene;
    const how = businessKey === undefined ? { variables } : { variables, businessKey };
    remember(stage, scene, start(stage.world, process, { ...how, ...onlyStart(stage, process) }));
  },

  startByMessage(stage, scene) {
    const { message = '', variables = {} } = scene;
    const before = stage.world.instances.length;
    const live = deliverMessage(stage.world, message, variables);
    if (!live || stage.world.instances.length === before) throw nobody(`message "${message}" to start a process`);
    remember(stage, scene, live);
  },

  complete(stage, scene) {
    for (let time = 0; time < (scene.times ?? 1); time += 1) {
      const open = openTasks(stage).find(({ element }) => element === scene.task);
      if (!open)
        throw new Mismatch(
          `an open task ${scene.task ?? ''}`,
          openTasks(stage)
            .map((one) => one.element)
            .join(', '),
        );
      ask(stage.world, open.live, { type: 'CompleteTask', task: open.id, variables: scene.variables ?? {} });
    }
  },

  completeAll(stage) {
    for (const { live, id } of openTasks(stage)) {
      if (!live.instance.tokens.some((token) => token.id === id && token.task)) continue;
      ask(stage.world, live, { type: 'CompleteTask', task: id, variables: {} });
    }
  },

  /** A receive task without a message waits for one that has the id of the task. */
  trigger({ world }, { activity = '' }) {
    const waits = ({ instance }: Live): boolean => instance.messages.some(({ element }) => element === activity);
    if (!deliverMessage(world, activity, {}, waits)) throw nobody(`"${activity}" to wait without a message`);
  },

  message(stage, scene) {
    const { name = '', variables = {}, businessKey, times = 1 } = scene;
    const addressed = scene.instance === undefined ? undefined : instanceOf(stage, scene);
    const among = ({ stored, instance }: Live): boolean =>
      (addressed === undefined || addressed.stored === stored) &&
      (businessKey === undefined || instance.businessKey === businessKey);
    const limited = addressed !== undefined || businessKey !== undefined;
    for (let time = 0; time < times; time += 1) {
      const live = deliverMessage(stage.world, name, variables, limited ? among : undefined);
      if (!live) throw nobody(`somebody to wait for message "${name}"`);
    }
  },

  signal(stage, scene) {
    const only = scene.instance === undefined ? undefined : instanceOf(stage, scene);
    deliverSignal(stage.world, scene.name ?? '', scene.variables ?? {}, only);
  },

  setVariables(stage, scene) {
    ask(stage.world, instanceOf(stage, scene), { type: 'SetVariables', variables: scene.variables ?? {} });
  },

  advance({ world }, { duration = 'PT0S' }) {
    advance(world, addDuration(world.now, duration));
  },

  fireNextTimer({ world }) {
    if (!fireNext(world)) throw nobody('a timer to be armed');
  },

  cancelInstance(stage, scene) {
    ask(stage.world, instanceOf(stage, scene), { type: 'Cancel', reason: 'Cancelled by the scenario.' });
  },
};

/** Started by its id, a process of the old engine begins at its only start event, whatever triggers that. */
function onlyStart({ world }: Stage, process: string): { start?: string; definition?: number } {
  const [only, ...others] = world.options.release.processes.get(process)?.starts ?? [];
  if (!only || only.kind === 'none' || others.length > 0) return {};
  const { element, definition } = only;
  return definition === undefined ? { start: element } : { start: element, definition };
}

function nobody(expected: string): Rejection {
  return new Rejection('conflict', `Expected ${expected}, but found none.`);
}

function remember(stage: Stage, { as }: Scene, live: Live): void {
  stage.last = live;
  if (as !== undefined) stage.named.set(as, live);
}

/** The instance that the step names, else the last that was started. */
export function instanceOf(stage: Stage, { instance }: Scene): Live {
  const live = instance === undefined ? stage.last : stage.named.get(instance);
  if (!live) throw new Mismatch(`instance ${instance ?? '(the last)'} to be known`, 'it is not');
  return live;
}

/** All open user tasks, oldest instance first. */
export function openTasks({ world }: Stage): { live: Live; id: number; element: string }[] {
  return world.instances.flatMap((live) =>
    live.instance.tokens.flatMap(({ id, element, task }) => (task ? [{ live, id, element }] : [])),
  );
}

/** What raises an incident here is refused there, and changes nothing. */
export function refuseIncident(stage: Stage, { expectError }: Scene): void {
  const live = stage.world.instances.find(({ instance }) => errorsOf(instance).length > 0);
  if (!live) return;
  const message = errorsOf(live.instance).join(' | ');
  if (expectError === undefined) throw new Mismatch('no incident', message);
  forget(stage.world, live);
  throw new Rejection('conflict', message);
}
