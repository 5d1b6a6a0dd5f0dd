/** FEEL as the rest of the engine sees it: compiled once, evaluated over plain JSON. */
import type { Instant, Value, Variables } from '../instance.ts';
import { named } from './budget.ts';
import { compileProgram } from './feel.ts';
import { toPlain } from './plain.ts';
import type { Outcome, Shape } from './feel.ts';

export { BudgetExceeded, withBudget } from './budget.ts';
export { ExpressionError } from './expression-error.ts';
export type { Shape } from './feel.ts';

/** What an evaluation gave. */
export interface Evaluation {
  /**
   * Plain JSON: dates, times, date-times and durations are ISO 8601 strings (named zones as their offset), a range or a
   * function is null and a warning.
   */
  readonly value: Value;
  /**
   * Variables that were read, but do not exist (one that is null does). Not counted: what only the condition of a
   * filter reads (it may be an entry of the items), and the first argument of `is defined` and `get or else`.
   */
  readonly missing: readonly string[];
  /** Why something became null, in English. */
  readonly warnings: readonly string[];
}

/** A compiled expression, or a static text. */
export interface Expression {
  readonly text: string;
  /** Variables that it may read, in the order of their first mention; `now` and `today` as functions are none. */
  readonly names: readonly string[];
  /** Of a static text: what it gives, whatever the variables are. */
  readonly fixed?: Evaluation;
  /**
   * @param at what `now()` (UTC) and `today()` give; a variable of that name goes first
   * Whatever fails is null and a warning, but for what costs too much.
   * @throws BudgetExceeded
   */
  evaluate(context: Variables, at: Instant): Evaluation;
}

/** Compiled unary tests: an input entry of a decision table. */
export interface UnaryTests {
  readonly text: string;
  readonly names: readonly string[];
  /**
   * Whether `input` (also `?` in the text) passes; null when FEEL cannot tell.
   * @throws BudgetExceeded
   */
  evaluate(input: Value, context: Variables, at: Instant): boolean | null;
}

/**
 * Compiles a FEEL expression (without a leading `=`).
 * @param shape declares names with operators or keywords in them
 * @throws ExpressionError
 */
export function compileExpression(text: string, shape?: Shape): Expression {
  const program = compileProgram(text, 'expression', shape);
  return { text, names: program.names, evaluate: (context, at) => plainly(program.run(context, at), text) };
}

/**
 * Compiles an attribute of a diagram: `=` begins an expression, everything else is the text itself.
 * @throws ExpressionError
 */
export function compileValue(text: string): Expression {
  if (text.startsWith('=')) return { ...compileExpression(text.slice(1)), text };
  const fixed: Evaluation = { value: text, missing: [], warnings: [] };
  return { text, names: [], fixed, evaluate: () => fixed };
}

/**
 * Compiles the unary tests of an input entry: `-`, `"a", "b"`, `[1..5]`, `not(< 3)`, `? in x`.
 * @throws ExpressionError
 */
export function compileUnaryTests(text: string, shape?: Shape): UnaryTests {
  const program = compileProgram(text, 'unary-tests', shape);
  return {
    text,
    names: program.names,
    evaluate: (input, context, at) => {
      const { value } = program.run(context, at, input);
      return typeof value === 'boolean' ? value : null;
    },
  };
}

function plainly(outcome: Outcome, text: string): Evaluation {
  const { value } = outcome;
  if (value === null || typeof value === 'boolean' || (typeof value === 'string' && value.length < 1000)) {
    return outcome as Evaluation;
  }
  const warnings = [...outcome.warnings];
  try {
    return { value: toPlain(value, (warning) => warnings.push(warning)), missing: outcome.missing, warnings };
  } catch (error) {
    throw named(error, text);
  }
}
