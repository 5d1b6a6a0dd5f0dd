/** Values as the DMN Technology Compatibility Kit writes them, and how results agree with them. */
import { compileProgram } from '../../engine/expression/feel.ts';
import { readTemporal } from '../../engine/expression/plain.ts';
import type { Value } from '../../engine/instance.ts';
import { childrenOf, split, type XmlElement } from './xml.ts';

type Kind = Parameters<typeof readTemporal>[0];

const KINDS: Readonly<Record<string, Kind>> = {
  date: 'date',
  time: 'time',
  dateTime: 'date and time',
  duration: 'duration',
  dayTimeDuration: 'duration',
  yearMonthDuration: 'duration',
};
const NUMBERS = ['decimal', 'double', 'integer', 'int', 'long', 'float'];

/** A date, time or duration. The same one may be written in several ways. */
class Temporal {
  readonly kind: Kind;
  readonly text: string;
  constructor(kind: Kind, text: string) {
    this.kind = kind;
    this.text = text;
  }
}

/** A value of the kit: JSON, with dates, times and durations told apart from texts. */
export type TckValue = string | number | boolean | null | Temporal | TckValue[] | { [name: string]: TckValue };

/** The value inside of an element: of `value`, of `list`, or of all `component`s. */
export function readValue(element: XmlElement): TckValue {
  if (isNil(element)) return null;
  const components = childrenOf(element, 'component');
  if (components.length > 0) {
    return Object.fromEntries(components.map((it) => [it.attributes.get('name') ?? '', readValue(it)]));
  }
  const [list] = childrenOf(element, 'list');
  if (list) return isNil(list) ? null : childrenOf(list, 'item').map(readValue);
  const [value] = childrenOf(element, 'value');
  return value ? readScalar(value) : null;
}

function readScalar(element: XmlElement): TckValue {
  if (isNil(element)) return null;
  const type = split(attributeOf(element, 'type') ?? 'string')[1] || attributeOf(element, 'type');
  if (type !== undefined && NUMBERS.includes(type)) return Number(element.text);
  if (type === 'boolean') return element.text.trim() === 'true';
  const kind = KINDS[type ?? ''];
  return kind ? new Temporal(kind, element.text.trim()) : element.text;
}

function isNil(element: XmlElement): boolean {
  return attributeOf(element, 'nil') === 'true';
}

function attributeOf(element: XmlElement, name: string): string | undefined {
  for (const [key, value] of element.attributes) if (split(key)[1] === name) return value;
  return undefined;
}

/**
 * A value to evaluate with: dates, times and durations as FEEL has them, since an input without a type could not tell
 * them from texts.
 */
export function inputOf(value: TckValue): Value {
  if (value instanceof Temporal) return (readTemporal(value.kind, value.text) ?? value.text) as Value;
  if (Array.isArray(value)) return value.map(inputOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, inputOf(entry)]));
}

/** A value for readers. */
export function written(value: TckValue): string {
  return JSON.stringify(value, (_key, it: unknown) => (it instanceof Temporal ? it.text : it));
}

const EQUAL = compileProgram('a = b', 'expression');

/** Whether a result is what was expected. */
export function agrees(expected: TckValue, found: Value): boolean {
  if (expected instanceof Temporal) return typeof found === 'string' && isSameMoment(expected, found);
  if (typeof expected === 'number') return typeof found === 'number' && Math.abs(expected - found) <= 1e-8;
  if (typeof expected !== 'object' || expected === null) return expected === found;
  if (Array.isArray(expected)) {
    if (!Array.isArray(found) || found.length !== expected.length) return false;
    return expected.every((item, index) => agrees(item, found[index] ?? null));
  }
  if (typeof found !== 'object' || found === null || Array.isArray(found)) return false;
  const entries = Object.entries(expected);
  if (Object.keys(found).length !== entries.length) return false;
  return entries.every(([name, value]) => Object.hasOwn(found, name) && agrees(value, found[name] ?? null));
}

function isSameMoment({ kind, text }: Temporal, found: string): boolean {
  if (text === found) return true;
  const [a, b] = [readTemporal(kind, text), readTemporal(kind, found)];
  return a !== null && b !== null && EQUAL.run({ a, b }, 0).value === true;
}
