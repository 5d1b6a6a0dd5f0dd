/**
 * JUEL, the expression language of Camunda 7, to FEEL. What is the same in both is translated; where the two differ:
 *
 * - JUEL turns values into what an operator wants (`"1" == 1` holds, `!null` is true, `null + 1` is 1). FEEL gives null
 *   there, which is an incident where true or false is needed: the case stops where JUEL would have guessed.
 * - `==` with null is the same in both. `empty x` holds for null, "" and [] (of a map without entries it does not here).
 * - Texts that are put together treat null as ''; `+` of a text and something else, an error in JUEL, joins them.
 * - `/` divides exactly in both; by zero it gives null, not infinity. `%` takes the sign of the divisor, not of the
 *   dividend.
 * - Lists count from 0 there and from 1 here. So does `loopCounter`.
 */
import { asText, call, entry, joined, nameText, quote, within, type Feel, type Level } from './feel.ts';
import { JuelError } from './juel-error.ts';
import { isEmpty, item, METHODS } from './methods.ts';
import { parse, type Juel } from './parse.ts';
import { tokenize } from './tokens.ts';

/** What a JUEL text became. */
export type Translation =
  /** FEEL without the leading `=`, and the variables that it reads. */
  | { readonly kind: 'feel'; readonly feel: string; readonly names: readonly string[] }
  /** The text holds no expression. */
  | { readonly kind: 'text'; readonly text: string }
  /** What was found that cannot be said in FEEL: ends the sentence "but found". */
  | { readonly kind: 'refused'; readonly found: string };

export interface Place {
  /** Inside a multi-instance activity, where the engine's own counters have other names. */
  readonly loop?: boolean;
}

/** Counters of a multi-instance activity, by their names in Camunda 7. */
const COUNTERS: Readonly<Record<string, Feel>> = {
  nrOfInstances: { text: 'numberOfInstances', level: 7 },
  nrOfCompletedInstances: { text: 'numberOfCompletedInstances', level: 7 },
  nrOfActiveInstances: { text: 'numberOfActiveInstances', level: 7 },
  loopCounter: { text: 'loopCounter - 1', level: 4 },
};

/** Java objects of the engine that expressions may use. */
const ENGINE_OBJECTS = new Set([
  'execution',
  'task',
  'caseExecution',
  'externalTask',
  'variables',
  'authenticatedUserId',
]);
const VARIABLE_READERS = new Set(['getVariable', 'getVariableLocal', 'get']);

const OPERATORS: Readonly<Record<string, readonly [string, Level]>> = {
  '||': ['or', 1],
  '&&': ['and', 2],
  '==': ['=', 3],
  '!=': ['!=', 3],
  '<': ['<', 3],
  '>': ['>', 3],
  '<=': ['<=', 3],
  '>=': ['>=', 3],
  '+': ['+', 4],
  '-': ['-', 4],
  '*': ['*', 5],
  '/': ['/', 5],
};

