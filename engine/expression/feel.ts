/**
 * FEEL programs: text compiled once, run often. Only this folder knows the interpreter (feelin); programs work on
 * FEEL values (numbers, strings, lists, contexts as in JSON; dates, times and durations as feelin's objects), which the
 * decision tables pass on among themselves. What leaves the engine goes through `toPlain` first.
 */
import {
  FeelFunction,
  SyntaxError as FeelinSyntaxError,
  evaluate,
  parseDate,
  parseDateTime,
  parseExpression,
  parseUnaryTests,
  unaryTest,
} from 'feelin';
import type { Instant } from '../instance.ts';
import { EXTENSIONS, isTolerant } from './extensions.ts';
import { ExpressionError } from './expression-error.ts';
import { isScalar, readScalar, readScalars } from './literal.ts';
import type { Scalar } from './literal.ts';
import { findMentions, normalName } from './names.ts';
import type { Mention, Mentions, Span, SyntaxNode } from './names.ts';

/** A value during evaluation: JSON, or one of feelin's temporal objects, ranges and functions. */
export type FeelValue = unknown;

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

/** A compiled text. `run` turns whatever fails into null and a warning; only what a `feelFunction` throws goes through. */
export interface Program {
  readonly text: string;
  /** Names of the variables that it may read, in the order of their first mention. */
  readonly names: readonly string[];
  /** @param context variables by name; for unary tests also the tested value under `?` */
  run(context: Readonly<Record<string, FeelValue>>, at: Instant): Outcome;
}

/** The two forms of FEEL texts: an expression, or the unary tests of a decision table's input entry. */
export type Form = 'expression' | 'unary-tests';

/** Backticks around names and functions of Camunda are part of the dialect. */
const DIALECT = 'camunda';
/** An input entry that every value passes. */
const ANYTHING = /^\s*-?\s*$/u;
const PLAIN_NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;
/** Functions that would give another value when a history is run again. */
const RANDOM = new Set(['random number', 'random', 'uuid', 'rand']);

/** @throws ExpressionError when the text is not FEEL, or calls a function that FEEL does not have or that is random. */
export function compileProgram(text: string, form: Form, shape: Shape = {}): Program {
  if (form === 'expression') {
    const scalar = readScalar(text);
    return scalar === undefined ? interpreted(text, form, shape) : constantProgram(text, scalar);
  }
  if (ANYTHING.test(text)) return constantProgram(text, true);
  const scalars = readScalars(text);
  const program = interpreted(text, form, shape);
  if (!scalars) return program;
  return {
    ...program,
    run: (context, at) => {
      const input = context['?'] ?? null;
      if (!isScalar(input)) return program.run(context, at);
      return { value: scalars.includes(input), missing: [], warnings: [] };
    },
  };
}

function constantProgram(text: string, value: Scalar): Program {
  const outcome: Outcome = { value, missing: [], warnings: [] };
  return { text, names: [], run: () => outcome };
}

/** Whether an expression is the name of one variable and nothing else: most inputs of tables and of mappings. */
function isVariable(text: string): boolean {
  const [mention, ...others] = findMentions(parseExpression(text, {}, DIALECT).topNode, text).variables;
  const only = mention?.name === text && others.length === 0 && PLAIN_NAME.test(text);
  return only && typeof evaluate(text, {}, DIALECT).value !== 'function';
}

function variableProgram(text: string): Program {
  const name = text.trim();
  const absent: Outcome = { value: null, missing: [name], warnings: [`Variable '${name}' not found`] };
  const read = (context: Readonly<Record<string, FeelValue>>): Outcome => {
    const value = Object.hasOwn(context, name) ? context[name] : undefined;
    return value === undefined ? absent : { value, missing: [], warnings: [] };
  };
  return { text, names: [name], run: read };
}

function interpreted(text: string, form: Form, shape: Shape): Program {
  const parser = form === 'expression' ? parseExpression : parseUnaryTests;
  const parse = (source: string): SyntaxNode => parser(source, { ...EXTENSIONS, ...shape }, DIALECT).topNode;
  const top = parse(text);
  if (findNode(top, (node) => node.name === '⚠')) throw syntaxError(text, form, shape);
  const dangling = findNode(top, isDanglingTest);
  if (dangling) throw danglingTest(dangling, text);
  const mentions = findMentions(top, text);
  for (const call of mentions.calls) checkCall(call, text, shape);
  if (form === 'expression' && isVariable(text.trim())) return variableProgram(text);

  const source = quoteNames(text, mentions);
  const runtime = source === text ? mentions : findMentions(parse(source), source);
  const functions = mentions.calls.filter((call) => Object.hasOwn(shape, call.name));
  const names = [...new Set([...mentions.variables, ...functions].map((mention) => mention.name))];
  const tolerated = [
    ...runtime.filters,
    ...runtime.calls.filter((call) => isTolerant(call.name)).flatMap((call) => call.arguments.slice(0, 1)),
  ];
  const interpret = form === 'expression' ? evaluate : unaryTest;
  return {
    text,
    names,
    run: (context, at) => runFeel(interpret, source, contextFor(names, context, at), tolerated),
  };
}

/** A function that FEEL texts can call by position or by the names of its parameters. */
export function feelFunction(parameters: readonly string[], body: (values: FeelValue[]) => FeelValue): FeelValue {
  const call = (...values: FeelValue[]) => {
    try {
      return body(values);
    } catch (error) {
      throw new FunctionFailure(error);
    }
  };
  return new FeelFunction(call, [...parameters]);
}

/** Carries what the body of a function threw through the interpreter, whose own errors mean null. */
class FunctionFailure extends Error {
  constructor(cause: unknown) {
    super('A function failed.', { cause });
  }
}

