/** The reference of the engine bench: npm bpmn-elements, and bpmn-engine around it, running the same diagrams. */
import { BpmnModdle } from 'bpmn-moddle';
import * as elements from 'bpmn-elements';
import { Engine } from 'bpmn-engine';
import serializer, { TypeResolver } from 'moddle-context-serializer';
import { diagram, SCRIPTED, type Workload } from './workloads.ts';

/** The least of their types that is used here; the packages' own disagree with each other. */
interface Definition {
  readonly counters: { completed: number };
  run(): void;
  resume(): void;
  recover(state: unknown): Definition;
  getState(): unknown;
  getPostponed(): { id: string; type: string; signal(message?: object): void }[];
  stop(): void;
}
interface Library {
  Context: new (source: unknown, environment: unknown) => unknown;
  Environment: new (options: object) => unknown;
  Definition: new (context: unknown) => Definition;
}

/** One workload, parsed once as ours is. */
export interface Peer {
  /** One instance from start to end. */
  run(): void;
  /** The same through bpmn-engine. */
  runEngine(): Promise<void>;
  /** W3: a state that waits at the first task, as text. */
  waiting(): string;
  /** W3: loads that text, completes the task, gives the new text. */
  resume(text: string): string;
}

const quiet = { debug: () => undefined, error: () => undefined, warn: () => undefined };

/** What the conditions of W2 say, as functions. */
const conditions: Record<string, (variables: { priority: string; amount: number }) => boolean> = {
  'grade-top': ({ priority, amount }) => priority === 'P1' && amount >= 100,
  'grade-high': ({ priority, amount }) => priority === 'P2' && amount >= 100,
  'grade-middle': ({ priority, amount }) => priority === 'P2' && amount >= 10,
};

const variables = { priority: 'P2', amount: 50 };
const options = {
  Logger: () => quiet,
  variables,
  services: { work: (_scope: unknown, done: (error: null) => void) => done(null) },
  scripts: {
    register: () => undefined,
    getScript: (_language: string, { id }: { id: string }) => ({
      execute: (_scope: unknown, done: (error: null, holds: boolean) => void) =>
        done(null, conditions[id]?.(variables) ?? false),
    }),
  },
};

/** Reads a diagram for the reference. */
export async function peer(workload: Workload): Promise<Peer> {
  const { Context, Environment, Definition } = elements as unknown as Library;
  const source = serializer(
    await new BpmnModdle().fromXML(diagram(workload, SCRIPTED)),
    TypeResolver(elements as never),
  );
  const fresh = (): Definition => {
    const environment = new Environment(options) as { addService(name: string, body: unknown): void };
    environment.addService('work', options.services.work);
    return new Definition(new Context(source, environment));
  };
  return {
    run() {
      const definition = fresh();
      definition.run();
      signalAll(definition);
      if (definition.counters.completed !== 1) throw new Error(`Expected ${workload} to complete in bpmn-elements.`);
    },
    async runEngine() {
      const engine = new Engine({ name: workload, sourceContext: source, ...(options as object) });
      const api = (await engine.execute()) as unknown as { definitions: Definition[] };
      for (const definition of api.definitions) signalAll(definition);
    },
    waiting() {
      const definition = fresh();
      definition.run();
      const text = JSON.stringify(definition.getState());
      definition.stop();
      return text;
    },
    resume(text) {
      const definition = fresh().recover(JSON.parse(text));
      definition.resume();
      definition
        .getPostponed()
        .find(({ id }) => id === 'first')
        ?.signal({ done: true });
      const state = JSON.stringify(definition.getState());
      definition.stop();
      return state;
    },
  };
}

/** Completes the user tasks that wait, until none does. */
function signalAll(definition: Definition): void {
  for (;;) {
    const task = definition.getPostponed().find(({ type }) => type === 'bpmn:UserTask');
    if (!task) return;
    task.signal({ done: true });
  }
}
