/** What a FEEL syntax tree says about names: which variables it reads from outside, and which functions it calls. */

/** A node of the syntax tree; the parser's nodes have this shape. */
export interface SyntaxNode {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly firstChild: SyntaxNode | null;
  readonly nextSibling: SyntaxNode | null;
}

/** A place in the text; `to` is exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A name at a place. */
export interface Mention extends Span {
  readonly name: string;
}

/** All that an expression names. */
export interface Mentions {
  /** Variables that it reads from its context, at every place where it does. */
  readonly variables: readonly Mention[];
  /** Entries of contexts that it reads: `b` in `a.b`. */
  readonly entries: readonly Mention[];
  /** Functions that it calls by name and does not define itself. */
  readonly calls: readonly (Mention & { readonly arguments: readonly Span[] })[];
  /** Conditions of filters: a name in there may be an entry of the filtered items, so that only the run can tell. */
  readonly filters: readonly Span[];
}

interface Collected {
  variables: Mention[];
  entries: Mention[];
  calls: (Mention & { arguments: Span[] })[];
  filters: Span[];
}

/** Collects what the tree below `root` names in `text`. */
export function findMentions(root: SyntaxNode, text: string): Mentions {
  const found: Collected = { variables: [], entries: [], calls: [], filters: [] };
  walk(root, new Set(), text, found);
  return found;
}

const PLAIN_NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;

/** Whether a name has neither blanks nor operators in it, so that there is one way to write it. */
export function isPlainName(name: string): boolean {
  return PLAIN_NAME.test(name);
}

/** A name without blanks: `a - b` and `a-b` are one name. */
export function squashed(name: string): string {
  return PLAIN_NAME.test(name) ? name : name.replaceAll(/\s/gu, '');
}

/** A name with each run of blanks as one space and without backticks: the form in which names are given out. */
export function normalName(name: string): string {
  return name.replaceAll('`', '').replaceAll(/\s+/gu, ' ').trim();
}

type Walk = (node: SyntaxNode, bound: ReadonlySet<string>, text: string, found: Collected) => void;

/** Nodes that bring in names, or whose names are not variables. Every other node is the sum of its children. */
const WALKS: Record<string, Walk> = {
  VariableName: (node, bound, text, found) => {
    const mention = mentionOf(node, text);
    if (!bound.has(mention.name)) found.variables.push(mention);
  },
  PathName: (node, _bound, text, found) => {
    found.entries.push(mentionOf(node, text));
  },
  /** The type after `instance of`. */
  Type: () => undefined,
  FunctionInvocation: (node, bound, text, found) => {
    const [target, ...rest] = childrenOf(node);
    if (target?.name === 'VariableName') {
      const mention = mentionOf(target, text);
      if (!bound.has(mention.name)) found.calls.push({ ...mention, arguments: argumentsOf(rest) });
    } else if (target) {
      walk(target, bound, text, found);
    }
    for (const child of rest) walk(child, bound, text, found);
  },
  ForExpression: walkIteration,
  QuantifiedExpression: walkIteration,
  FilterExpression: (node, bound, text, found) => {
    const [target, ...condition] = childrenOf(node);
    if (target) walk(target, bound, text, found);
    const inner = new Set(bound).add('item');
    for (const child of condition) {
      found.filters.push({ from: child.from, to: child.to });
      walk(child, inner, text, found);
    }
  },
  Context: (node, bound, text, found) => {
    const inner = new Set(bound);
    for (const entry of childrenOf(node)) {
      const [key, ...value] = childrenOf(entry);
      const name = key && nameOf(key, text).replaceAll('"', '');
      // a function may call itself
      if (name !== undefined && value.some((child) => child.name === 'FunctionDefinition')) inner.add(name);
      for (const child of value) walk(child, inner, text, found);
      if (name !== undefined) inner.add(name);
    }
  },
  FunctionDefinition: (node, bound, text, found) => {
    const inner = new Set(bound);
    for (const child of childrenOf(node)) {
      if (child.name === 'FormalParameters') {
        for (const parameter of childrenOf(child)) {
          const name = parameter.firstChild;
          if (name) inner.add(nameOf(name, text));
        }
      } else {
        walk(child, inner, text, found);
      }
    }
  },
};

function walk(node: SyntaxNode, bound: ReadonlySet<string>, text: string, found: Collected): void {
  const special = WALKS[node.name];
  if (special) special(node, bound, text, found);
  else for (const child of childrenOf(node)) walk(child, bound, text, found);
}

/** `for` and `some`/`every`: each iterator is known to those after it and to the body. */
function walkIteration(node: SyntaxNode, bound: ReadonlySet<string>, text: string, found: Collected): void {
  const inner = new Set(bound);
  for (const child of childrenOf(node)) {
    if (child.name !== 'InExpressions') {
      walk(child, inner, text, found);
      continue;
    }
    for (const iterator of childrenOf(child)) {
      const [name, ...source] = childrenOf(iterator);
      for (const part of source) walk(part, inner, text, found);
      if (name) inner.add(nameOf(name, text));
    }
    if (node.name === 'ForExpression') inner.add('partial');
  }
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

function argumentsOf(nodes: SyntaxNode[]): Span[] {
  const list = nodes.find((node) => node.name === 'PositionalParameters' || node.name === 'NamedParameters');
  return list ? childrenOf(list).map(({ from, to }) => ({ from, to })) : [];
}

function nameOf(node: SyntaxNode, text: string): string {
  return normalName(text.slice(node.from, node.to));
}

function mentionOf(node: SyntaxNode, text: string): Mention {
  return { name: nameOf(node, text), from: node.from, to: node.to };
}
