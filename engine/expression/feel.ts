/**
 * FEEL programs: text compiled once to closures, run often. Programs work on FEEL values (numbers, texts, lists,
 * contexts as in JSON; dates, times and durations as feelin's objects), which the decision tables pass on among
 * themselves. What leaves the engine goes through `toPlain` first.
 */
import type { Instant } from '../instance.ts';
import { charge, close, enter, leave, named, open } from './budget.ts';
import { builtInNamed } from './built-in/index.ts';
import { sizeOf } from './code.ts';
import type { Run } from './code.ts';
import { compileNode } from './compile-node.ts';
import { ExpressionError } from './expression-error.ts';
import { isScalar, readScalar, readScalars } from './literal.ts';
import type { Scalar } from './literal.ts';
import { findMentions } from './names.ts';
import type { Mention } from './names.ts';
import { parse } from './syntax.ts';
import type { Form } from './syntax.ts';
import { FunctionValue } from './value.ts';
import type { Context, FeelValue } from './value.ts';

export type { Form } from './syntax.ts';
export type { FeelValue } from './value.ts';

/**
 * The variables that are known when a text is compiled, with the contexts in them as nested shapes. Only needed for
 * functions among the variables, and for names with operators or keywords in them ("Mike's age", "a-b", "profit and
 * loss"); plain names need no declaration.
 */
export type Shape = { readonly [name: string]: Shape | null };

/** What a run gave. */
export interface Outcome {
  readonly value: FeelValue;
  /** Variables that were read, but are not in the context. */
  readonly missing: readonly string[];
  readonly warnings: readonly string[];
}

/** A compiled text. Whatever fails in a run is null and a warning, but for what a `feelFunction` throws. */
export interface Program {
  readonly text: string;
  /** Names of the variables that it may read, in the order of their first mention. */
  readonly names: readonly string[];
  /**
   * @param context variables by name; it is only read, so it needs no copy
   * @param input the tested value `?` of unary tests; without it, the entry `?` of the context
   * @throws BudgetExceeded
   */
  run(context: Context, at: Instant, input?: FeelValue): Outcome;
}

/** An input entry that every value passes. */
const ANYTHING = /^\s*-?\s*$/u;
/** Functions that would give another value when a history is run again. */
const RANDOM = new Set(['random number', 'random', 'uuid', 'rand']);
/** Levels that a function outside of a text takes: of boxed expressions around its own texts. */
const BOXED_DEPTH = 40;
/** What most runs have to say beside their value. */
const NOTHING: readonly string[] = Object.freeze([]);

/** @throws ExpressionError when the text is not FEEL, or calls a function that FEEL does not have or that is random. */
export function compileProgram(text: string, form: Form, shape: Shape = {}): Program {
  if (form === 'expression') {
    const scalar = readScalar(text);
    return scalar === undefined ? compiled(text, form, shape) : constantProgram(text, scalar);
  }
  if (ANYTHING.test(text)) return constantProgram(text, true);
  const program = compiled(text, form, shape);
  const scalars = readScalars(text);
  return scalars ? scalarTests(program, scalars) : program;
}

function constantProgram(text: string, value: Scalar): Program {
  const outcome: Outcome = { value, missing: NOTHING, warnings: NOTHING };
  return { text, names: [], run: () => outcome };
}

const PASSED: Outcome = { value: true, missing: NOTHING, warnings: NOTHING };
const FAILED: Outcome = { value: false, missing: NOTHING, warnings: NOTHING };

/** Tests that are literals need no run while the tested value is a scalar. */
function scalarTests(program: Program, scalars: readonly Scalar[]): Program {
  return {
    ...program,
    run(context, at, input = context['?'] ?? null) {
      if (!isScalar(input)) return program.run(context, at, input);
      return scalars.includes(input) ? PASSED : FAILED;
    },
  };
}

function compiled(text: string, form: Form, shape: Shape): Program {
  const top = parse(text, form, { 'is defined': null, 'get or else': null, ...shape });
  const mentions = findMentions(top, text);
  for (const call of mentions.calls) checkCall(call, text, shape);
  const functions = mentions.calls.filter((call) => Object.hasOwn(shape, call.name));
  const names = [...new Set([...mentions.variables, ...functions].map((mention) => mention.name))];
  const code = compileNode(top, { text, shape, bindings: null, tolerant: false, compile: compileNode });
  const cost = sizeOf(top);
  return {
    text,
    names,
    run(context, at, input = context['?'] ?? null) {
      const run: Run = { context, input, at, missing: null, warnings: null };
      const outermost = open();
      try {
        charge(cost);
        const value = code(run, null) ?? null;
        return { value, missing: run.missing ?? NOTHING, warnings: run.warnings ?? NOTHING };
      } catch (error) {
        throw named(error, text);
      } finally {
        if (outermost) close();
      }
    },
  };
}

/** A function that FEEL texts can call by position or by the names of its parameters. What its body throws goes through. */
export function feelFunction(parameters: readonly string[], body: (values: FeelValue[]) => FeelValue): FeelValue {
  return new FunctionValue(parameters, (values) => {
    charge(10);
    enter(BOXED_DEPTH);
    const result = body(parameters.map((_parameter, index) => values[index] ?? null));
    leave(BOXED_DEPTH);
    return result;
  });
}

function checkCall(call: Mention, text: string, shape: Shape): void {
  const { name, from, to } = call;
  if (RANDOM.has(name)) {
    const message = `Expected an expression that gives the same value whenever it is run again, but found the random function ${name}(). Let a job set a variable instead.`;
    throw new ExpressionError(message, text, { from, to });
  }
  if (!Object.hasOwn(shape, name) && !builtInNamed(name)) {
    throw new ExpressionError(`Expected a function of FEEL, but found ${name}(). Correct its name.`, text, {
      from,
      to,
    });
  }
}
