/** User task (BPMN 2.0, 10.3.4.1): work for a person, with assignment, form and due date of the `zeebe:` dialect. */
import type { Behaviour } from '../behaviour.ts';
import { extension, text } from '../bpmn/read.ts';
import { findable, lookUp } from '../evaluation.ts';
import { complete, ownScope, tokenOf, type Execution } from '../execution.ts';
import type { Expression } from '../expression/expression.ts';
import { Failure } from '../failure.ts';
import type { Instant, Token, Value, Variables } from '../instance.ts';
import { listen } from '../listeners.ts';
import type { Element } from '../model.ts';
import { parseInstant, TimeError } from '../time.ts';

interface UserTask {
  readonly assignee: Expression;
  readonly groups: Expression;
  readonly users: Expression;
  readonly due: Expression;
  readonly followUp: Expression;
  readonly priority: Expression;
  readonly form: string | null;
}

export const userTask: Behaviour<UserTask> = {
  type: 'bpmn:UserTask',
  globalType: 'bpmn:GlobalUserTask',
  extensions: [
    'zeebe:UserTask',
    'zeebe:AssignmentDefinition',
    'zeebe:TaskSchedule',
    'zeebe:PriorityDefinition',
    'zeebe:FormDefinition',
    'zeebe:TaskListeners',
  ],

  compile(node, c) {
    const read = (type: string, name: string): Expression => {
      const definition = extension(node, type);
      return c.value(node, (definition && text(definition, name)) ?? '');
    };
    const form = extension(node, 'zeebe:FormDefinition');
    if (form && text(form, 'formId') === undefined) {
      c.problem(
        node,
        'form',
        `Expected the form of "${node.id ?? ''}" to be linked by its form id. Choose a deployed form.`,
      );
    }
    return {
      assignee: read('zeebe:AssignmentDefinition', 'assignee'),
      groups: read('zeebe:AssignmentDefinition', 'candidateGroups'),
      users: read('zeebe:AssignmentDefinition', 'candidateUsers'),
      due: read('zeebe:TaskSchedule', 'dueDate'),
      followUp: read('zeebe:TaskSchedule', 'followUpDate'),
      priority: read('zeebe:PriorityDefinition', 'priority'),
      form: (form && text(form, 'formId')) ?? null,
    };
  },

  enter(x, token, element) {
    if (!listen(x, token, element, 'creating')) create(x, token, element);
  },

  heard(x, token, element, { event, pending = {} }) {
    const { assignee = null, variables = {}, owner = null } = pending;
    if (event === 'creating') return create(x, token, element);
    if (event === 'assigning') return x.emit({ type: 'TaskAssigned', task: token.id, assignee });
    x.emit({ type: 'TaskCompleted', task: token.id });
    completeTask(x, token, element, variables, owner);
  },

  /** Who has the task and when it is due stays; its form is what the release has. */
  migrated(x, token, { spec: { form } }, before) {
    if (token.task && form !== before.spec.form) x.emit({ type: 'TaskUpdated', task: token.id, form });
  },

  references({ spec }) {
    return spec.form === null ? [] : [{ kind: 'forms', id: spec.form }];
  },

  /** Output mappings also see `actualOwner`, who did the task. */
  trigger(x, host, element, { variables, owner = null }) {
    const token = tokenOf(x, host);
    if (token) completeTask(x, token, element, variables, owner);
  },
};

function completeTask(x: Execution, token: Token, { outputs }: Element, given: Variables, actualOwner: Value): void {
  complete(x, token, outputs.length > 0 ? { ...given, actualOwner } : given);
}

function create(x: Execution, token: Token, { id, spec }: Element<UserTask>): void {
  const scope = ownScope(x, token);
  const assignee = lookUp(x, scope, spec.assignee);
  const due = instant(x, scope, spec.due, id);
  const followUp = instant(x, scope, spec.followUp, id);
  x.emit({
    type: 'TaskCreated',
    task: token.id,
    element: id,
    assignee: typeof assignee === 'string' && assignee !== '' ? findable(assignee, `the assignee of "${id}"`) : null,
    groups: names(lookUp(x, scope, spec.groups), id),
    users: names(lookUp(x, scope, spec.users), id),
    priority: priority(x, scope, spec.priority, id),
    ...(due === null ? {} : { due }),
    ...(followUp === null ? {} : { followUp }),
    ...(spec.form === null ? {} : { form: spec.form }),
  });
}

/** A list of names, or one text with commas between them. */
function names(value: Value, id: string): string[] {
  if (value === '') return [];
  const list = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [];
  return list
    .filter((name) => typeof name === 'string')
    .map((name) => findable(name.trim(), `every candidate of "${id}"`))
    .filter((name) => name !== '');
}

function instant(x: Execution, scope: number, expression: Expression, id: string): Instant | null {
  const value = lookUp(x, scope, expression);
  if (value === null || value === '') return null;
  try {
    if (typeof value === 'string') return parseInstant(value);
  } catch (cause) {
    if (!(cause instanceof TimeError)) throw cause;
  }
  throw new Failure(
    'expression',
    `Expected the date of task "${id}" to be an ISO 8601 date and time, but found ${JSON.stringify(value)}.`,
  );
}

function priority(x: Execution, scope: number, expression: Expression, id: string): number {
  const value = lookUp(x, scope, expression);
  if (value === null || value === '') return 50;
  const number = Number(value);
  if (Number.isInteger(number) && number >= 0 && number <= 100) return number;
  throw new Failure(
    'expression',
    `Expected the priority of task "${id}" to be a whole number from 0 to 100, but found ${JSON.stringify(value)}.`,
  );
}
