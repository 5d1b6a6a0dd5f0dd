/** One handler per command. Preconditions are checked here, before the first event. */
import type { Command } from '../command.ts';
import {
  bring,
  end,
  enter,
  innerCompleted,
  leave,
  elementOf,
  guard,
  setVariables,
  tokenOf,
  type Execution,
} from '../execution.ts';
import { broadcast } from '../events/signal.ts';
import { ROOT, type Timer, type Token } from '../instance.ts';
import { listen } from '../listeners.ts';
import type { Element } from '../model.ts';
import { Rejection } from '../rejection.ts';
import { nextDue } from '../timetable.ts';
import { trigger } from '../trigger.ts';
import { addNotes, gone } from './common.ts';
import { activateElements } from './ad-hoc.ts';
import { completeJob, failJob, throwJobError } from './job.ts';
import { start } from './start.ts';
import { assignTask, completeTask } from './task.ts';

type Handlers = { [T in Command['type']]: (x: Execution, command: Extract<Command, { type: T }>) => void };

export const handlers: Handlers = {
  Start: start,
  CompleteTask: completeTask,
  AssignTask: assignTask,
  CompleteJob: completeJob,
  FailJob: failJob,
  ThrowError: throwJobError,

  FireTimer(x, command) {
    const timer = x.instance.timers.find(({ id }) => id === command.timer);
    if (!timer) throw gone(x, `timer ${command.timer} to be armed`);
    if (timer.due > command.at) {
      throw new Rejection(
        'conflict',
        `Expected timer ${timer.id} of instance ${x.instance.id} to be due at ${command.at}, but it is due at ${timer.due}.`,
      );
    }
    x.emit({ type: 'TimerFired', timer: timer.id });
    if (timer.repeat) rearm(x, timer);
    trigger(x, timer, { kind: 'timer', variables: {} });
  },

  CorrelateMessage(x, command) {
    const wait = x.instance.messages.find(({ id }) => id === command.subscription);
    if (wait?.name !== command.name)
      throw gone(x, `subscription ${command.subscription} to "${command.name}" to be open`);
    const received = { type: 'MessageReceived', subscription: wait.id, name: wait.name } as const;
    x.emit(command.messageId === undefined ? received : { ...received, messageId: command.messageId });
    trigger(x, wait, { kind: 'message', variables: command.variables });
  },

  BroadcastSignal(x, command) {
    broadcast(x, command.name, command.variables);
  },

  SetVariables(x, command) {
    const scope = command.scope ?? ROOT;
    if (!x.instance.scopes.some(({ id }) => id === scope)) throw gone(x, `scope ${scope} to be open`);
    setVariables(x, scope, command.variables);
  },

  ActivateElements: activateElements,

  AddNote(x, command) {
    addNotes(x, [command.note]);
  },

  ResolveIncident(x, command) {
    const incident = x.instance.incidents.find(({ id }) => id === command.incident);
    const token = incident && tokenOf(x, incident.token);
    if (!incident || !token) throw gone(x, `incident ${command.incident} to be open`);
    x.emit({ type: 'IncidentResolved', incident: incident.id });
    const element = elementOf(x, token);
    if (incident.phase === 'arrive') bring(x, token.id, element);
    else if (incident.phase === 'inner') innerCompleted(x, token.id, false);
    else if (incident.phase === 'leave') leave(x, token.id, element);
    else if (incident.phase === 'enter') enter(x, token.id, element);
    else guard(x, token.id, 'job', () => requestAgain(x, token, element));
  },

  Cancel(x, command) {
    end(x, 'cancelled', command.reason);
  },
};

/** Asks once more for the job that failed: a listener's, or the element's own. */
function requestAgain(x: Execution, token: Token, element: Element): void {
  const { listener } = token.job ?? {};
  if (!listener) return element.behaviour.enter(x, token, element);
  x.emit({ type: 'JobCancelled', job: token.job?.id ?? token.id });
  listen(x, token, element, listener.event, listener.done, listener.pending);
}

function rearm(x: Execution, { element, host, ...timer }: Timer): void {
  const next = nextDue(timer);
  if (!next) return;
  const set = { type: 'TimerSet', timer: x.draw(), element, host, due: next.due } as const;
  x.emit(next.repeat === undefined ? set : { ...set, repeat: next.repeat });
}
