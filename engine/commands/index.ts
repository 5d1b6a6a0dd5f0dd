/** One handler per command. Preconditions are checked here, before the first event. */
import type { Command } from '../command.ts';
import { bring, end, enter, innerCompleted, leave, elementOf, tokenOf, type Execution } from '../execution.ts';
import { openScope, setLocal, setVariables } from '../mappings.ts';
import { broadcast } from '../events/signal.ts';
import { ROOT, type Timer } from '../instance.ts';
import { Rejection } from '../rejection.ts';
import { nextDue } from '../timetable.ts';
import { trigger } from '../trigger.ts';
import { addNotes, gone } from './common.ts';
import { activateElements } from './ad-hoc.ts';
import { completeJob, failJob, requestAgain, throwJobError, updateJob } from './job.ts';
import { migrate } from './migrate.ts';
import { modify } from './modify.ts';
import { start } from './start.ts';
import { assignTask, completeTask, updateTask } from './task.ts';

type Handlers = { [T in Command['type']]: (x: Execution, command: Extract<Command, { type: T }>) => void };

export const handlers: Handlers = {
  Start: start,
  CompleteTask: completeTask,
  AssignTask: assignTask,
  CompleteJob: completeJob,
  FailJob: failJob,
  ThrowError: throwJobError,
  UpdateTask: updateTask,
  UpdateJob: updateJob,

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
    const id = command.scope ?? ROOT;
    const token = x.instance.scopes.some((scope) => scope.id === id) ? undefined : tokenOf(x, id);
    if (token?.state === 'active' && command.local) openScope(x, token);
    const scope = token?.state === 'active' && !command.local ? token.scope : id;
    if (!x.instance.scopes.some((other) => other.id === scope)) throw gone(x, `scope ${id} to be open`);
    if (command.local) setLocal(x, scope, command.variables);
    else setVariables(x, scope, command.variables);
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
    else requestAgain(x, token, element, command.retries);
  },

  Cancel(x, command) {
    end(x, 'cancelled', command.reason);
  },

  Modify: modify,
  Migrate: migrate,
};

function rearm(x: Execution, { element, host, ...timer }: Timer): void {
  const next = nextDue(timer);
  if (!next) return;
  const set = { type: 'TimerSet', timer: x.draw(), element, host, due: next.due } as const;
  x.emit(next.repeat === undefined ? set : { ...set, repeat: next.repeat });
}
