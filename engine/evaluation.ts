/** Expressions at work: what they give, and the failures they end in. */
import { BudgetExceeded, type Evaluation, type Expression } from './expression/expression.ts';
import type { Execution } from './execution.ts';
import { Failure } from './failure.ts';
import type { Value, Variables } from './instance.ts';
import { visible } from './variables.ts';

/** Evaluates where an unknown variable is an error: flow conditions, mappings, timers. `more` goes before the variables. */
export function evaluate(x: Execution, scope: number, expression: Expression, what: string, more?: Variables): Value {
  if (expression.fixed) return expression.fixed.value;
  const known = visible(x.instance, scope);
  const { value, missing } = evaluated(x, expression, more ? { ...known, ...more } : known);
  if (value === null && missing.length > 0) {
    throw new Failure(
      'expression',
      `Expected ${what} "${expression.text}" to give a value, but variable ${missing.join(', ')} is unknown. ` +
        'Set the variable, then resolve the incident.',
    );
  }
  return value;
}

/** Evaluates where an unknown variable is simply null: inputs of tasks, assignments, texts. */
export function lookUp(x: Execution, scope: number, expression: Expression): Value {
  return expression.fixed ? expression.fixed.value : evaluated(x, expression, visible(x.instance, scope)).value;
}

/** What the world finds waits and work by has at most so many characters: longer texts have no place in an index. */
const LONGEST_NAME = 500;

/** @throws Failure when the text is too long to be looked for; `what` says what it is */
export function findable(text: string, what: string): string {
  if (text.length <= LONGEST_NAME) return text;
  throw new Failure(
    'expression',
    `Expected ${what} to have at most ${LONGEST_NAME} characters, but found ${text.length} ` +
      `("${text.slice(0, 40)}..."). Set the variable, then resolve the incident.`,
  );
}

/** Runs an expression; one that costs too much is an incident of the token at work. */
function evaluated(x: Execution, expression: Expression, variables: Variables): Evaluation {
  try {
    return expression.evaluate(variables, x.at);
  } catch (cause) {
    if (!(cause instanceof BudgetExceeded)) throw cause;
    throw new Failure('expression', cause.message);
  }
}

/** Whether a flow condition holds; anything but true or false is an error. */
export function holds(x: Execution, scope: number, condition: Expression, more?: Variables): boolean {
  const value = evaluate(x, scope, condition, 'condition', more);
  if (typeof value === 'boolean') return value;
  throw new Failure(
    'expression',
    `Expected condition "${condition.text}" to give true or false, but found ${JSON.stringify(value)}.`,
  );
}
