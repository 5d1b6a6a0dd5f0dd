/** Arithmetic over numbers, texts and temporal values (DMN 1.3, 10.3.2.3.5). */
import { charge } from '../budget.ts';
import { sourceOf, warn } from '../code.ts';
import type { NodeCompiler, Run } from '../code.ts';
import { calculate, isTemporal } from '../temporal.ts';
import { childrenOf } from '../syntax.ts';
import { kindOf } from '../value.ts';
import type { FeelValue } from '../value.ts';

type Calculation = (a: number, b: number) => number | null;

const CALCULATIONS: Readonly<Record<string, Calculation>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0 ? null : a / b),
  '**': (a, b) => a ** b,
  '^': (a, b) => a ** b,
};

export const arithmeticExpression: NodeCompiler = (node, compilation) => {
  const parts = childrenOf(node);
  const operator = sourceOf(parts.find(({ name }) => name === 'ArithOp') ?? node, compilation).trim();
  const calculation = CALCULATIONS[operator];
  const operands = parts.filter(({ name }) => name !== 'ArithOp').map((part) => compilation.compile(part, compilation));
  const [first, second] = operands;
  if (!calculation || !first) throw new Error(`Expected an operator of arithmetic, but found ${operator}.`);
  if (!second) {
    return (run, scope) => {
      const value = first(run, scope);
      return typeof value === 'number' ? 0 - value : otherwise(run, operator, 0, value);
    };
  }
  return (run, scope) => {
    const a = first(run, scope);
    const b = second(run, scope);
    if (typeof a === 'number' && typeof b === 'number') return calculation(a, b);
    return otherwise(run, operator, a, b);
  };
};

/** What is not two numbers: texts and temporal values; null for everything else. */
function otherwise(run: Run, operator: string, a: FeelValue, b: FeelValue): FeelValue {
  if (typeof a === 'string' && typeof b === 'string' && operator === '+') {
    charge(1 + ((a.length + b.length) >> 4));
    return a + b;
  }
  const kinds = [kindOf(a), kindOf(b)] as const;
  const result = kinds.some(isTemporal) ? calculate(operator, a, b) : null;
  if (result === null) {
    warn(run, `Expected values that ${operator} can join, but found ${kinds.join(' and ')}; null is used.`);
  }
  return result;
}
