/** Three-valued logic, `if`, and nodes that only hold another (DMN 1.3, 10.3.2.7 to 10.3.2.10). */
import type { Code, NodeCompiler } from '../code.ts';
import { childrenOf } from '../syntax.ts';

/** Both sides of a chain like `a or b or c`, which the parser nests to the left. */
function operandsOf(...[node, compilation]: Parameters<NodeCompiler>): readonly [Code, Code] {
  const [left, , right] = childrenOf(node);
  if (!left || !right) throw new Error(`Expected ${node.name} to have two sides.`);
  return [compilation.compile(left, compilation), compilation.compile(right, compilation)];
}

export const disjunction: NodeCompiler = (node, compilation) => {
  const [left, right] = operandsOf(node, compilation);
  return (run, scope) => {
    const a = left(run, scope);
    if (a === true) return true;
    const b = right(run, scope);
    if (b === true) return true;
    return a === false && b === false ? false : null;
  };
};

export const conjunction: NodeCompiler = (node, compilation) => {
  const [left, right] = operandsOf(node, compilation);
  return (run, scope) => {
    const a = left(run, scope);
    if (a === false) return false;
    const b = right(run, scope);
    if (b === false) return false;
    return a === true && b === true ? true : null;
  };
};

export const ifExpression: NodeCompiler = (node, compilation) => {
  const parts = childrenOf(node).filter(({ name }) => name !== 'if' && name !== 'then' && name !== 'else');
  const [condition, then, otherwise] = parts.map((part) => compilation.compile(part, compilation));
  if (!condition || !then || !otherwise) throw new Error('Expected "if" to have a condition and two branches.');
  return (run, scope) => (condition(run, scope) === true ? then(run, scope) : otherwise(run, scope));
};

/** `(a)`, and the root of an expression. */
export const inner: NodeCompiler = (node, compilation) => {
  const content = childrenOf(node).find(({ name }) => name !== '(' && name !== ')');
  if (!content) throw new Error(`Expected ${node.name} to hold an expression.`);
  return compilation.compile(content, compilation);
};
