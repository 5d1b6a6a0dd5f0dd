/** Listeners: those that are named by a delegate become jobs, other Java and scripts are left out. */
import type { ModdleElement } from 'bpmn-moddle';
import { addExtension, make, note, takeElements, trouble, type Importer } from '../importer.ts';
import type { LegacyElement } from '../legacy-element.ts';

const EXECUTION: Readonly<Record<string, string>> = { start: 'start', end: 'end' };
const TASK: Readonly<Record<string, string>> = {
  create: 'creating',
  assignment: 'assigning',
  update: 'updating',
  complete: 'completing',
  delete: 'canceling',
};

/** `${name}`: what a worker's job type can be. */
const DELEGATE = /^[$#]\{\s*([\w.-]+)\s*\}$/u;

export function translateListeners(node: ModdleElement, c: Importer): void {
  // Flows and processes have no listeners here.
  const hasNone = node.$type === 'bpmn:SequenceFlow' || node.$type === 'bpmn:Process';
  listeners(node, 'executionListener', hasNone ? {} : EXECUTION, 'zeebe:ExecutionListener', c);
  listeners(node, 'taskListener', TASK, 'zeebe:TaskListener', c);
}

function listeners(
  node: ModdleElement,
  name: 'executionListener' | 'taskListener',
  events: Readonly<Record<string, string>>,
  type: 'zeebe:ExecutionListener' | 'zeebe:TaskListener',
  c: Importer,
): void {
  const kept = takeElements(c, node, name).flatMap((listener) => {
    const event = listener.attributes.event ?? '';
    const eventType = events[event];
    const worker = DELEGATE.exec(listener.attributes.delegateExpression ?? '')?.[1];
    const what = `camunda:${name} ${event}`;
    if (eventType === undefined || worker === undefined) {
      const message = `The listener on "${event}" (${codeOf(listener)}) is not called. Draw a service task for what it does.`;
      trouble(c, node, what, message, 'warning');
      return [];
    }
    note(c, node, what, 'replaced', `A job worker of type "${worker}" has to do what the listener did.`);
    return [make(c, node, type, { eventType, type: worker })];
  });
  if (kept.length > 0) addExtension(c, node, `${type}s`, { listeners: kept });
}

function codeOf({ attributes, children }: LegacyElement): string {
  const script = children.find(({ name }) => name === 'script');
  return (
    attributes.class ?? attributes.delegateExpression ?? attributes.expression ?? (script ? 'a script' : 'nothing')
  );
}
