/** Reads `zeebe:executionListeners` and `zeebe:taskListeners`. */
import type { ModdleElement } from 'bpmn-moddle';
import type { Behaviour } from '../behaviour.ts';
import { compileJobOf, requestJob, type JobSpec } from '../elements/job.ts';
import type { ListenerEvent } from '../instance.ts';
import type { Listener } from '../listeners.ts';
import type { Compiler } from './compiler.ts';
import { children, extension, text } from './read.ts';

/** Every activity and throwing event knows both; a catching event that stands alone, and gateways, only one of them. */
const EVERYWHERE: readonly ListenerEvent[] = ['start', 'end'];

/** In document order. A listener for an event that this element does not have is reported. */
export function compileListeners(node: ModdleElement, behaviour: Behaviour, c: Compiler): Listener[] {
  const execution = extension(node, 'zeebe:ExecutionListeners');
  const task = extension(node, 'zeebe:TaskListeners');
  const known = behaviour.listeners ?? EVERYWHERE;
  return [
    ...(execution ? children(execution, 'listeners') : []).map((one) => ({ one, events: known, fallback: 'start' })),
    ...(task ? children(task, 'listeners') : []).map((one) => ({ one, events: TASK_EVENTS, fallback: 'creating' })),
  ].flatMap(({ one, events, fallback }) => {
    const wanted = text(one, 'eventType') ?? fallback;
    const event = events.find((other) => other === wanted);
    const job = compileJobOf(node, one, c);
    if (event) return [{ event, request: requesting(job) }];
    c.problem(
      node,
      'listener-event',
      `Expected listeners of "${node.id ?? ''}" for ${events.join(' or ')}, but found one for ${wanted}. Choose another event.`,
    );
    return [];
  });
}

const TASK_EVENTS: readonly ListenerEvent[] = ['creating', 'assigning', 'completing'];

function requesting(job: JobSpec): Listener['request'] {
  return (x, token, element, place) => requestJob(x, token, element, job, place);
}
