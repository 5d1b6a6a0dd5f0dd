/** `for`, `some` and `every` (DMN 1.3, 10.3.2.14 and 10.3.2.15). Ranges are walked, never made. */
import { STEP_LIMIT, charge } from '../budget.ts';
import { bind, sizeOf, sourceOf, warn } from '../code.ts';
import type { Code, Compilation, NodeCompiler, Run, Scope } from '../code.ts';
import { equals, order, rangeOf } from '../compare.ts';
import { normalName } from '../names.ts';
import type { SyntaxNode } from '../names.ts';
import { childOf, childrenOf } from '../syntax.ts';
import { FeelDate, daysBetween } from '../temporal.ts';
import { Range, isList } from '../value.ts';
import type { FeelValue } from '../value.ts';

interface Iteration {
  readonly sources: readonly Code[];
  /** What the body knows. */
  readonly inner: Compilation;
}

/** Does its work for one combination of values; false ends the iteration. */
type Body = (run: Run, scope: Scope | null) => boolean;

/** How a walk over a source ended. */
type Ending = 'end' | 'stopped' | 'not a list';

function iterationOf(node: SyntaxNode, compilation: Compilation): Iteration {
  const sources: Code[] = [];
  let inner = compilation;
  const iterators = childOf(node, 'InExpressions');
  for (const iterator of iterators ? childrenOf(iterators) : []) {
    const [name, , source] = childrenOf(iterator);
    if (!name || !source) throw new Error('Expected an iterator to have a name and a source.');
    sources.push(compileSource(source, inner));
    inner = bind(inner, normalName(sourceOf(name, compilation)));
  }
  return { sources, inner };
}

/** A list or range, or `start..end`, which may fall. */
function compileSource(node: SyntaxNode, compilation: Compilation): Code {
  const [first, , last] = node.name === 'IterationContext' ? childrenOf(node) : [node];
  if (!first) throw new Error('Expected an iterator to have a source.');
  const start = compilation.compile(first, compilation);
  if (!last) {
    return (run, scope) => {
      const value = start(run, scope);
      return value instanceof Range && (order(value.start, value.end) ?? 1) > 0 ? null : value;
    };
  }
  const end = compilation.compile(last, compilation);
  return (run, scope) => {
    const [from, to] = [start(run, scope), end(run, scope)];
    return from === null || to === null ? null : rangeOf(from, to, true, true);
  };
}

function iterate(sources: readonly Code[], at: number, run: Run, scope: Scope | null, body: Body): Ending {
  const source = sources[at];
  if (!source) return body(run, scope) ? 'end' : 'stopped';
  const innermost = at === sources.length - 1;
  const value = source(run, scope);
  let ending: Ending = 'end';
  const walked = walk(value, (item) => {
    charge(1);
    const inner: Scope = { value: item, outer: scope };
    if (innermost) ending = body(run, inner) ? 'end' : 'stopped';
    else ending = iterate(sources, at + 1, run, inner, body);
    return ending === 'end';
  });
  if (walked) return ending;
  warn(run, 'Expected a list or a range to go through, but found none; null is used.');
  return 'not a list';
}

/** Goes through a list or range until `visit` gives false; false when there is nothing to go through. */
function walk(value: FeelValue, visit: (item: FeelValue) => boolean): boolean {
  if (isList(value)) {
    for (const item of value) if (!visit(item)) break;
    return true;
  }
  if (!(value instanceof Range)) return false;
  const { start, end, startIncluded, endIncluded } = value;
  if (typeof start === 'number' && typeof end === 'number') {
    walkNumbers(start, end, startIncluded, endIncluded, visit);
    return true;
  }
  if (!(start instanceof FeelDate) || !(end instanceof FeelDate)) return false;
  for (const day of daysBetween(start, end)) {
    const left = (day === start && !startIncluded) || (!endIncluded && equals(day, end) === true);
    if (!left && !visit(day)) break;
  }
  return true;
}

function walkNumbers(
  start: number,
  end: number,
  startIncluded: boolean,
  endIncluded: boolean,
  visit: (item: number) => boolean,
): void {
  const step = start > end ? -1 : 1;
  for (let number = startIncluded ? start : start + step; (end - number) * step >= 0; number += step) {
    if (number === end && !endIncluded) return;
    if (!visit(number)) return;
    // a number that a step does not change would be there for ever
    if (number + step === number) charge(STEP_LIMIT);
  }
}

export const forExpression: NodeCompiler = (node, compilation) => {
  const { sources, inner } = iterationOf(node, compilation);
  const body = childrenOf(node).at(-1);
  if (!body) throw new Error('Expected "for" to have a body.');
  const cost = 1 + sizeOf(body);
  const partial = sourceOf(body, compilation).includes('partial');
  const code = compilation.compile(body, partial ? bind(inner, 'partial', true) : inner);
  return (run, scope) => {
    const results: FeelValue[] = [];
    const ending = iterate(sources, 0, run, scope, (_run, local) => {
      charge(cost);
      results.push(code(run, partial ? { value: results, outer: local } : local) ?? null);
      return true;
    });
    return ending === 'not a list' ? null : results;
  };
};

/** Three-valued: null when no item decides and one has neither true nor false. */
export const quantifiedExpression: NodeCompiler = (node, compilation) => {
  const { sources, inner } = iterationOf(node, compilation);
  const condition = childrenOf(node).at(-1);
  if (!condition) throw new Error('Expected "some" and "every" to have a condition.');
  const cost = 1 + sizeOf(condition);
  const code = compilation.compile(condition, inner);
  /** The value that decides at once. */
  const decisive = childOf(node, 'some') !== undefined;
  return (run, scope) => {
    let unknown = false;
    const ending = iterate(sources, 0, run, scope, (_run, local) => {
      charge(cost);
      const result = code(run, local);
      if (typeof result !== 'boolean') unknown = true;
      return result !== decisive;
    });
    if (ending === 'stopped') return decisive;
    return ending === 'not a list' || unknown ? null : !decisive;
  };
};
