import type { Start } from '../command.ts';
import { startInside } from '../elements/scope.ts';
import { isNone } from '../events/definition.ts';
import type { Execution } from '../execution.ts';
import { ROOT } from '../instance.ts';
import type { Element, ProcessModel } from '../model.ts';
import { Rejection } from '../rejection.ts';

/** Start: begins the instance at its none start event, or at the start event that was named. */
export function start(x: Execution, command: Start): void {
  const model = x.release.processes.get(command.process);
  if (!model) {
    throw new Rejection('not-found', `Expected process "${command.process}" to be deployed, but it is not.`);
  }
  const first = startOf(model, command.start);
  const started = {
    type: 'InstanceStarted',
    instance: command.instance,
    release: command.release,
    process: command.process,
    at: command.at,
    variables: command.variables,
  } as const;
  x.emit(command.businessKey === undefined ? started : { ...started, businessKey: command.businessKey });
  startInside(x, ROOT, model.root, first);
}

/** undefined: the elements that nothing leads to, in a process without start events. */
function startOf(model: ProcessModel, wanted: string | undefined): Element | undefined {
  if (wanted === undefined && model.root.starts.length === 0) return undefined;
  const found =
    wanted === undefined ? model.root.starts.find(isNone) : model.root.starts.find((element) => element.id === wanted);
  if (found) return found;
  throw new Rejection(
    'invalid',
    wanted === undefined
      ? `Expected process "${model.id}" to have a start event without trigger, but it has none. Start it by its message.`
      : `Expected start event "${wanted}" in process "${model.id}", but it is not there.`,
  );
}
