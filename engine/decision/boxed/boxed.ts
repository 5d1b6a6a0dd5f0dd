/** Boxed expressions: the kinds of logic that a decision can have, one file each. */
import type { FeelValue, Form, Program, Shape } from '../../expression/feel.ts';
import type { Instant } from '../../instance.ts';
import type { DmnExpression, DmnText } from '../decision-file.ts';
import type { ItemDefinitions } from '../item-definition.ts';

/** Variables during the evaluation of a decision. */
export type FeelContext = Readonly<Record<string, FeelValue>>;

/** What a boxed expression gave. */
export interface BoxedResult {
  readonly value: FeelValue;
  /** Ids of the rules that matched, in table order; empty for other kinds. */
  readonly rules: readonly string[];
  /** What a table's input expressions gave, by label or text. */
  readonly inputs: FeelContext;
}

/** Collects what an evaluation has to say beside its result. */
export interface Findings {
  warn(warning: string): void;
  miss(variable: string): void;
}

/** A compiled boxed expression. */
export interface Boxed {
  /** @throws DecisionError when the inputs have no answer */
  evaluate(context: FeelContext, at: Instant, findings: Findings): BoxedResult;
}

/** What the compilation of one decision's logic knows and may report to. */
export interface BoxedCompiler {
  /** Names that the logic can read. */
  readonly shape: Shape;
  readonly items: ItemDefinitions;
  /** Id to name when an element has none of its own. */
  readonly decision: string;
  /** Reports an error of the model. */
  report(rule: string, element: string | undefined, message: string): void;
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
  /** null after an error was reported. */
  compile(expression: DmnExpression, compiler: BoxedCompiler): Boxed | null;
}

/** Runs a program of a decision and tells the findings. */
export function runProgram(program: Program, context: FeelContext, at: Instant, findings: Findings): FeelValue {
  const { value, missing, warnings } = program.run(context, at);
  for (const name of missing) findings.miss(name);
  for (const warning of warnings) findings.warn(warning);
  return value;
}

/** The result of a kind that has no rules. */
export function plainResult(value: FeelValue): BoxedResult {
  return { value: value ?? null, rules: [], inputs: {} };
}

/** All parts, or null when one of them has an error. */
export function complete<T>(parts: readonly (T | null)[]): readonly T[] | null {
  const good = parts.filter((part): part is T & NonNullable<unknown> => part !== null);
  return good.length === parts.length ? good : null;
}
