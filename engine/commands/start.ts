import type { Beginning } from '../behaviour.ts';
import type { Start } from '../command.ts';
import { openInside, startInside } from '../elements/scope.ts';
import { isNone } from '../events/definition.ts';
import type { Execution } from '../execution.ts';
import { ROOT } from '../instance.ts';
import type { Element, ProcessModel } from '../model.ts';
import { Rejection } from '../rejection.ts';
import { activate } from './modify.ts';

/** Start: begins the instance at its none start event, at the start event that was named, or at other elements. */
export function start(x: Execution, command: Start): void {
  const model = x.release.processes.get(command.process);
  if (!model) {
    throw new Rejection('not-found', `Expected process "${command.process}" to be deployed, but it is not.`);
  }
  const instead = command.activate ?? [];
  const first = instead.length > 0 ? undefined : startOf(model, command.start, command.definition);
  const started = {
    type: 'InstanceStarted',
    instance: command.instance,
    release: command.release,
    process: command.process,
    at: command.at,
    variables: command.variables,
  } as const;
  x.emit(command.businessKey === undefined ? started : { ...started, businessKey: command.businessKey });
  if (instead.length > 0) {
    openInside(x, ROOT, model.root);
    return activate(x, instead);
  }
  const by = command.start === undefined ? undefined : beginningOf(command.start, command.definition);
  startInside(x, ROOT, model.root, first, {}, by);
}

/** undefined: the elements that nothing leads to, in a process without start events. */
function startOf(model: ProcessModel, wanted: string | undefined, definition?: number): Element | undefined {
  if (wanted === undefined && model.root.starts.length === 0 && model.root.implicit.length > 0) return undefined;
  const found = wanted === undefined ? model.root.starts.find(isNone) : beginning(model, wanted, definition);
  if (found) return found;
  throw new Rejection(
    'invalid',
    wanted === undefined
      ? `Expected process "${model.id}" to have a start event without trigger, but it has none. Start it by its message.`
      : `Expected start event "${wanted}" in process "${model.id}", but it is not there.`,
  );
}

/** Where the first token is made when an element begins the process: the gateway before it, or itself. */
function beginning(model: ProcessModel, wanted: string, definition?: number): Element | undefined {
  const trigger = model.starts.find(
    (one) => one.element === wanted && (definition === undefined || (one.definition ?? 0) === definition),
  );
  return trigger && model.byId.get(trigger.gateway ?? trigger.element);
}

function beginningOf(element: string, definition: number | undefined): Beginning {
  return definition === undefined ? { element } : { element, definition };
}
