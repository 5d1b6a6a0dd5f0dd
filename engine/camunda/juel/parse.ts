/** The tree of a JUEL expression (Jakarta Expression Language 2.2, 1.19). */
import { JuelError } from './juel-error.ts';
import type { Token } from './tokens.ts';

export type Juel =
  | { readonly kind: 'literal'; readonly value: string | boolean | null }
  /** As it is written: FEEL writes numbers the same way. */
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'property'; readonly of: Juel; readonly name: string }
  | { readonly kind: 'index'; readonly of: Juel; readonly at: Juel }
  /** `of` is null for a function. */
  | { readonly kind: 'call'; readonly of: Juel | null; readonly name: string; readonly args: readonly Juel[] }
  | { readonly kind: 'unary'; readonly operator: '!' | '-' | 'empty'; readonly of: Juel }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Juel; readonly right: Juel }
  | { readonly kind: 'choice'; readonly test: Juel; readonly yes: Juel; readonly no: Juel };

/** Binary operators, from the loosest to the closest. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];

/** Deeper texts are nobody's condition. */
const DEPTH_LIMIT = 60;

interface Reader {
  readonly tokens: readonly Token[];
  at: number;
  depth: number;
}

/**
 * Parses the words of one expression.
 * @throws JuelError
 */
export function parse(tokens: readonly Token[]): Juel {
  const reader: Reader = { tokens, at: 0, depth: 0 };
  const found = parseChoice(reader);
  if (peek(reader).kind !== 'end') throw unexpected(reader);
  return found;
}

function parseChoice(reader: Reader): Juel {
  reader.depth += 1;
  if (reader.depth > DEPTH_LIMIT) throw new JuelError('an expression that is nested too deeply');
  const test = parseBinary(reader, 0);
  let found: Juel = test;
  if (accept(reader, '?')) {
    const yes = parseChoice(reader);
    expect(reader, ':');
    found = { kind: 'choice', test, yes, no: parseChoice(reader) };
  }
  reader.depth -= 1;
  return found;
}

function parseBinary(reader: Reader, level: number): Juel {
  const operators = LEVELS[level];
  if (!operators) return parseUnary(reader);
  let left = parseBinary(reader, level + 1);
  for (let count = 0; ; count += 1) {
    const { kind, text } = peek(reader);
    if (kind !== 'symbol' || !operators.includes(text)) return left;
    if (count > 500) throw new JuelError('an expression that is too long');
    reader.at += 1;
    left = { kind: 'binary', operator: text, left, right: parseBinary(reader, level + 1) };
  }
}

function parseUnary(reader: Reader): Juel {
  const { kind, text } = peek(reader);
  const operator =
    kind === 'symbol' && (text === '!' || text === '-') ? text : isEmptyOperator(reader) ? 'empty' : null;
  if (operator === null) return parsePostfix(reader);
  reader.at += 1;
  reader.depth += 1;
  if (reader.depth > DEPTH_LIMIT) throw new JuelError('an expression that is nested too deeply');
  const of = parseUnary(reader);
  reader.depth -= 1;
  return { kind: 'unary', operator, of };
}

function isEmptyOperator(reader: Reader): boolean {
  const { kind, text } = peek(reader);
  return kind === 'name' && text === 'empty';
}

function parsePostfix(reader: Reader): Juel {
  let found = parsePrimary(reader);
  for (let count = 0; ; count += 1) {
    if (count > DEPTH_LIMIT) throw new JuelError('an expression that is nested too deeply');
    if (accept(reader, '.')) {
      const name = take(reader);
      if (name.kind !== 'name') throw unexpected(reader, -1);
      found = accept(reader, '(')
        ? { kind: 'call', of: found, name: name.text, args: parseArguments(reader) }
        : { kind: 'property', of: found, name: name.text };
    } else if (accept(reader, '[')) {
      const at = parseChoice(reader);
      expect(reader, ']');
      found = { kind: 'index', of: found, at };
    } else {
      return found;
    }
  }
}

function parsePrimary(reader: Reader): Juel {
  const token = take(reader);
  if (token.kind === 'string') return { kind: 'literal', value: token.text };
  if (token.kind === 'number') return { kind: 'number', text: token.text };
  if (token.kind === 'name') {
    if (token.text === 'true' || token.text === 'false') return { kind: 'literal', value: token.text === 'true' };
    if (token.text === 'null') return { kind: 'literal', value: null };
    if (accept(reader, '(')) return { kind: 'call', of: null, name: token.text, args: parseArguments(reader) };
    return { kind: 'name', name: token.text };
  }
  if (token.kind !== 'symbol' || token.text !== '(') throw unexpected(reader, -1);
  const inner = parseChoice(reader);
  expect(reader, ')');
  return inner;
}

/** The opening parenthesis is read. */
function parseArguments(reader: Reader): Juel[] {
  const found: Juel[] = [];
  if (accept(reader, ')')) return found;
  do found.push(parseChoice(reader));
  while (accept(reader, ','));
  expect(reader, ')');
  return found;
}

function peek(reader: Reader): Token {
  return reader.tokens[reader.at] ?? { kind: 'end', text: '' };
}

function take(reader: Reader): Token {
  const token = peek(reader);
  reader.at += 1;
  return token;
}

function accept(reader: Reader, symbol: string): boolean {
  const { kind, text } = peek(reader);
  if (kind !== 'symbol' || text !== symbol) return false;
  reader.at += 1;
  return true;
}

function expect(reader: Reader, symbol: string): void {
  if (!accept(reader, symbol)) throw unexpected(reader);
}

function unexpected(reader: Reader, offset = 0): JuelError {
  const token = reader.tokens[reader.at + offset];
  return new JuelError(token === undefined || token.kind === 'end' ? 'the end of the text' : `"${token.text}"`);
}
