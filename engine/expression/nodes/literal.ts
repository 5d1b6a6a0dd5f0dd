/** Literals: numbers, texts, true, false, null, `@"..."`. */
import { sourceOf, warn } from '../code.ts';
import type { NodeCompiler } from '../code.ts';
import { atLiteral } from '../temporal.ts';

export const numericLiteral: NodeCompiler = (node, compilation) => {
  const value = Number(sourceOf(node, compilation).replaceAll(/\s/gu, ''));
  return () => value;
};

export const stringLiteral: NodeCompiler = (node, compilation) => {
  const value = readText(sourceOf(node, compilation));
  return () => value;
};

export const booleanLiteral: NodeCompiler = (node, compilation) => {
  const value = sourceOf(node, compilation) === 'true';
  return () => value;
};

export const nullLiteral: NodeCompiler = () => () => null;

/** `@"2026-02-28"` (DMN 1.3, 10.3.2.3.4). */
export const atLiteralNode: NodeCompiler = (node, compilation) => {
  const source = sourceOf(node, compilation);
  const value = atLiteral(source);
  if (value !== undefined) return () => value;
  return (run) => {
    warn(run, `Expected a date, time or duration, but found ${source}; null is used.`);
    return null;
  };
};

/** `?`, the tested value. */
export const inputNode: NodeCompiler = () => (run) => run.input;

const ESCAPE = /\\(?:(["\\])|([nrt])|[uU]([a-fA-F0-9]{5,6})|[uU]([a-fA-F0-9]{4}))/gu;
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** The value of a text literal with its quotes. */
export function readText(source: string): string {
  return source
    .slice(1, -1)
    .replaceAll(ESCAPE, (whole, plain?: string, control?: string, long?: string, short?: string) => {
      if (plain !== undefined) return plain;
      if (control !== undefined) return CONTROLS[control] ?? whole;
      if (short !== undefined) return String.fromCharCode(Number.parseInt(short, 16));
      const code = Number.parseInt(long ?? '', 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    });
}
