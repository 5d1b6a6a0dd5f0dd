/** FEEL texts as they are put together from parts. */

/** A FEEL text and how tightly it holds together. */
export interface Feel {
  readonly text: string;
  readonly level: Level;
  /** It always gives text, so that it needs no conversion to be joined. */
  readonly isText?: true;
}

/** 0 `if`, 1 or, 2 and, 3 comparison, 4 sum, 5 product, 6 sign, 7 name, literal, call or path. */
export type Level = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

const PLAIN_NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;
const KEYWORDS = new Set(
  'for return if then else some every satisfies in between instance of function external and or not true false null'.split(
    ' ',
  ),
);

/** The text, in parentheses when it holds less tightly than `level`. */
export function within(feel: Feel, level: Level): string {
  return feel.level < level ? `(${feel.text})` : feel.text;
}

/** A call of a FEEL function. */
export function call(name: string, args: readonly string[], isText?: true): Feel {
  const text = `${name}(${args.join(', ')})`;
  return isText ? { text, level: 7, isText } : { text, level: 7 };
}

/** A text literal. */
export function quote(text: string): string {
  return JSON.stringify(text);
}

/** A name, in backticks where FEEL would read something else. */
export function nameText(name: string): string {
  return PLAIN_NAME.test(name) && !KEYWORDS.has(name) ? name : `\`${name}\``;
}

/** An entry of a context. */
export function entry(of: Feel, name: string): Feel {
  if (/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name)) return { text: `${within(of, 7)}.${nameText(name)}`, level: 7 };
  return call('get value', [of.text, quote(name)]);
}

/** The text of a value, '' for null: what JUEL does when it joins texts. */
export function joined(parts: readonly Feel[]): Feel {
  return call('string join', [`[${parts.map((part) => asText(part)).join(', ')}]`], true);
}

/** The value as text. */
export function asText(feel: Feel): string {
  return feel.isText ? feel.text : `string(${feel.text})`;
}
