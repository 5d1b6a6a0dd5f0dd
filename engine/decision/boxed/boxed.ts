/** Boxed expressions: the kinds of logic that a decision can have, one file each. */
import type { FeelValue, Form, Program, Shape } from '../../expression/feel.ts';
import type { Instant } from '../../instance.ts';
import type { DmnExpression, DmnText } from '../decision-file.ts';
import type { FeelType } from '../type.ts';

/** Variables during the evaluation of a decision. */
export type FeelContext = Readonly<Record<string, FeelValue>>;

/** What an evaluation writes down beside its result. */
export interface Trace {
  /** What `now()` gives. */
  readonly at: Instant;
  readonly warn: (warning: string) => void;
  /** A variable was read that does not exist. */
  readonly miss: (variable: string) => void;
  /**
   * A table was evaluated.
   * @param rules ids of the rules that matched, in table order
   * @param inputs what its input expressions gave, by label or text
   */
  readonly matched: (rules: readonly string[], inputs: FeelContext) => void;
}

/** A compiled boxed expression. */
export interface Boxed {
  /** @throws DecisionError when the inputs have no answer */
  evaluate(context: FeelContext, trace: Trace): FeelValue;
}

/** What the compilation of one element's logic knows and may report to. */
export interface BoxedCompiler {
  /** Names that the logic can read. */
  readonly shape: Shape;
  /** Id to name when an element has none of its own. */
  readonly decision: string;
  /** Reports an error of the model. */
  report(rule: string, element: string | undefined, message: string): void;
  /** The type that a typeRef names; null is any value. An unknown one is reported as a warning. */
  type(typeRef: string | undefined, element: string | undefined): FeelType | null;
  /** Compiles a FEEL text; null after an error was reported. */
  feel(text: DmnText, form: Form, element: string | undefined): Program | null;
  /** Compiles a boxed expression inside another; null after an error was reported. */
  inner(expression: DmnExpression | undefined, element: string | undefined): Boxed | null;
  /** The same compiler with more names. */
  knowing(names: Shape): BoxedCompiler;
}

/** One kind of boxed expression. */
export interface BoxedKind {
  /** moddle name of its element. */
  readonly type: string;
  /** Whether its typeRef is not the type of its result. */
  readonly untyped?: true;
  /** null after an error was reported. */
  compile(expression: DmnExpression, compiler: BoxedCompiler): Boxed | null;
}

/** Runs a program of a decision and writes down what it found. */
export function runProgram(program: Program, context: FeelContext, trace: Trace): FeelValue {
  const { value, missing, warnings } = program.run(context, trace.at);
  if (missing.length > 0) for (const name of missing) trace.miss(name);
  if (warnings.length > 0) for (const warning of warnings) trace.warn(warning);
  return value;
}

/** All parts, or null when one of them has an error. */
export function complete<T>(parts: readonly (T | null)[]): readonly T[] | null {
  const good = parts.filter((part): part is T & NonNullable<unknown> => part !== null);
  return good.length === parts.length ? good : null;
}
