/** From text to syntax tree: the parser is the one of feelin, lezer-feel. What is not FEEL is refused here. */
import { SyntaxError as FeelinSyntaxError, evaluate, parseExpression, parseUnaryTests, unaryTest } from 'feelin';
import { ExpressionError } from './expression-error.ts';
import type { Span, SyntaxNode } from './names.ts';

/** The two forms of FEEL texts: an expression, or the unary tests of a decision table's input entry. */
export type Form = 'expression' | 'unary-tests';

/** Backticks around names and functions of Camunda are part of the dialect. */
const DIALECT = 'camunda';
/** Nodes that may lie one in another: a tree is walked on the stack. */
const DEEPEST = 800;
/** Brackets that may lie one in another; what has more is not worth parsing. */
const MOST_BRACKETS = 300;

/**
 * Parses a text.
 * @param known the names that are known, with the names in them: the parser splits texts into names by them
 * @throws ExpressionError
 */
export function parse(text: string, form: Form, known: Record<string, unknown>): SyntaxNode {
  checkBrackets(text);
  const top = (form === 'expression' ? parseExpression : parseUnaryTests)(text, known, DIALECT).topNode;
  checkDepth(top, text);
  if (findNode(top, (node) => node.name === '⚠')) throw syntaxError(text, form, known);
  const dangling = findNode(top, isDanglingTest);
  if (dangling) throw danglingTest(dangling, text);
  return top;
}

/** The children of a node that mean something: all but comments. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.name !== 'LineComment' && child.name !== 'BlockComment') children.push(child);
  }
  return children;
}

/** The first child of this name. */
export function childOf(node: SyntaxNode, name: string): SyntaxNode | undefined {
  return childrenOf(node).find((child) => child.name === name);
}

const BRACKET = /"(?:[^"\\]|\\.)*"|[([{]|[)\]}]/gu;

function checkBrackets(text: string): void {
  let open = 0;
  for (const { 0: found, index } of text.matchAll(BRACKET)) {
    if ('([{'.includes(found)) open += 1;
    else if (')]}'.includes(found)) open -= 1;
    if (open > MOST_BRACKETS) throw tooDeep(text, index);
  }
}

function checkDepth(top: SyntaxNode, text: string): void {
  let level: SyntaxNode[] = [top];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) throw tooDeep(text, level[0]?.from ?? 0);
    level = level.flatMap(childrenOf);
  }
}

function tooDeep(text: string, at: number): ExpressionError {
  const message = `Expected an expression that nests no deeper than ${MOST_BRACKETS} brackets and ${DEEPEST} operations, but found more at character ${at + 1}. Break it into several.`;
  return new ExpressionError(message, text, { from: at, to: at + 1 });
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
function syntaxError(text: string, form: Form, known: Record<string, unknown>): ExpressionError {
  const wanted = form === 'expression' ? 'a FEEL expression' : 'FEEL unary tests';
  try {
    (form === 'expression' ? evaluate : unaryTest)(text, known, DIALECT);
  } catch (error) {
    if (error instanceof FeelinSyntaxError) {
      const { from, to } = error.position;
      const found = text.slice(from, to).trim();
      const place = found === '' ? 'the end of the text' : `"${found}" at character ${from + 1}`;
      const message = `Expected ${wanted}, but found ${place} in "${text}" (${error.message}). Correct it.`;
      return new ExpressionError(message, text, { from, to }, error);
    }
  }
  return new ExpressionError(`Expected ${wanted}, but found "${text}". Correct it.`, text, {
    from: 0,
    to: text.length,
  });
}
