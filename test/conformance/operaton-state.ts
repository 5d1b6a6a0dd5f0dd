/** What a scenario expects of the state of all instances. */
import { compileValue } from '../../engine/expression/expression.ts';
import { ROOT, translateJuel, visible, type Instance, type Token } from '../../engine/index.ts';
import { compare, Mismatch } from './expectation.ts';
import { instanceOf, openTasks, type Scene, type Stage } from './operaton-steps.ts';

type Check = (stage: Stage, expected: never, scene: Scene) => void;

/** By the field of the step; `instance` says of whom, `op` that it is one. */
const checks: Readonly<Record<string, Check>> = {
  tasks: (stage, expected: string[]) => compare('tasks', sorted(expected), tasks(stage)),
  tasksInclude: (stage, expected: string[]) => includes('tasks', expected, tasks(stage)),
  tasksExclude: (stage, expected: string[]) => excludes('tasks', expected, tasks(stage)),
  taskCount: (stage, expected: number) => compare('taskCount', expected, tasks(stage).length),
  taskCountOf: (stage, expected: Record<string, number>) =>
    compare('taskCountOf', expected, counted(Object.keys(expected), tasks(stage))),
  taskNames: (stage, expected: string[]) => compare('taskNames', sorted(expected), taskNames(stage)),
  assignees: (stage, expected: Record<string, string[]>) =>
    compare('assignees', expected, assignees(stage, Object.keys(expected))),
  active: (stage, expected: string[]) => compare('active', sorted(expected), resting(stage)),
  activeIncludes: (stage, expected: string[]) => includes('active', expected, resting(stage)),
  activeExcludes: (stage, expected: string[]) => excludes('active', expected, resting(stage)),
  ended: (stage, expected: boolean, scene) => compare('ended', expected, ended(stage, scene)),
  timers: (stage, expected: number) =>
    compare(
      'timers',
      expected,
      count(stage, ({ timers }) => timers),
    ),
  messages: (stage, expected: number) =>
    compare(
      'messages',
      expected,
      count(stage, ({ messages }) => messages.filter(({ name, element }) => name !== element)),
    ),
  signals: (stage, expected: number) =>
    compare(
      'signals',
      expected,
      count(stage, ({ signals }) => signals),
    ),
  conditions: (stage, expected: number) => compare('conditions', expected, count(stage, conditions)),
  executed: (stage, expected: Record<string, number>) =>
    compare(
      'executed',
      expected,
      Object.fromEntries(Object.keys(expected).map((id) => [id, stage.executed.get(id) ?? 0])),
    ),
  tree: (stage, expected: Tree[]) =>
    compare('tree', ordered(expected), ordered(running(stage).flatMap((one) => inside(one, 0)))),
};

/** Compares every field of an `expect` step. Throws Mismatch. */
export function checkState(stage: Stage, scene: Scene): void {
  for (const [field, expected] of Object.entries(scene)) {
    if (field === 'op' || field === 'instance') continue;
    const check = checks[field];
    if (!check) throw new Mismatch('a known expectation', field);
    check(stage, expected as never, scene);
  }
}

function running({ world }: Stage): Instance[] {
  return world.instances.map(({ instance }) => instance).filter(({ status }) => status === 'active');
}

function tasks(stage: Stage): string[] {
  return sorted(openTasks(stage).map(({ element }) => element));
}

/** The names of open tasks, as expressions of the old engine. */
function taskNames(stage: Stage): string[] {
  const { now } = stage.world;
  const names = openTasks(stage).map(({ live: { instance }, id, element }) => {
    const token = instance.tokens.find((one) => one.id === id);
    const loop = token?.iteration !== undefined;
    const scope = instance.scopes.some((one) => one.id === id) ? id : (token?.scope ?? ROOT);
    const name = translateJuel(nameOf(stage, element), { loop });
    if (name.kind === 'refused') throw new Mismatch('a name that can be translated', name.found);
    const expression = compileValue(name.kind === 'feel' ? `=${name.feel}` : name.text);
    const { value } = expression.evaluate(visible(instance, scope), now);
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
  return sorted(names);
}

function nameOf({ world }: Stage, element: string): string {
  for (const model of world.options.release.processes.values()) {
    const found = model.byId.get(element);
    if (found) return found.name;
  }
  return '';
}

function assignees(stage: Stage, ids: readonly string[]): Record<string, string[]> {
  const all = running(stage).flatMap(({ tokens }) => tokens);
  const of = (id: string): string[] =>
    all.flatMap(({ element, task }) => (element === id && task?.assignee ? [task.assignee] : []));
  return Object.fromEntries(ids.map((id) => [id, sorted(of(id))]));
}

/** The elements at which a token rests that has nothing inside. */
function resting(stage: Stage): string[] {
  const leaves = running(stage).flatMap(({ tokens }) =>
    tokens.filter(({ id }) => !tokens.some((other) => other.scope === id)).map(({ element }) => element),
  );
  return sorted(leaves);
}

function ended(stage: Stage, scene: Scene): boolean {
  const concerned = scene.instance === undefined ? stage.world.instances : [instanceOf(stage, scene)];
  return concerned.every(({ instance }) => instance.status !== 'active');
}

function count(stage: Stage, of: (instance: Instance) => readonly unknown[]): number {
  return running(stage).flatMap(of).length;
}

function conditions(instance: Instance): readonly unknown[] {
  return (instance as { conditions?: unknown[] }).conditions ?? [];
}

type Tree = string | { [scope: string]: Tree[] };

function inside({ tokens }: Instance, scope: number): Tree[] {
  const tree = ({ id, element }: Token): Tree => {
    const inner = tokens.filter((token) => token.scope === id);
    return inner.length === 0 ? element : { [element]: inner.map(tree) };
  };
  return tokens.filter((token) => token.scope === scope).map(tree);
}

function ordered(trees: readonly Tree[]): Tree[] {
  const sortedInside = trees.map((tree) =>
    typeof tree === 'string'
      ? tree
      : Object.fromEntries(Object.entries(tree).map(([id, inner]) => [id, ordered(inner)])),
  );
  return sortedInside.sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
}

function sorted(list: readonly string[]): string[] {
  return [...list].sort();
}

function counted(ids: readonly string[], list: readonly string[]): Record<string, number> {
  return Object.fromEntries(ids.map((id) => [id, list.filter((one) => one === id).length]));
}

/** Each wanted one is there as often as it is wanted. */
function includes(what: string, wanted: readonly string[], found: readonly string[]): void {
  const left = [...found];
  for (const one of wanted) {
    const place = left.indexOf(one);
    if (place < 0) throw new Mismatch(`${what} to include ${one}`, found.join(', '));
    left.splice(place, 1);
  }
}

function excludes(what: string, unwanted: readonly string[], found: readonly string[]): void {
  const there = unwanted.find((one) => found.includes(one));
  if (there !== undefined) throw new Mismatch(`${what} without ${there}`, found.join(', '));
}
