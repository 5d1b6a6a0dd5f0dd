/** `instance of` (DMN 1.3, 10.3.2.3.2). */
import { charge } from '../budget.ts';
import { sourceOf } from '../code.ts';
import type { Compilation, NodeCompiler } from '../code.ts';
import { normalName } from '../names.ts';
import type { SyntaxNode } from '../names.ts';
import { childOf, childrenOf } from '../syntax.ts';
import { isContext, isList, kindOf } from '../value.ts';
import type { FeelValue } from '../value.ts';

/** Whether a value is of a type. */
export type TypeTest = (value: FeelValue) => boolean;

export const instanceOf: NodeCompiler = (node, compilation) => {
  const [left] = childrenOf(node);
  const type = childOf(node, 'Type');
  if (!left || !type) throw new Error('Expected "instance of" to have a value and a type.');
  const code = compilation.compile(left, compilation);
  const test = typeTest(type, compilation);
  return (run, scope) => test(code(run, scope) ?? null);
};

/** Compiled types, by node. */
const TYPES: Readonly<Record<string, (node: SyntaxNode, compilation: Compilation) => TypeTest>> = {
  Type: (node, compilation) => typeTest(childrenOf(node)[0], compilation),
  QualifiedName: (node, compilation) => named(normalName(sourceOf(node, compilation))),
  SpecialType: (node, compilation) => named(normalName(sourceOf(node, compilation))),
  FunctionType: () => named('function'),
  ListType(node, compilation) {
    const item = typeTest(childOf(node, 'Type'), compilation);
    return (value) => {
      if (!isList(value)) return false;
      charge(value.length);
      return value.every(item);
    };
  },
  ContextType(node, compilation) {
    const list = childOf(node, 'ContextEntryTypes');
    const entries = (list ? childrenOf(list) : [])
      .filter(({ name }) => name === 'ContextEntryType')
      .map((entry) => {
        const [name] = childrenOf(entry);
        const key = name ? normalName(sourceOf(name, compilation)) : '';
        return { key, test: typeTest(childOf(entry, 'Type'), compilation) };
      });
    return (value) =>
      isContext(value) && entries.every(({ key, test }) => Object.hasOwn(value, key) && test(value[key] ?? null));
  },
};

/** Compiles a type. */
export function typeTest(node: SyntaxNode | undefined, compilation: Compilation): TypeTest {
  const compile = node && TYPES[node.name];
  return compile ? compile(node, compilation) : () => false;
}

function named(type: string): TypeTest {
  if (type === 'Any') return (value) => value !== null;
  if (type === 'Null') return (value) => value === null;
  if (type === 'duration') return (value) => kindOf(value).endsWith('duration');
  return (value) => kindOf(value) === type && value !== null;
}
