import { describe, expect, it } from '@jest/globals';
import { ExpressionError, compileExpression, compileValue } from '../../../engine/expression/expression.ts';
import type { Variables } from '../../../engine/instance.ts';

const AT = Date.UTC(2026, 1, 28, 23, 30);

const valueOf = (text: string, context: Variables = {}) => compileExpression(text).evaluate(context, AT).value;
const missingIn = (text: string, context: Variables = {}) => compileExpression(text).evaluate(context, AT).missing;
const refusalOf = (text: string): ExpressionError => {
  try {
    compileExpression(text);
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error(`Expected "${text}" to be refused, but it was compiled.`);
};

describe('an expression', () => {
  it('reads variables, paths and lists', () => {
    const context = { priority: 'P1', alert: { labels: { job: 'db' } }, groups: ['a', 'b'] };
    expect(valueOf('priority = "P1" and count(groups) = 2', context)).toBe(true);
    expect(valueOf('alert.labels.job', context)).toBe('db');
    expect(valueOf('for g in groups return upper case(g)', context)).toEqual(['A', 'B']);
    expect(valueOf('{low: 1, high: low + 1}')).toEqual({ low: 1, high: 2 });
  });

  it('reads names with blanks, and names in Chinese', () => {
    expect(valueOf('first name + 优先级', { 'first name': 'A', 优先级: 'B' })).toBe('AB');
    expect(valueOf('`first name`', { 'first name': 'A' })).toBe('A');
    expect(compileExpression('first   name').names).toEqual(['first name']);
  });

  it('reads names with operators and keywords in them when they are declared', () => {
    const expression = compileExpression("Mike's pay - profit and loss", {
      "Mike's pay": null,
      'profit and loss': null,
    });
    expect(expression.names).toEqual(["Mike's pay", 'profit and loss']);
    expect(expression.evaluate({ "Mike's pay": 5, 'profit and loss': 2 }, AT).value).toBe(3);
    expect(expression.evaluate({ "Mike's pay": 5 }, AT).missing).toEqual(['profit and loss']);
  });

  it('reads declared entries with operators also where the context has no such entry', () => {
    const expression = compileExpression('p.a-b', { p: { 'a-b': null } });
    expect(expression.evaluate({ p: { 'a-b': 7 } }, AT).value).toBe(7);
    expect(expression.evaluate({ p: null }, AT).value).toBeNull();
  });

  it('never throws when it is evaluated', () => {
    const { value, warnings } = compileExpression('date(x)').evaluate({ x: '-2026-01-01' }, AT);
    expect(value).toBeNull();
    expect(warnings.join()).toContain('negative date');
  });

  it('sees own entries of the context only', () => {
    expect(valueOf('constructor')).toBeNull();
    expect(valueOf('a.constructor', { a: {} })).toBeNull();
  });
});

describe('values given back', () => {
  it.each([
    ['date("2026-02-28")', '2026-02-28'],
    ['time("10:30:00")', '10:30:00'],
    ['time("10:30:00+05:30")', '10:30:00+05:30'],
    ['date and time("2026-02-28T10:30:00")', '2026-02-28T10:30:00'],
    ['date and time("2026-02-28T10:30:00Z")', '2026-02-28T10:30:00Z'],
    ['date and time("2026-02-28T10:30:00.25-04:00")', '2026-02-28T10:30:00.25-04:00'],
    ['date and time("2026-07-01T10:30:00@Europe/Paris")', '2026-07-01T10:30:00+02:00'],
    ['date and time("2026-01-01T10:30:00@Europe/Paris")', '2026-01-01T10:30:00+01:00'],
    ['date and time("2026-07-01T10:30:00@America/St_Johns")', '2026-07-01T10:30:00-02:30'],
    ['duration("PT90M")', 'PT1H30M'],
    ['duration("P1DT25H")', 'P2DT1H'],
    ['duration("P14M")', 'P1Y2M'],
    ['duration("PT0S")', 'PT0S'],
    ['duration("P0M")', 'P0M'],
    ['-duration("PT1H")', null],
    ['duration("PT1H") - duration("PT3H")', '-PT2H'],
    ['date("2026-03-31") + duration("P1M")', '2026-04-30'],
    ['[date("2026-02-28"), {a: duration("P1D")}]', ['2026-02-28', { a: 'P1D' }]],
  ])('%s gives %j', (text, expected) => {
    expect(valueOf(text)).toEqual(expected);
  });

  it('has null and a warning for a range, a function and a number without end', () => {
    for (const text of ['[1..3]', 'function(a) a', '10 ** 999']) {
      const { value, warnings } = compileExpression(text).evaluate({}, AT);
      expect(value).toBeNull();
      expect(warnings).toHaveLength(1);
    }
  });

  it('has no negative zero, which JSON would lose', () => {
    expect(Object.is(valueOf('0 * -1'), 0)).toBe(true);
  });
});

describe('the clock', () => {
  it('is the given instant, in UTC', () => {
    expect(valueOf('now()')).toBe('2026-02-28T23:30:00Z');
    expect(valueOf('today()')).toBe('2026-02-28');
    expect(valueOf('now() + duration("PT1H")')).toBe('2026-03-01T00:30:00Z');
    expect(valueOf('date and time(due) < now()', { due: '2026-02-28T23:29:59Z' })).toBe(true);
  });

  it('is shadowed by a variable of that name', () => {
    expect(valueOf('now', { now: 'then' })).toBe('then');
    expect(valueOf('today', { today: null })).toBeNull();
  });
});

describe('missing variables', () => {
  it('are null, named once, and not confused with null', () => {
    expect(missingIn('a = 1 or a = 2 or b = 3', { b: null })).toEqual(['a']);
    expect(missingIn('a.b.c', { a: null })).toEqual([]);
    expect(missingIn('a.b.c')).toEqual(['a']);
  });

  it('count only when they are read', () => {
    expect(missingIn('if true then 1 else a')).toEqual([]);
  });

  it('may be asked for', () => {
    expect(valueOf('is defined(a)')).toBe(false);
    expect(valueOf('is defined(a.b)', { a: { b: 1 } })).toBe(true);
    expect(valueOf('get or else(a, "none")')).toBe('none');
    expect(missingIn('is defined(a) or is defined(a.b) or get or else(a, 1) = 1')).toEqual([]);
    expect(missingIn('get or else(a, b)')).toEqual(['b']);
  });

  it('are not entries that some items of a filtered list lack', () => {
    const items = [{ a: 1 }, {}];
    expect(valueOf('items[a = 1]', { items })).toEqual([{ a: 1 }]);
    expect(missingIn('items[a = 1]', { items })).toEqual([]);
  });
});

describe('the names of an expression', () => {
  it.each<[string, string[]]>([
    ['b + a.c + b', ['b', 'a']],
    ['count(xs) + sum(xs)', ['xs']],
    ['for i in xs, j in i.ys return i + j + k', ['xs', 'k']],
    ['some i in xs satisfies i > limit', ['xs', 'limit']],
    ['{a: b, c: a + d}', ['b', 'd']],
    ['function(a, b) a + c', ['c']],
    ['xs[item > limit]', ['xs', 'limit']],
    ['substring(string: s, start position: 2)', ['s']],
    ['x instance of number', ['x']],
    ['now() > date and time(due)', ['due']],
    ['"a b"', []],
  ])('%s reads %j', (text, names) => {
    expect(compileExpression(text).names).toEqual(names);
  });
});

describe('what is refused when it is compiled', () => {
  it('is a text that is not FEEL, with its place', () => {
    const refusal = refusalOf('priority = ');
    expect(refusal.message).toContain('Expected a FEEL expression, but found the end of the text');
    expect(refusal.text).toBe('priority = ');
    expect(refusal.position.from).toBe(11);
    expect(refusalOf('').message).toContain('the end of the text');
    expect(refusalOf('a && b').message).toContain('but found "&&" at character 3');
  });

  it.each(['a == 1', 'a = 1 and > 3', '= 1'])('is a comparison without a left side: %s', (text) => {
    expect(refusalOf(text).message).toContain('Expected a value on both sides of each comparison');
  });

  it('is a function that nobody knows', () => {
    expect(refusalOf('1 + cuont(xs)').message).toBe(
      'Expected a function of FEEL, but found cuont(). Correct its name.',
    );
    expect(refusalOf('1 + cuont(xs)').position).toEqual({ from: 4, to: 9 });
  });

  it.each(['random number()', 'uuid()'])('is %s, which gives another value every time', (text) => {
    expect(refusalOf(text).message).toContain('random function');
  });
});

describe('an attribute of a diagram', () => {
  it('is the text itself without =', () => {
    expect(compileValue('priority + 1').evaluate({}, AT)).toEqual({ value: 'priority + 1', missing: [], warnings: [] });
    expect(compileValue('').evaluate({}, AT).value).toBe('');
  });

  it('is an expression with =', () => {
    const value = compileValue('= priority + 1');
    expect(value.text).toBe('= priority + 1');
    expect(value.names).toEqual(['priority']);
    expect(value.evaluate({ priority: 1 }, AT).value).toBe(2);
    expect(() => compileValue('=')).toThrow(ExpressionError);
  });
});