/** Whether a text holds `${...}` or `#{...}`. */
export function isJuel(text: string): boolean {
  return /[$#]\{/u.test(text);
}

/** Translates an attribute's text: `${...}`, a text with `${...}` in it, or plain text. Never throws. */
export function translateJuel(text: string, place: Place = {}): Translation {
  if (!isJuel(text)) return { kind: 'text', text };
  return guarded((writer) => {
    const parts = readParts(text.trim(), writer);
    const [only] = parts;
    return only && parts.length === 1 ? only : joined(parts);
  }, place);
}

/** Translates a bare expression, as scripts are written: without `${}`. Never throws. */
export function translateScript(text: string, place: Place = {}): Translation {
  return guarded((writer) => write(parse(tokenize(text.trim().replace(/;$/u, ''), 0, false).tokens), writer), place);
}

interface Writer {
  readonly loop: boolean;
  readonly names: Set<string>;
}

function guarded(run: (writer: Writer) => Feel, place: Place): Translation {
  const writer: Writer = { loop: place.loop === true, names: new Set() };
  try {
    const { text } = run(writer);
    return { kind: 'feel', feel: text, names: [...writer.names] };
  } catch (cause) {
    if (!(cause instanceof JuelError)) throw cause;
    return { kind: 'refused', found: cause.message };
  }
}

/** Fixed texts and expressions in turn; `\${` is no expression. */
function readParts(text: string, writer: Writer): Feel[] {
  const parts: Feel[] = [];
  let fixed = '';
  const flush = (): void => {
    if (fixed !== '') parts.push({ text: quote(fixed), level: 7, isText: true });
    fixed = '';
  };
  let at = 0;
  while (at < text.length) {
    const opens = (text[at] === '$' || text[at] === '#') && text[at + 1] === '{';
    if (text[at] === '\\' && /^[$#]\{/u.test(text.slice(at + 1, at + 3))) {
      fixed += text.slice(at + 1, at + 3);
      at += 3;
    } else if (opens) {
      flush();
      const { tokens, end } = tokenize(text, at + 2, true);
      parts.push(write(parse(tokens), writer));
      at = end;
    } else {
      fixed += text[at] ?? '';
      at += 1;
    }
  }
  flush();
  return parts;
}

function write(node: Juel, writer: Writer): Feel {
  switch (node.kind) {
    case 'literal':
      return typeof node.value === 'string'
        ? { text: quote(node.value), level: 7, isText: true }
        : { text: String(node.value), level: 7 };
    case 'number':
      return { text: writeNumber(node.text), level: 7 };
    case 'name':
      return writeName(node.name, writer);
    case 'property':
      if (isEngineObject(node.of))
        throw new JuelError(`"${describe(node.of)}.${node.name}", which is an object of Java`);
      return entry(write(node.of, writer), node.name);
    case 'index':
      return writeIndex(node, writer);
    case 'call':
      return writeCall(node, writer);
    case 'unary':
      return writeUnary(node.operator, write(node.of, writer));
    case 'binary':
      return writeBinary(node.operator, write(node.left, writer), write(node.right, writer));
    case 'choice':
      return writeChoice(write(node.test, writer), write(node.yes, writer), write(node.no, writer));
    default:
      return node satisfies never;
  }
}

/** FEEL has neither exponents nor a bare dot at an end. */
function writeNumber(text: string): string {
  const plain = text.replace(/^\./u, '0.').replace(/\.$/u, '');
  if (!/[eE]/u.test(plain)) return plain;
  const value = Number(plain);
  if (Math.abs(value) < 1e21 && (value === 0 || Math.abs(value) >= 1e-6)) return String(value);
  throw new JuelError(`the number ${text}`);
}

function writeName(name: string, writer: Writer): Feel {
  if (ENGINE_OBJECTS.has(name)) throw new JuelError(`"${name}", which is an object of Java`);
  writer.names.add(name);
  const counter = writer.loop ? COUNTERS[name] : undefined;
  return counter ?? { text: nameText(name), level: 7 };
}

function isEngineObject(node: Juel): boolean {
  return node.kind === 'name' && ENGINE_OBJECTS.has(node.name);
}

function writeIndex({ of, at }: Juel & { kind: 'index' }, writer: Writer): Feel {
  const found = item(write(of, writer), write(at, writer), at);
  if (found) return found;
  throw new JuelError('an index in brackets that is neither a number nor a text nor a calculation');
}

function writeCall({ of, name, args }: Juel & { kind: 'call' }, writer: Writer): Feel {
  if (of === null) return writeFunction(name, args, writer);
  if (isEngineObject(of)) return writeVariable(of, name, args, writer);
  const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
  const found = method?.(
    write(of, writer),
    args.map((arg) => write(arg, writer)),
    args,
  );
  if (found) return found;
  throw new JuelError(`the method ${describe(of)}.${name}(${args.length > 0 ? '...' : ''}), which is Java`);
}

/** `now()` and `dateTime()` give the present; `S(x)` and `JSON(x)` wrap what is plain data here. */
function writeFunction(name: string, args: readonly Juel[], writer: Writer): Feel {
  const [only] = args;
  if ((name === 'now' || name === 'dateTime') && !only) return call('now', []);
  if ((name === 'S' || name === 'JSON') && only && args.length === 1) return write(only, writer);
  throw new JuelError(`the function ${name}()`);
}

/** `execution.getVariable("x")` and the like read a variable. */
function writeVariable(of: Juel, name: string, args: readonly Juel[], writer: Writer): Feel {
  const [only] = args;
  if (only?.kind === 'literal' && typeof only.value === 'string' && args.length === 1) {
    if (VARIABLE_READERS.has(name)) return writeName(only.value, writer);
    if (name === 'hasVariable') return call('is defined', [writeName(only.value, writer).text]);
  }
  throw new JuelError(`the method ${describe(of)}.${name}(), which is Java`);
}

function writeUnary(operator: '!' | '-' | 'empty', of: Feel): Feel {
  if (operator === '!') return call('not', [of.text]);
  if (operator === 'empty') return isEmpty(of);
  return { text: `-${within(of, 7)}`, level: 6 };
}

function writeBinary(operator: string, left: Feel, right: Feel): Feel {
  if (operator === '%') return call('modulo', [left.text, right.text]);
  const [word, level] = OPERATORS[operator] ?? ['', 0];
  if (word === '') throw new JuelError(`the operator ${operator}`);
  if (operator === '+' && (left.isText || right.isText)) {
    return { text: `${asPart(left, 4)} + ${asPart(right, 5)}`, level: 4, isText: true };
  }
  // Comparisons do not chain in FEEL, and a sign reads badly behind an operator.
  const above = level === 3 ? 4 : level;
  const below = right.level === 6 && level > 3 ? 7 : ((level + 1) as Level);
  return { text: `${within(left, above)} ${word} ${within(right, below)}`, level };
}

function asPart(feel: Feel, level: Level): string {
  return feel.isText ? within(feel, level) : asText(feel);
}

function writeChoice(test: Feel, yes: Feel, no: Feel): Feel {
  const text = `if ${test.text} then ${within(yes, 1)} else ${within(no, 1)}`;
  return yes.isText && no.isText ? { text, level: 0, isText: true } : { text, level: 0 };
}

function describe(node: Juel): string {
  if (node.kind === 'name') return node.name;
  if (node.kind === 'property') return `${describe(node.of)}.${node.name}`;
  if (node.kind === 'call') return `${node.of === null ? '' : `${describe(node.of)}.`}${node.name}()`;
  return '...';
}