type Interpret = typeof evaluate | typeof unaryTest;

function runFeel(interpret: Interpret, source: string, context: Record<string, unknown>, tolerated: Span[]): Outcome {
  try {
    const { value, warnings } = interpret(source, context, DIALECT);
    const missing = warnings
      .filter(({ type, position }) => type === 'NO_VARIABLE_FOUND' && !tolerated.some((span) => covers(span, position)))
      .map(({ position }) => normalName(source.slice(position.from, position.to)));
    return { value, missing: [...new Set(missing)], warnings: [...new Set(warnings.map(({ message }) => message))] };
  } catch (error) {
    if (error instanceof FunctionFailure) throw error.cause;
    // FEEL has no errors: feelin throws for what it has not implemented and for endless recursion, both mean null
    const reason = error instanceof Error ? error.message : String(error);
    return { value: null, missing: [], warnings: [`Expected "${source}" to have a value, but found: ${reason}`] };
  }
}

/** Only what is read is handed over, since feelin copies its context; an absent variable stays undefined. */
function contextFor(names: readonly string[], context: Readonly<Record<string, FeelValue>>, at: Instant) {
  const instant = new Date(at).toISOString();
  const given: Record<string, unknown> = {
    ...EXTENSIONS,
    now: () => parseDateTime(instant),
    today: () => parseDate(instant.slice(0, 10)),
  };
  for (const name of names) {
    const key = keyFor(name, context);
    if (key !== undefined) given[name] = context[key];
    else if (name !== 'now' && name !== 'today') given[name] = undefined;
  }
  for (const name of ['?', 'now', 'today']) if (Object.hasOwn(context, name)) given[name] = context[name];
  return given;
}

function keyFor(name: string, context: Readonly<Record<string, FeelValue>>): string | undefined {
  if (Object.hasOwn(context, name)) return name;
  if (PLAIN_NAME.test(name)) return undefined;
  const squashed = name.replaceAll(/\s/gu, '');
  return Object.keys(context).find((key) => key.replaceAll(/\s/gu, '') === squashed);
}

function covers(span: Span, position: Span): boolean {
  return span.from <= position.from && position.to <= span.to;
}

/** Names with blanks or operators are put into backticks, so that the run reads them as the compiler did. */
function quoteNames(text: string, mentions: Mentions): string {
  const called = new Set(mentions.calls.map((call) => call.from));
  return [...mentions.variables, ...mentions.entries]
    .filter((mention) => !called.has(mention.from) && !PLAIN_NAME.test(mention.name))
    .sort((a, b) => b.from - a.from)
    .reduce((source, { from, to, name }) => `${source.slice(0, from)}\`${name}\`${source.slice(to)}`, text);
}

function checkCall(call: Mention, text: string, shape: Shape): void {
  const { name, from, to } = call;
  if (RANDOM.has(name)) {
    const message = `Expected an expression that gives the same value whenever it is run again, but found the random function ${name}(). Let a job set a variable instead.`;
    throw new ExpressionError(message, text, { from, to });
  }
  if (Object.hasOwn(EXTENSIONS, name) || Object.hasOwn(shape, name)) return;
  if (typeof evaluate(name, {}, DIALECT).value !== 'function') {
    throw new ExpressionError(`Expected a function of FEEL, but found ${name}().`, text, { from, to });
  }
}

/**
 * Whether there is a comparison without a left side (`== 1` after a value, `and > 3`). The parser takes it for a unary
 * test; its value would be null for ever, without a word to the author.
 */
function isDanglingTest(node: SyntaxNode, parent: SyntaxNode | null): boolean {
  if (node.name !== 'SimplePositiveUnaryTest' || node.firstChild?.name !== 'CompareOp') return false;
  if (parent?.name === 'Comparison') return parent.firstChild?.nextSibling?.name === 'CompareOp';
  return ['Expression', 'Conjunction', 'Disjunction', 'SimplePositiveUnaryTest'].includes(parent?.name ?? '');
}

function danglingTest({ from, to }: Span, text: string): ExpressionError {
  const found = text.slice(from, to);
  const message = `Expected a value on both sides of each comparison, but found "${found}" at character ${from + 1} in "${text}". Equality is one "=".`;
  return new ExpressionError(message, text, { from, to });
}

function findNode(
  node: SyntaxNode,
  matches: (node: SyntaxNode, parent: SyntaxNode | null) => boolean,
  parent: SyntaxNode | null = null,
): SyntaxNode | null {
  if (matches(node, parent)) return node;
  for (let child = node.firstChild; child; child = child.nextSibling) {
    const found = findNode(child, matches, node);
    if (found) return found;
  }
  return null;
}

/** feelin words its syntax errors only when it evaluates; it throws them before anything is run. */
function syntaxError(text: string, form: Form, shape: Shape): ExpressionError {
  const wanted = form === 'expression' ? 'a FEEL expression' : 'FEEL unary tests';
  try {
    (form === 'expression' ? evaluate : unaryTest)(text, { ...EXTENSIONS, ...shape }, DIALECT);
  } catch (error) {
    if (error instanceof FeelinSyntaxError) {
      const { from, to } = error.position;
      const found = text.slice(from, to).trim();
      const place = found === '' ? 'the end of the text' : `"${found}" at character ${from + 1}`;
      const message = `Expected ${wanted}, but found ${place} in "${text}" (${error.message}).`;
      return new ExpressionError(message, text, { from, to }, error);
    }
  }
  return new ExpressionError(`Expected ${wanted}, but found "${text}".`, text, { from: 0, to: text.length });
}
