/**
 * Texts that are a plain literal: most entries of a decision table. They need no interpreter, and give the same values
 * as it would.
 */

/** A scalar that FEEL and JSON write alike. */
export type Scalar = string | number | boolean | null;

const SCALAR = String.raw`"[^"\\]*"|-?\d+(?:\.\d+)?|true|false|null`;
const ONE = new RegExp(String.raw`^\s*(${SCALAR})\s*$`, 'u');
const LIST = new RegExp(String.raw`^\s*(?:${SCALAR})(?:\s*,\s*(?:${SCALAR}))*\s*$`, 'u');
const EACH = new RegExp(SCALAR, 'gu');

/** The value of a text that is one literal, undefined for every other text. */
export function readScalar(text: string): Scalar | undefined {
  const literal = ONE.exec(text)?.[1];
  return literal === undefined ? undefined : scalarOf(literal);
}

/** The values of a text that is a comma-separated list of literals, undefined for every other text. */
export function readScalars(text: string): Scalar[] | undefined {
  return LIST.test(text) ? (text.match(EACH) ?? []).map(scalarOf) : undefined;
}

/** Whether a value is one of those that literals can be compared with directly. */
export function isScalar(value: unknown): value is Scalar {
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function scalarOf(literal: string): Scalar {
  if (literal.startsWith('"')) return literal.slice(1, -1);
  if (literal === 'true') return true;
  if (literal === 'false') return false;
  return literal === 'null' ? null : Number(literal);
}
