/**
 * Functions over regular expressions (DMN 1.3, 10.3.4.3; XPath 3.1, 5.6). RE2 matches in linear time; what it cannot
 * express (back references, look-around) is null and a warning.
 */
import { RE2JS, type Matcher } from 're2js';
import { charge, chargeOnce } from '../budget.ts';
import { Invalid } from '../invalid.ts';
import type { FeelValue } from '../value.ts';
import { MISMATCH, define } from './built-in.ts';
import type { BuiltIn } from './built-in.ts';

const LONGEST_PATTERN = 1_000;
/** Instructions that a compiled pattern may have. */
const LARGEST_PATTERN = 5_000;
/** Steps to compile a pattern, and for each of its instructions. */
const COMPILATION = 1_000;
const INSTRUCTION = 60;
/** Steps to begin a match. */
const MATCH = 80;
const CACHED = 200;

const FLAGS: Readonly<Record<string, number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
};

/** Compiled patterns; the oldest goes when there are too many. Compiling again gives the same. */
const patterns = new Map<string, RE2JS | Invalid>();

function patternOf(pattern: string, given: FeelValue): RE2JS | Invalid {
  const flags = given ?? '';
  if (typeof flags !== 'string') return MISMATCH;
  const key = `${flags}/${pattern}`;
  const known = patterns.get(key);
  const compiled = known ?? compilePattern(pattern, flags);
  if (!known) {
    if (patterns.size >= CACHED) patterns.delete(patterns.keys().next().value ?? '');
    patterns.set(key, compiled);
  }
  const size = compiled instanceof Invalid ? pattern.length : compiled.programSize();
  chargeOnce(key, COMPILATION + INSTRUCTION * size);
  return compiled;
}

function compilePattern(pattern: string, flags: string): RE2JS | Invalid {
  const invalid = (reason: string) =>
    new Invalid(`Expected a regular expression that can be matched in linear time, but ${reason}; null is used.`);
  if (!/^[smix]*$/u.test(flags)) return invalid(`found the flags "${flags.slice(0, 20)}"`);
  if (pattern.length > LONGEST_PATTERN) return invalid(`it is longer than ${LONGEST_PATTERN} characters`);
  const text = translated(flags.includes('x') ? withoutBlanks(pattern) : pattern, flags.includes('s'));
  if (text === null) return invalid(`found "${pattern}"`);
  const bits = Object.entries(FLAGS).reduce((sum, [flag, bit]) => (flags.includes(flag) ? sum | bit : sum), 0);
  try {
    const compiled = RE2JS.compile(text, bits);
    if (compiled.programSize() <= LARGEST_PATTERN) return compiled;
    return invalid(`it has more than ${LARGEST_PATTERN} steps when its repetitions are written out`);
  } catch (error) {
    // RE2 throws for what it cannot match; FEEL has no errors
    return invalid(`found "${pattern}" (${error instanceof Error ? error.message : String(error)})`);
  }
}

/** Flag `x`: blanks mean nothing, but inside of a character class. */
function withoutBlanks(pattern: string): string {
  return pattern.replaceAll(/(\\\S|\[(?:\\.|[^\]\\])*\])|\s+/gsu, (_whole, kept?: string) => kept ?? '');
}

/** Escapes, the brackets of character classes, and the point. */
const PART = /\\(?:.|$)|-\[|[[\].]/gsu;

/**
 * A pattern of XPath as one of RE2: the point does not match the end of a line, be it `\n` or `\r`. Null for what RE2
 * would read as something else: a class that is taken from another (`[a-z-[aeiou]]`), and a character by its number.
 */
function translated(pattern: string, dotAll: boolean): string | null {
  let inClass = false;
  let readable = true;
  const text = pattern.replaceAll(PART, (part) => {
    if (part === '-[' && inClass) readable = false;
    if (/^\\\d/u.test(part)) readable = false;
    if (part.endsWith('[') && part.length < 3 && !part.startsWith('\\')) inClass = true;
    if (part === ']') inClass = false;
    return part === '.' && !inClass && !dotAll ? '[^\\n\\r]' : part;
  });
  return readable ? text : null;
}

/** One match costs by the length of the text and the size of the pattern. */
function chargeFor(length: number, pattern: RE2JS): void {
  charge(MATCH + (length >> 1) * (1 + (pattern.programSize() >> 6)));
}

/** Characters and classes, of which only the last may be repeated. */
const NEAR = /^(?:\\.|\[(?:\\.|[^\]\\])*\]|[^\\[\](){}.*+?|^$])+[+*]?$/su;

/** All matches, one after the other; each looks at what is left, but where a pattern cannot look beyond its match. */
function* allMatches(pattern: RE2JS, text: string): Generator<Matcher> {
  const near = NEAR.test(pattern.pattern());
  const matcher = pattern.matcher(text);
  chargeFor(text.length, pattern);
  while (matcher.find()) {
    yield matcher;
    if (near) charge(MATCH);
    else chargeFor(text.length - matcher.end(), pattern);
  }
}

function matches(input: string, pattern: string, flags: FeelValue): FeelValue {
  const compiled = patternOf(pattern, flags);
  if (compiled instanceof Invalid) return compiled;
  chargeFor(input.length, compiled);
  return compiled.test(input);
}

/** `$1` to `$99` are groups, `$0` is the whole match, `\$` and `\\` are the characters. */
const REFERENCE = /\\([\\$])|\$(\d{1,2})/gu;

function replace(input: string, pattern: string, replacement: string, flags: FeelValue): FeelValue {
  const compiled = patternOf(pattern, flags);
  if (compiled instanceof Invalid) return compiled;
  const parts: string[] = [];
  let from = 0;
  for (const matcher of allMatches(compiled, input)) {
    const inserted = replacement.replaceAll(REFERENCE, (_whole, character?: string, group?: string) => {
      if (character !== undefined) return character;
      return Number(group) <= matcher.groupCount() ? (matcher.group(Number(group)) ?? '') : '';
    });
    charge(inserted.length >> 4);
    parts.push(input.slice(from, matcher.start()), inserted);
    from = matcher.end();
  }
  return parts.join('') + input.slice(from);
}

function split(text: string, delimiter: string): FeelValue {
  const compiled = patternOf(delimiter, '');
  if (compiled instanceof Invalid) return compiled;
  if (text === '') return [''];
  const parts: string[] = [];
  let from = 0;
  for (const matcher of allMatches(compiled, text)) {
    // an empty match parts two characters; at the ends it parts nothing
    if (matcher.end() === matcher.start() && (matcher.end() === from || matcher.end() === text.length)) continue;
    parts.push(text.slice(from, matcher.start()));
    from = matcher.end();
  }
  return [...parts, text.slice(from)];
}

export const PATTERN_FUNCTIONS: Readonly<Record<string, BuiltIn>> = {
  matches: define(['input: string', 'pattern: string', 'flags?: any'], matches),
  replace: define(['input: string', 'pattern: string', 'replacement: string', 'flags?: any'], replace),
  split: define(['string: string', 'delimiter: string'], split),
};
