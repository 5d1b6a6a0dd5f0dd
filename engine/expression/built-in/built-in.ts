/** How a built-in function is written: its parameters with their types in one line each, and a body that can rely on them. */
import { charge } from '../budget.ts';
import type { Run } from '../code.ts';
import { Invalid } from '../invalid.ts';
import { FunctionValue, Range, isContext, isList, unwrapped } from '../value.ts';
import type { Context, FeelValue } from '../value.ts';

/** A built-in function. */
export interface BuiltIn {
  /** Names for named arguments, in the order of positional ones. */
  readonly parameters: readonly string[];
  /** Other sets of names for the same arguments. */
  readonly aliases?: readonly (readonly string[])[];
  /** How many arguments it takes at most. */
  readonly most: number;
  /** @param values an argument that was not given is undefined. Invalid becomes null and a warning. */
  readonly call: (values: readonly FeelValue[], run: Run) => FeelValue;
}

/** The types of parameters. */
interface Types {
  any: FeelValue;
  string: string;
  number: number;
  boolean: boolean;
  /** A single value is a list of one. */
  list: readonly FeelValue[];
  context: Context;
  function: FunctionValue;
  range: Range;
}
type Type = keyof Types;

/** `name: type`, or `name?: type` for one that may be left out. */
type Parameter = `${string}: ${Type}`;
type Values<P extends readonly Parameter[]> = {
  [I in keyof P]: P[I] extends `${string}?: ${infer T extends Type}`
    ? Types[T] | undefined
    : P[I] extends `${string}: ${infer T extends Type}`
      ? Types[T]
      : never;
};

/** What does not fit its type. */
const UNFIT = Symbol('unfit');
/** An argument of the wrong type: the caller says which function. */
const MISMATCH = new Invalid('');

/** A list of one stands for its item; what is looked at costs steps by its size. */
const FITS: { readonly [T in Type]: (value: FeelValue) => Types[T] | typeof UNFIT } = {
  any: (value) => value,
  string(value) {
    const text = unwrapped(value);
    if (typeof text !== 'string') return UNFIT;
    charge(text.length >> 4);
    return text;
  },
  number(value) {
    const number = unwrapped(value);
    return typeof number === 'number' ? number : UNFIT;
  },
  boolean(value) {
    const boolean = unwrapped(value);
    return typeof boolean === 'boolean' ? boolean : UNFIT;
  },
  list(value) {
    if (value === null) return UNFIT;
    if (!isList(value)) return [value];
    charge(value.length);
    return value;
  },
  context(value) {
    const context = unwrapped(value);
    return isContext(context) ? context : UNFIT;
  },
  function: (value) => (value instanceof FunctionValue ? value : UNFIT),
  range: (value) => (value instanceof Range ? value : UNFIT),
};

/** A function with a fixed number of arguments. */
export function define<const P extends readonly Parameter[]>(
  parameters: P,
  body: (...values: Values<P>) => FeelValue,
  aliases?: readonly (readonly string[])[],
): BuiltIn {
  const parsed = parameters.map((parameter) => {
    const [name = '', type = 'any'] = parameter.split(': ');
    return { name: name.replace('?', ''), fits: FITS[type as Type], optional: name.endsWith('?') };
  });
  const apply = body as (...values: readonly FeelValue[]) => FeelValue;
  return {
    parameters: parsed.map(({ name }) => name),
    ...(aliases && { aliases }),
    most: parsed.length,
    call(values) {
      const fitting: FeelValue[] = [];
      for (let index = 0; index < parsed.length; index += 1) {
        const parameter = parsed[index];
        const value = values[index];
        if (parameter === undefined) break;
        const fit = value === undefined ? (parameter.optional ? undefined : UNFIT) : parameter.fits(value);
        if (fit === UNFIT) return MISMATCH;
        fitting.push(fit);
      }
      return apply(...fitting);
    },
  };
}

/** A function over one list, or over any number of arguments that are its items. */
export function defineOver(name: string, body: (items: readonly FeelValue[]) => FeelValue): BuiltIn {
  return {
    parameters: [name],
    most: Infinity,
    call(values) {
      if (values.length === 0) return MISMATCH;
      const [only] = values;
      const items = values.length === 1 && isList(only) ? only : values;
      charge(items.length);
      return body(items);
    },
  };
}

/** The items as numbers, null when one is none. */
export function numbersOf(items: readonly FeelValue[]): readonly number[] | null {
  return items.every((item) => typeof item === 'number') ? items : null;
}

export { MISMATCH };
