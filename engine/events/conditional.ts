/**
 * Conditional event definition (BPMN 2.0, 10.5.5): it comes when its condition holds. The condition is looked at when the
 * event begins to wait, and whenever a variable that it reads is set where it can see it; as long as the event waits, it
 * comes each time. What is unknown, or gives no truth value, does not hold.
 */
import type { ModdleElement } from 'bpmn-moddle';
import type { Compiler } from '../bpmn/compiler.ts';
import { formalExpression } from '../bpmn/formal-expression.ts';
import { extension, text } from '../bpmn/read.ts';
import { tokenOf, type ConditionCheck, type Execution, type VariableChange } from '../execution.ts';
import { BudgetExceeded, type Expression } from '../expression/expression.ts';
import { ROOT, type ConditionWait, type Instant, type Variables } from '../instance.ts';
import type { Element, ProcessModel, StartTrigger } from '../model.ts';
import { trigger, waiting } from '../trigger.ts';
import { scopeOf, visible } from '../variables.ts';
import type { EventDefinition, EventSpec } from './definition.ts';

interface ConditionData {
  readonly condition: Expression;
  /** The variables that make it look again. */
  readonly names: readonly string[];
  /** Whether it looks when a variable is made, and when it is changed. */
  readonly create: boolean;
  readonly update: boolean;
}

export const conditional: EventDefinition<ConditionData> = {
  type: 'bpmn:ConditionalEventDefinition',
  places: ['start', 'event-sub-process', 'boundary', 'catch'],

  compile(node, event, c) {
    const body = formalExpression(node, 'condition', event, c);
    if (body === undefined) {
      c.problem(event, 'condition', `Expected conditional event "${event.id ?? ''}" to have a condition. Write it.`);
    }
    const condition = c.expression(event, body ?? 'false');
    return { condition, ...filterOf(node, event, condition, c) };
  },

  subscribe(x, host, element, data, again) {
    const { definitions } = element.spec as EventSpec;
    const subscription = x.draw();
    const wait = { type: 'ConditionSubscribed', subscription, element: element.id, host } as const;
    const definition = definitions.findIndex((one) => one.data === data);
    x.emit(definitions.length === 1 ? wait : { ...wait, definition });
    if (!again) x.checks.push({ begun: subscription });
  },

  waitsFor: ({ condition, names, create, update }) => JSON.stringify([condition.text, names, create, update]),
  startTrigger: ({ condition }) => ({ kind: 'conditional', condition: condition.text }),
};

/** `zeebe:conditionalFilter`: names of variables and the events `create`, `update`, each separated by commas. */
function filterOf(
  node: ModdleElement,
  event: ModdleElement,
  condition: Expression,
  c: Compiler,
): Omit<ConditionData, 'condition'> {
  const filter = extension(node, 'zeebe:ConditionalFilter');
  const names = filter && text(filter, 'variableNames');
  const events = list((filter && text(filter, 'variableEvents')) ?? 'create, update');
  const unknown = events.filter((one) => one !== 'create' && one !== 'update');
  if (unknown.length > 0) {
    c.problem(
      event,
      'condition-filter',
      `Expected the variable events of "${event.id ?? ''}" to be create and update, but found ${unknown.join(', ')}.`,
    );
  }
  return {
    names: names === undefined ? condition.names : list(names),
    create: events.includes('create'),
    update: events.includes('update'),
  };
}

function list(text: string): string[] {
  return text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
}

/** Looks at the conditional events that begin to wait or see what was set, and lets those come whose condition holds. */
export function checkConditions(x: Execution): void {
  for (let check = x.checks.shift(); check; check = x.checks.shift()) {
    for (const { id } of x.instance.conditions?.slice() ?? []) {
      const wait = x.instance.conditions?.find((other) => other.id === id);
      if (wait) look(x, wait, check);
    }
  }
}

function look(x: Execution, wait: ConditionWait, check: ConditionCheck): void {
  if ('begun' in check && check.begun !== wait.id) return;
  const element = waiting(x, wait);
  const data = dataOf(element, wait.definition);
  const scope = scopeSeen(x, wait.host, element);
  if ('scope' in check && !(concerns(data, check) && sees(x, scope, check.scope))) return;
  const variables = visible(x.instance, scope);
  if (!holds(data, variables, x.at)) return;
  const saw: Variables = {};
  for (const name of data.condition.names) if (variables[name] !== undefined) saw[name] = variables[name];
  x.emit({ type: 'ConditionMet', subscription: wait.id, saw });
  trigger(x, wait, { kind: 'condition', variables: {} });
}

function dataOf(element: Element, definition = 0): ConditionData {
  // A wait of this kind is only opened by this definition.
  return (element.spec as EventSpec).definitions[definition]?.data as ConditionData;
}

function concerns({ names, create, update }: ConditionData, change: VariableChange): boolean {
  return (
    (create && change.created.some((name) => names.includes(name))) ||
    (update && change.updated.some((name) => names.includes(name)))
  );
}

function holds({ condition }: ConditionData, variables: Variables, at: Instant): boolean {
  try {
    return condition.evaluate(variables, at).value === true;
  } catch (cause) {
    // a condition that costs too much gives no truth value
    if (cause instanceof BudgetExceeded) return false;
    throw cause;
  }
}

/** The scope whose variables the condition reads: of a boundary event on a call activity not the inside of the call. */
function scopeSeen(x: Execution, host: number, element: Element): number {
  const token = tokenOf(x, host);
  if (!token) return host === ROOT ? ROOT : host;
  const own = x.instance.scopes.find((scope) => scope.id === host);
  return own && !(own.isolated && element.attachedTo !== null) ? host : token.scope;
}

/** Whether variables of scope `set` are seen from a scope. */
function sees(x: Execution, from: number, set: number): boolean {
  for (let scope = scopeOf(x.instance, from); ;) {
    if (scope.id === set) return true;
    if (scope.isolated || scope.parent === null) return false;
    scope = scopeOf(x.instance, scope.parent);
  }
}

/** The conditional start events of a process whose condition holds for these variables. */
export function conditionalStarts(model: ProcessModel, variables: Variables, at: Instant): StartTrigger[] {
  return model.starts.filter(({ kind, element, definition }) => {
    const start = kind === 'conditional' && model.byId.get(element);
    return start && holds(dataOf(start, definition), variables, at);
  });
}
