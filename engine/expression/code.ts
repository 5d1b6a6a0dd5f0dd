/** What a FEEL text is compiled to: closures over the run and the local names, made once. */
import type { Instant } from '../instance.ts';
import type { SyntaxNode } from './names.ts';
import type { Shape } from './feel.ts';
import type { Context, FeelValue } from './value.ts';

/** One evaluation of a program. */
export interface Run {
  readonly context: Context;
  /** The tested value, `?`. */
  readonly input: FeelValue;
  readonly at: Instant;
  /** Variables that were read, but do not exist; null while there are none. */
  missing: string[] | null;
  /** Null while there are none. */
  warnings: string[] | null;
}

/** Values of the local names, the innermost first. Which cell a name has is known when it is compiled. */
export interface Scope {
  value: FeelValue;
  readonly outer: Scope | null;
}

/** A compiled expression. */
export type Code = (run: Run, scope: Scope | null) => FeelValue;

/** A compiled unary test: whether a value passes; null when FEEL cannot tell. */
export type Test = (run: Run, scope: Scope | null, value: FeelValue) => boolean | null;

/** A local name, or the items of a filter, whose entries can be read like names. One for each cell of `Scope`. */
export interface Binding {
  /** Undefined for the items of a filter. */
  readonly name: string | undefined;
  /** Whether its list still grows, so that whoever reads it needs a copy: `partial`. */
  readonly growing: boolean;
  readonly outer: Binding | null;
}

/** What the compilation of a node knows. */
export interface Compilation {
  readonly text: string;
  readonly shape: Shape;
  readonly bindings: Binding | null;
  /** Whether variables may be absent here: in the condition of a filter, and where a function asks for that. */
  readonly tolerant: boolean;
  /** Compiles any node. */
  readonly compile: (node: SyntaxNode, compilation: Compilation) => Code;
}

/** Compiles one kind of node. */
export type NodeCompiler = (node: SyntaxNode, compilation: Compilation) => Code;

/** Adds a warning to a run; the first hundred are kept. */
export function warn(run: Run, warning: string): void {
  run.warnings ??= [];
  if (run.warnings.length < 100 && !run.warnings.includes(warning)) run.warnings.push(warning);
}

/** The compilation of what knows one more name. */
export function bind(compilation: Compilation, name: string | undefined, growing = false): Compilation {
  return { ...compilation, bindings: { name, growing, outer: compilation.bindings } };
}

/** The node's part of the text. */
export function sourceOf(node: SyntaxNode, { text }: Compilation): string {
  return text.slice(node.from, node.to);
}

/** How many nodes are evaluated at most when a node is evaluated once: the steps that it costs. */
export function sizeOf(node: SyntaxNode): number {
  let size = 1;
  for (let child = node.firstChild; child; child = child.nextSibling) size += sizeOf(child);
  return size;
}

/** How many nodes lie one in another. */
export function depthOf(node: SyntaxNode): number {
  let deepest = 0;
  for (let child = node.firstChild; child; child = child.nextSibling) deepest = Math.max(deepest, depthOf(child));
  return deepest + 1;
}
