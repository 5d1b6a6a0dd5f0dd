/** Filters and indexes: `list[2]`, `list[price > 10]` (DMN 1.3, 10.3.2.5). */
import { charge } from '../budget.ts';
import { bind, sizeOf } from '../code.ts';
import type { Code, NodeCompiler, Run, Scope } from '../code.ts';
import { passes } from '../compare.ts';
import type { SyntaxNode } from '../names.ts';
import { childrenOf } from '../syntax.ts';
import { FunctionValue, Range, isList } from '../value.ts';
import type { FeelValue } from '../value.ts';

/** Nodes whose value is a number, and nodes whose value is a condition, whatever the values in them are. */
const INDEXES: ReadonlySet<string> = new Set(['NumericLiteral']);
const CONDITIONS: ReadonlySet<string> = new Set([
  'Comparison',
  'Conjunction',
  'Disjunction',
  'QuantifiedExpression',
  'InstanceOfExpression',
  'SimplePositiveUnaryTest',
]);

export const filterExpression: NodeCompiler = (node, compilation) => {
  const [target, , condition] = childrenOf(node);
  if (!target || !condition) throw new Error('Expected a filter to have a condition.');
  const list = compilation.compile(target, compilation);
  const bare = innermost(condition);
  const cost = 1 + sizeOf(condition);
  const test = compilation.compile(condition, { ...bind(compilation, undefined), tolerant: true });
  const filter = (items: readonly FeelValue[], run: Run, scope: Scope | null): FeelValue[] => {
    charge(items.length * cost);
    return items.filter((item) => holds(test(run, { value: item, outer: scope }), item));
  };
  if (CONDITIONS.has(bare.name)) return over(list, filter);
  const outside = compilation.compile(condition, { ...compilation, tolerant: true });
  if (INDEXES.has(bare.name)) return over(list, (items, run, scope) => itemAt(items, outside(run, scope)));
  return over(list, (items, run, scope) => {
    const warnings = run.warnings?.length ?? 0;
    const index = outside(run, scope);
    if (typeof index === 'number') return itemAt(items, index);
    // it is a condition after all; what could not be read outside of the items is no warning
    if (run.warnings) run.warnings.length = warnings;
    return filter(items, run, scope);
  });
};

/** A single value is a list of one; null stays null. */
function over(list: Code, select: (items: readonly FeelValue[], run: Run, scope: Scope | null) => FeelValue): Code {
  return (run, scope) => {
    const value = list(run, scope);
    if (value === null || value === undefined) return null;
    return select(isList(value) ? value : [value], run, scope);
  };
}

/** From 1, or from the end by a negative number. */
function itemAt(items: readonly FeelValue[], index: FeelValue): FeelValue {
  if (typeof index !== 'number') return null;
  return items[index < 0 ? items.length + index : index - 1] ?? null;
}

function holds(result: FeelValue, item: FeelValue): boolean {
  if (result instanceof Range || result instanceof FunctionValue) return passes(result, item) === true;
  return result === true;
}

function innermost(node: SyntaxNode): SyntaxNode {
  const content = childrenOf(node)[1];
  return node.name === 'ParenthesizedExpression' && content ? innermost(content) : node;
}
