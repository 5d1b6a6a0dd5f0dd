import type { AssignTask, CompleteTask } from '../command.ts';
import { elementOf, tokenOf, type Execution } from '../execution.ts';
import type { Task, Token } from '../instance.ts';
import { Rejection } from '../rejection.ts';
import { addNotes, gone } from './common.ts';

/** CompleteTask: the task's element goes on with the values of the form. */
export function completeTask(x: Execution, command: CompleteTask): void {
  const { token, task } = openTask(x, command.task);
  const { by } = command;
  if (by !== undefined) refuseOther(token, task, by);
  if (by !== undefined && task.assignee === null) x.emit({ type: 'TaskAssigned', task: token.id, assignee: by });
  x.emit({ type: 'TaskCompleted', task: token.id });
  addNotes(x, command.notes);
  const element = elementOf(x, token);
  element.behaviour.trigger?.(x, token.id, element, {
    kind: 'task',
    variables: command.variables,
    owner: task.assignee ?? by ?? null,
  });
}

/** AssignTask: `claim` is refused when somebody else has the task. */
export function assignTask(x: Execution, command: AssignTask): void {
  const { token, task } = openTask(x, command.task);
  if (command.claim) refuseOther(token, task, command.assignee);
  x.emit({ type: 'TaskAssigned', task: token.id, assignee: command.assignee });
}

function refuseOther(token: Token, task: Task, person: string | null): void {
  if (task.assignee === null || task.assignee === person) return;
  throw new Rejection('conflict', `Expected task ${token.id} to be free, but ${task.assignee} has it.`);
}

function openTask(x: Execution, id: number): { token: Token; task: Task } {
  const token = tokenOf(x, id);
  if (!token?.task) throw gone(x, `task ${id} to be open`);
  return { token, task: token.task };
}
