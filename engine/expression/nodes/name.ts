/** Names and paths: where a name is read from is decided when it is compiled. */
import { charge } from '../budget.ts';
import { builtInValue } from '../built-in/index.ts';
import { sourceOf, warn } from '../code.ts';
import type { Binding, Code, Compilation, NodeCompiler, Run, Scope } from '../code.ts';
import { entryOf } from '../entry.ts';
import { isPlainName, normalName, squashed } from '../names.ts';
import { childrenOf } from '../syntax.ts';
import { isList } from '../value.ts';
import type { FeelValue } from '../value.ts';

export const variableName: NodeCompiler = (node, compilation) =>
  readName(normalName(sourceOf(node, compilation)), compilation);

/** Reads a name: of the text itself, of the items of a filter around it, or of the context. */
function readName(name: string, compilation: Compilation): Code {
  const wanted = squashed(name);
  const filters: number[] = [];
  let at = 0;
  for (let binding = compilation.bindings; binding; binding = binding.outer, at += 1) {
    if (binding.name === undefined) {
      filters.push(at);
      // the innermost filter's items are called `item`, unless they have an entry of that name
      if (name === 'item') return readItem(at);
    } else if (squashed(binding.name) === wanted) {
      return readEntries(name, filters, readLocal(at, binding));
    }
  }
  return readEntries(name, filters, readVariable(name, compilation.tolerant || filters.length > 0));
}

function readItem(at: number): Code {
  return (_run, scope) => {
    const item = cell(scope, at);
    const entry = entryOf(item, 'item');
    return entry === undefined ? item : entry;
  };
}

function readEntries(name: string, filters: readonly number[], otherwise: Code): Code {
  if (filters.length === 0) return otherwise;
  return (run, scope) => {
    for (const at of filters) {
      const entry = entryOf(cell(scope, at), name);
      if (entry !== undefined) return entry;
    }
    return otherwise(run, scope);
  };
}

function cell(scope: Scope | null, at: number): FeelValue {
  let current = scope;
  for (let index = 0; index < at; index += 1) current = current?.outer ?? null;
  return current?.value;
}

function readLocal(at: number, { growing }: Binding): Code {
  if (growing) {
    return (_run, scope) => {
      const list = cell(scope, at) as readonly FeelValue[];
      charge(1 + (list.length >> 2));
      return list.slice();
    };
  }
  if (at === 0) return (_run, scope) => scope?.value;
  if (at === 1) return (_run, scope) => scope?.outer?.value;
  return (_run, scope) => cell(scope, at);
}

function readVariable(name: string, tolerant: boolean): Code {
  const inherited = name in {};
  const plain = isPlainName(name);
  const builtIn = builtInValue(name);
  return (run) => {
    const { context } = run;
    const value = inherited && !Object.hasOwn(context, name) ? undefined : context[name];
    if (value !== undefined) return value;
    const other = plain ? undefined : entryOf(context, name);
    if (other !== undefined) return other;
    return builtIn ? builtIn(run) : absent(run, name, tolerant);
  };
}

function absent(run: Run, name: string, tolerant: boolean): null {
  if (!tolerant) {
    run.missing ??= [];
    if (!run.missing.includes(name)) run.missing.push(name);
  }
  warn(run, `Variable '${name}' not found`);
  return null;
}

/** `a.b`; of a list, the list of its items' entries (DMN 1.3, 10.3.2.5). */
export const pathExpression: NodeCompiler = (node, compilation) => {
  const [target, , property] = childrenOf(node);
  if (!target || !property) throw new Error('Expected a path to have a target and a name.');
  const code = compilation.compile(target, compilation);
  const name = normalName(sourceOf(property, compilation));
  const read = (run: Run, value: FeelValue): FeelValue => {
    const entry = entryOf(value, name);
    if (entry !== undefined) return entry;
    warn(run, `Expected an entry '${name}', but found none; null is used.`);
    return null;
  };
  return (run, scope) => {
    const value = code(run, scope);
    if (!isList(value)) return read(run, value);
    charge(value.length);
    return value.map((item) => read(run, item));
  };
};
