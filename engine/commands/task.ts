import type { AssignTask, CompleteTask, UpdateTask } from '../command.ts';
import { elementOf, tokenOf, type Execution } from '../execution.ts';
import type { Instant, Task, Token } from '../instance.ts';
import { listen } from '../listeners.ts';
import { Rejection } from '../rejection.ts';
import { addNotes, gone } from './common.ts';

/** CompleteTask: the task's element goes on with the values of the form, after its listeners. */
export function completeTask(x: Execution, command: CompleteTask): void {
  const { token, task } = openTask(x, command.task);
  const { by, variables, notes } = command;
  if (by !== undefined) refuseOther(token, task, by);
  if (by !== undefined && task.assignee === null) x.emit({ type: 'TaskAssigned', task: token.id, assignee: by });
  const element = elementOf(x, token);
  const owner = task.assignee ?? by ?? null;
  if (element.listeners.length > 0 && listen(x, token, element, 'completing', 0, { variables, owner })) {
    return addNotes(x, notes);
  }
  x.emit({ type: 'TaskCompleted', task: token.id });
  addNotes(x, notes);
  element.behaviour.trigger?.(x, token.id, element, { kind: 'task', variables, owner });
}

/** AssignTask: `claim` is refused when somebody else has the task. */
export function assignTask(x: Execution, command: AssignTask): void {
  const { token, task } = openTask(x, command.task);
  const { assignee } = command;
  if (command.claim) refuseOther(token, task, assignee);
  const element = elementOf(x, token);
  if (element.listeners.length > 0 && listen(x, token, element, 'assigning', 0, { assignee })) return;
  x.emit({ type: 'TaskAssigned', task: token.id, assignee });
}

/** UpdateTask: who may do it and when, without telling anybody. */
export function updateTask(x: Execution, { task, groups, users, due, followUp, priority }: UpdateTask): void {
  openTask(x, task);
  checkDate('due date', due);
  checkDate('follow-up date', followUp);
  if (priority !== undefined && !(Number.isInteger(priority) && priority >= 0 && priority <= 100)) {
    throw new Rejection('invalid', `Expected the priority to be a whole number from 0 to 100, but found ${priority}.`);
  }
  x.emit({
    type: 'TaskUpdated',
    task,
    ...(groups === undefined ? {} : { groups }),
    ...(users === undefined ? {} : { users }),
    ...(due === undefined ? {} : { due }),
    ...(followUp === undefined ? {} : { followUp }),
    ...(priority === undefined ? {} : { priority }),
  });
}

function checkDate(what: string, date: Instant | null | undefined): void {
  if (date === undefined || date === null || Number.isSafeInteger(date)) return;
  throw new Rejection('invalid', `Expected the ${what} to be in milliseconds since 1970, but found ${date}.`);
}

function refuseOther(token: Token, task: Task, person: string | null): void {
  if (task.assignee === null || task.assignee === person) return;
  throw new Rejection('conflict', `Expected task ${token.id} to be free, but ${task.assignee} has it.`);
}

function openTask(x: Execution, id: number): { token: Token; task: Task } {
  const token = tokenOf(x, id);
  if (!token?.task) throw gone(x, `task ${id} to be open`);
  if (token.job) throw gone(x, `task ${id} to be free, while a listener of it is busy,`);
  return { token, task: token.task };
}
