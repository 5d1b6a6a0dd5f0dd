/** Data associations (BPMN 2.0, 10.4.2): what they copy, as plain data. */
import type { Expression } from './expression/expression.ts';
import type { Value, Variables } from './instance.ts';
import type { DataCopy } from './model.ts';
import { withPath } from './variables.ts';

/** What these associations give; a copy whose source is not known is left out. */
export function copied(
  copies: readonly DataCopy[],
  known: Variables,
  evaluate: (expression: Expression) => Value,
): Variables {
  let values: Variables = {};
  for (const { reads, source, target } of copies) {
    if (reads.every((name) => Object.hasOwn(known, name))) values = withPath(values, target, evaluate(source));
  }
  return values;
}

/** Divides a result into what stays inside the element (its data outputs and properties, or an iteration's own) and what leaves it. */
export function divide(
  { local }: { readonly local: readonly string[] },
  result: Variables,
): { inside: Variables; outside: Variables } {
  const [inside, outside]: [Variables, Variables] = [{}, {}];
  for (const [name, value] of Object.entries(result)) (local.includes(name) ? inside : outside)[name] = value;
  return { inside, outside };
}
