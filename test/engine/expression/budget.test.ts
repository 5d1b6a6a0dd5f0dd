import { describe, expect, it } from '@jest/globals';
import {
  BudgetExceeded,
  ExpressionError,
  compileExpression,
  compileUnaryTests,
  withBudget,
} from '../../../engine/expression/expression.ts';
import type { Variables } from '../../../engine/instance.ts';

const many = Array.from({ length: 50_000 }, (_, index) => index);
/** What all of them may read. */
const context: Variables = {
  xs: many,
  s: 'a'.repeat(10_000),
  half: 'a'.repeat(600_000),
  words: 'word  '.repeat(4000),
  near: `${'a'.repeat(50_000)}b`,
  c: Object.fromEntries(many.map((index) => [`k${index}`, index])),
};

const breachOf = (text: string): string => {
  const expression = compileExpression(text);
  try {
    const { value } = expression.evaluate(context, 0);
    throw new Error(`Expected a breach, but found ${JSON.stringify(value)?.slice(0, 100)}.`);
  } catch (error) {
    if (error instanceof BudgetExceeded) return error.message;
    throw error;
  }
};

describe('an expression that costs too much', () => {
  it.each([
    'for i in 1..100000000 return i',
    'count(for i in 1..10 ** 300 return i)',
    'for i in 9007199254740992..9007199254740999 return i',
    'for i in 1..10000, j in 1..10000 return 1',
    'for i in 1..10000 return for j in 1..10000 return 1',
    'some i in 1..100000000 satisfies i < 0',
    'sum(for i in 1..100000000 return i)',
    'for d in date("0001-01-01")..date("9999-12-31") return d',
    'for i in 1..100000 return now() + duration("PT1H")',
    'for i in 1..16000 return @"2024-01-01T00:00:00@Europe/Paris"',
    '{f: function(n) if n < 2 then n else f(n - 1) + f(n - 2), r: f(40)}.r',
    'xs[item in xs[item > 0]]',
    'xs[list contains(xs, item)]',
    'for x in xs return index of(xs, x)',
    'distinct values(for x in xs return [x, x])',
    'sort(xs, function(a, b) a > b)',
    'for i in 1..10000 return reverse(xs)',
    'for i in 1..40 return if i = 1 then "ab" else partial[-1] + partial[-1]',
    'for i in 1..40 return if i = 1 then [1] else concatenate(partial[-1], partial[-1])',
    'string(for i in 1..40 return if i = 1 then [1] else [partial[-1], partial[-1]])',
    'for i in 1..1000 return matches(s, "(.*)(.*)(.*)x")',
    'for i in 1..1000 return matches("a", "a{" + string(i) + "}(b{500}){2}")',
    'replace(s, "a", s)',
    'replace(s, "a.*b|a", "c")',
    'for i in 1..1000000 return upper case(s)',
    'for i in 1..1000000 return get value(c, "a b")',
  ])('ends: %s', (text) => {
    expect(breachOf(text)).toContain('to end within 2000000 steps, but it did not');
  });

  it.each([
    '{f: function(n) f(n + 1), r: f(0)}.r',
    '(function(g) g(g))(function(g) g(g))',
    'string((for i in 1..3000 return if i = 1 then 1 else [partial[-1]])[-1])',
    '(for i in 1..3000 return if i = 1 then 1 else {a: partial[-1]})[-1]',
  ])('does not use up the stack: %s', (text) => {
    expect(breachOf(text)).toContain('no deeper than 2000 levels');
  });

  it('is one that gives more than a million characters', () => {
    const doubled = 'for i in 1..30 return if i = 1 then [1] else [partial[-1], partial[-1]]';
    expect(breachOf(doubled)).toContain('at most 1000000 characters of JSON');
    expect(breachOf('half + half')).toContain('at most 1000000 characters of JSON');
  });

  it('is named in the message', () => {
    expect(breachOf('for i in 1..100000000 return i')).toBe(
      'Expected expression "for i in 1..100000000 return i" to end within 2000000 steps, but it did not. ' +
        'Let it look at less, or let a job do the work.',
    );
  });

  it('takes nothing from the next one', () => {
    breachOf('for i in 1..100000000 return i');
    expect(compileExpression('sum(for i in 1..1000 return i)').evaluate({}, 0).value).toBe(500_500);
  });

  it('may be an input entry', () => {
    const tests = compileUnaryTests('count(for i in 1..100000000 return i) > ?');
    expect(() => tests.evaluate(1, {}, 0)).toThrow(BudgetExceeded);
  });

  it('is one of several that share a budget', () => {
    const half = compileExpression('count(for i in 1..300000 return i)');
    expect(half.evaluate({}, 0).value).toBe(300_000);
    expect(() => withBudget('both', () => [half.evaluate({}, 0), half.evaluate({}, 0)])).toThrow(BudgetExceeded);
  });
});

describe('the same expression', () => {
  it('costs the same when its pattern is known from an earlier one', () => {
    const text = 'for i in 1..LAST return matches("abc", "[a-c]+" + string(i))';
    const ends = (last: number): boolean => {
      try {
        compileExpression(text.replace('LAST', String(last))).evaluate({}, 0);
        return true;
      } catch (error) {
        if (error instanceof BudgetExceeded) return false;
        throw error;
      }
    };
    const lasts = [300, 500, 700, 900, 1100, 1300, 1500, 2000, 4000];
    expect(new Set(lasts.map(ends)).size).toBe(2);
    expect(lasts.map(ends)).toEqual(lasts.map(ends));
  });
});

describe('what large work may still do', () => {
  it.each<[string, unknown]>([
    ['count(xs[item > 10])', 49_989],
    ['sum(xs)', 1_249_975_000],
    ['count(distinct values(xs))', 50_000],
    ['string length(replace(words, "\\s+", " "))', 20_000],
    ['count(sort(xs[item < 2000], function(a, b) a > b))', 2000],
    ['matches(near, "(a+)+$")', false],
  ])('%s', (text, expected) => {
    expect(compileExpression(text).evaluate(context, 0).value).toBe(expected);
  });
});

describe('a text that nests too deep', () => {
  it.each([
    ['brackets', `${'('.repeat(10_000)}1${')'.repeat(10_000)}`],
    ['lists', `${'['.repeat(10_000)}1${']'.repeat(10_000)}`],
    ['signs', `${'-'.repeat(2000)}a`],
    ['sums', Array.from({ length: 1500 }, () => 'a').join('+')],
    ['conditions', `${'if a then b else '.repeat(1000)}1`],
  ])('is refused: %s', (_name, text) => {
    expect(() => compileExpression(text)).toThrow(ExpressionError);
  });
});
