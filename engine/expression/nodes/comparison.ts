/** Comparisons, `in`, `between` and unary tests (DMN 1.3, 10.3.2.3.3, 10.3.2.3.4 and 10.3.1.2, grammar rule 7). */
import { COMPARISONS, equals, isBetween, order, passes, passesAny, rangeOf } from '../compare.ts';
import { sourceOf, warn } from '../code.ts';
import type { Code, Compilation, NodeCompiler, Test } from '../code.ts';
import type { SyntaxNode } from '../names.ts';
import { childOf, childrenOf } from '../syntax.ts';
import { FunctionValue, Range, isList } from '../value.ts';
import type { FeelValue } from '../value.ts';

/** What an operator says about its two sides. */
function relation(operator: string): (a: FeelValue, b: FeelValue) => boolean | null {
  if (operator === '=') return equals;
  if (operator === '!=') {
    return (a, b) => {
      const result = equals(a, b);
      return result === null ? null : !result;
    };
  }
  const holds = COMPARISONS[operator];
  if (!holds) throw new Error(`Expected an operator of comparison, but found ${operator}.`);
  return (a, b) => {
    const result = order(a, b);
    return result === null ? null : holds(result);
  };
}

export const comparison: NodeCompiler = (node, compilation) => {
  const [left, operator, ...others] = childrenOf(node);
  if (!left || !operator) throw new Error('Expected a comparison to have two sides.');
  const value = compilation.compile(left, compilation);
  if (operator.name === 'in') return membership(value, node, compilation);
  const [right, end] = others
    .filter(({ name }) => name !== 'and')
    .map((other) => compilation.compile(other, compilation));
  if (!right) throw new Error('Expected a comparison to have two sides.');
  if (end) return (run, scope) => between(value(run, scope), right(run, scope), end(run, scope));
  const holds = relation(sourceOf(operator, compilation));
  return (run, scope) => holds(value(run, scope), right(run, scope));
};

function between(value: FeelValue, start: FeelValue, end: FeelValue): boolean | null {
  return start === null || end === null ? null : isBetween(value, start, end, true, true);
}

/** `x in test` and `x in (test, test)`. */
function membership(value: Code, node: SyntaxNode, compilation: Compilation): Code {
  const several = childOf(node, 'PositiveUnaryTests');
  const single = childOf(node, 'PositiveUnaryTest');
  const tests = (several ? childrenOf(several) : [single])
    .filter((child) => child?.name === 'PositiveUnaryTest')
    .map((child) => compileMember(child as SyntaxNode, compilation));
  const [only] = tests;
  if (only && tests.length === 1) return (run, scope) => only(run, scope, value(run, scope));
  return (run, scope) => anyOf(tests, run, scope, value(run, scope));
}

/** Three-valued `or` over tests. */
function anyOf(tests: readonly Test[], ...[run, scope, value]: Parameters<Test>): boolean | null {
  let unknown = false;
  for (const test of tests) {
    const result = test(run, scope, value);
    if (result === true) return true;
    if (result === null) unknown = true;
  }
  return unknown ? null : false;
}

/** A test after `in`: a condition, or a value, of which a list stands for all its items. */
function compileMember(node: SyntaxNode, compilation: Compilation): Test {
  const content = contentOf(node);
  const simple = simpleTest(content, compilation);
  if (simple) return simple;
  const code = compilation.compile(content, compilation);
  return (run, scope, value) => {
    const test = code(run, scope);
    if (test === null || test === undefined) return value === null ? true : null;
    if (!isList(test)) return passes(test, value);
    return isList(value) && equals(test, value) === true ? true : passesAny(test, value);
  };
}

function contentOf(node: SyntaxNode): SyntaxNode {
  const [content] = childrenOf(node);
  if (!content) throw new Error(`Expected ${node.name} to hold a test.`);
  return content;
}

/** `> 3`, `[1..5]`: tests that need no value of their own. Undefined for every other node. */
function simpleTest(node: SyntaxNode, compilation: Compilation): Test | undefined {
  if (node.name !== 'SimplePositiveUnaryTest') return undefined;
  const [first, second] = childrenOf(node);
  if (first?.name === 'CompareOp' && second) {
    const holds = relation(sourceOf(first, compilation));
    const code = compilation.compile(second, compilation);
    return (run, scope, value) => holds(value, code(run, scope));
  }
  if (first?.name !== 'Interval') return undefined;
  const code = compilation.compile(first, compilation);
  return (run, scope, value) => {
    const range = code(run, scope);
    return range === null ? null : passes(range, value);
  };
}

/** The ranges that have one bound. */
const BOUNDS: Readonly<Record<string, (bound: FeelValue) => Range>> = {
  '<': (bound) => new Range(undefined, bound, false, false),
  '<=': (bound) => new Range(undefined, bound, false, true),
  '>': (bound) => new Range(bound, undefined, false, false),
  '>=': (bound) => new Range(bound, undefined, true, false),
};

/** A test where an expression stands: the range that it means, or `= 3` as a function. */
export const simplePositiveUnaryTest: NodeCompiler = (node, compilation) => {
  const [first] = childrenOf(node);
  if (first?.name === 'Interval') return compilation.compile(first, compilation);
  const test = simpleTest(node, compilation);
  if (!test) throw new Error('Expected a unary test.');
  const bounds = first && BOUNDS[sourceOf(first, compilation)];
  const bound = childrenOf(node)[1];
  if (bounds && bound) {
    const code = compilation.compile(bound, compilation);
    return (run, scope) => bounds(code(run, scope));
  }
  return (run, scope) => new FunctionValue(['value'], ([value]) => test(run, scope, value ?? null));
};

/** `[1..5)`, `]1..5[`. */
export const interval: NodeCompiler = (node, compilation) => {
  const [open, first, , last, close] = childrenOf(node);
  if (!open || !first || !last || !close) throw new Error('Expected a range to have two bounds.');
  const [start, end] = [compilation.compile(first, compilation), compilation.compile(last, compilation)];
  const [startIncluded, endIncluded] = [open.name === '[', close.name === ']'];
  return (run, scope) => {
    const range = rangeOf(start(run, scope), end(run, scope), startIncluded, endIncluded);
    if (range === null) warn(run, 'Expected bounds of one type, which has an order, but found others; null is used.');
    return range;
  };
};

/** The unary tests of an input entry; always true or false. */
export const unaryTests: NodeCompiler = (node, compilation) => {
  if (childOf(node, 'Wildcard')) return () => true;
  const list = childOf(node, 'PositiveUnaryTests');
  const tests = list ? childrenOf(list).map((child) => compileEntry(contentOf(child), compilation)) : [];
  const negated = childOf(node, 'not') !== undefined;
  const [only] = tests;
  if (only && tests.length === 1) return (run, scope) => (only(run, scope, run.input) === true) !== negated;
  return (run, scope) => (anyOf(tests, run, scope, run.input) === true) !== negated;
};

/** One test of an input entry: a condition over `?` that is true, a value that equals it, a list that holds it. */
function compileEntry(content: SyntaxNode, compilation: Compilation): Test {
  const simple = simpleTest(content, compilation);
  if (simple) return simple;
  const code = compilation.compile(content, compilation);
  if (content.name === 'BooleanLiteral') return (run, scope, value) => code(run, scope) === value;
  return (run, scope, value) => {
    const test = code(run, scope);
    if (typeof test === 'boolean') return test;
    return isList(test) ? passesAny(test, value) : passes(test, value);
  };
}
