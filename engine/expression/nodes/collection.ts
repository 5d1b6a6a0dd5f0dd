/** Lists and contexts (DMN 1.3, 10.3.2.4 and 10.3.2.6). */
import { bind, sourceOf, warn } from '../code.ts';
import type { Code, Compilation, NodeCompiler, Scope } from '../code.ts';
import { ExpressionError } from '../expression-error.ts';
import { normalName } from '../names.ts';
import type { SyntaxNode } from '../names.ts';
import { childOf, childrenOf } from '../syntax.ts';
import type { FeelValue } from '../value.ts';
import { readText } from './literal.ts';

export const list: NodeCompiler = (node, compilation) => {
  const items = childrenOf(node)
    .slice(1, -1)
    .map((item) => compilation.compile(item, compilation));
  return (run, scope) => items.map((item) => item(run, scope));
};

interface Entry {
  readonly key: string;
  readonly code: Code;
  /** Whether it is a function, which may call itself. */
  readonly recursive: boolean;
}

/** Each entry knows those before it. */
export const context: NodeCompiler = (node, compilation) => {
  const entries: Entry[] = [];
  let known = compilation;
  for (const child of childrenOf(node)) {
    if (child.name !== 'ContextEntry') continue;
    const key = keyOf(child, compilation);
    const value = childrenOf(child).at(-1);
    if (!value) throw new Error('Expected an entry to have a value.');
    const recursive = value.name === 'FunctionDefinition';
    if (entries.some((other) => other.key === key)) {
      return (run) => {
        warn(run, `Expected each entry of a context to have its own key, but found "${key}" twice; null is used.`);
        return null;
      };
    }
    const inner = bind(known, key);
    entries.push({ key, code: compilation.compile(value, recursive ? inner : known), recursive });
    known = inner;
  }
  return (run, scope) => {
    const result: Record<string, FeelValue> = {};
    let current = scope;
    for (const { key, code, recursive } of entries) {
      const cell: Scope = { value: null, outer: current };
      const value = code(run, recursive ? cell : current) ?? null;
      cell.value = value;
      result[key] = value;
      current = cell;
    }
    return result;
  };
};

function keyOf(entry: SyntaxNode, compilation: Compilation): string {
  const key = childOf(entry, 'Key');
  if (!key) throw new Error('Expected an entry to have a key.');
  const source = sourceOf(key, compilation);
  const name = source.startsWith('"') ? readText(source) : normalName(source);
  if (name === '__proto__') {
    const message = 'Expected keys other than "__proto__". Rename the entry.';
    throw new ExpressionError(message, compilation.text, { from: key.from, to: key.to });
  }
  return name;
}
