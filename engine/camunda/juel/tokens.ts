/** The words of a JUEL expression (Jakarta Expression Language 2.2, 1.19). */
import { JuelError } from './juel-error.ts';

export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'symbol' | 'end';
  /** A string's text without quotes and escapes; everything else as it is written. */
  readonly text: string;
}

const BLANK = /\s+/uy;
const NAME = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/uy;
const SYMBOL = /===|!==|==|!=|<=|>=|&&|\|\||[-+*/%<>!?:.,()[\]]/uy;

/** Words of the language that are operators. */
const OPERATORS: Readonly<Record<string, string>> = {
  eq: '==',
  ne: '!=',
  lt: '<',
  gt: '>',
  le: '<=',
  ge: '>=',
  and: '&&',
  or: '||',
  not: '!',
  div: '/',
  mod: '%',
  '===': '==',
  '!==': '!=',
};

/**
 * Reads the words from `from` on, up to the closing brace of `${...}` or to the end of the text.
 * @returns `end`: the place behind the brace, or the length of the text
 * @throws JuelError
 */
export function tokenize(text: string, from: number, braced: boolean): { tokens: Token[]; end: number } {
  const tokens: Token[] = [];
  let at = from;
  for (;;) {
    at += matchAt(BLANK, text, at)?.length ?? 0;
    if (at >= text.length) {
      if (braced) throw new JuelError(`no closing brace in "${text}"`);
      break;
    }
    if (braced && text[at] === '}') {
      at += 1;
      break;
    }
    const { token, length } = readToken(text, at, tokens.at(-1));
    tokens.push(token);
    at += length;
  }
  tokens.push({ kind: 'end', text: '' });
  return { tokens, end: at };
}

function readToken(text: string, at: number, before: Token | undefined): { token: Token; length: number } {
  const quote = text[at];
  if (quote === '"' || quote === "'") return readString(text, at, quote);
  const name = matchAt(NAME, text, at);
  if (name !== undefined) {
    // `a.empty` is a property, whatever the word means elsewhere.
    const operator = before?.text === '.' ? undefined : OPERATORS[name];
    const token: Token = operator === undefined ? { kind: 'name', text: name } : { kind: 'symbol', text: operator };
    return { token, length: name.length };
  }
  const number = matchAt(NUMBER, text, at);
  if (number !== undefined) return { token: { kind: 'number', text: number }, length: number.length };
  const symbol = matchAt(SYMBOL, text, at);
  if (symbol === undefined) throw new JuelError(`"${text.slice(at, at + 1)}" at character ${at + 1} in "${text}"`);
  return { token: { kind: 'symbol', text: OPERATORS[symbol] ?? symbol }, length: symbol.length };
}

function readString(text: string, at: number, quote: string): { token: Token; length: number } {
  let found = '';
  for (let index = at + 1; index < text.length; index += 1) {
    const letter = text[index] ?? '';
    if (letter === quote) return { token: { kind: 'string', text: found }, length: index + 1 - at };
    if (letter === '\\') index += 1;
    found += letter === '\\' ? (text[index] ?? '') : letter;
  }
  throw new JuelError(`a text without closing quote in "${text}"`);
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
