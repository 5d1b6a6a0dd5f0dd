/** Where ours follows the DMN standard and feelin does not; and built-in functions that ours has itself. */
import { describe, expect, it } from '@jest/globals';
import { compileExpression } from '../../../engine/expression/expression.ts';
import type { Value, Variables } from '../../../engine/instance.ts';

const AT = Date.UTC(2026, 1, 28, 23, 30);
const valueOf = (text: string, context: Variables = {}): Value => compileExpression(text).evaluate(context, AT).value;

const gives = (rows: [string, Value, Variables?][]): void => {
  it.each(rows.map(([text, expected, context = {}]) => [text, expected, context] as const))(
    '%s gives %j',
    (text, expected, context) => {
      expect(valueOf(text, context)).toEqual(expected);
    },
  );
};

describe('where feelin leaves the standard', () => {
  describe('only true takes the first branch of if', () => gives([['if "a" then 1 else 2', 2]]));
  describe('values of different types have no order', () =>
    gives([
      ['"a" <= 1', null],
      ['true < false', null],
      ['1 between "a" and 3', null],
      ['[1, 2 between "a" and 3]', [1, null]],
    ]));
  describe('quantifiers have three values', () =>
    gives([
      ['some x in [1, null] satisfies x > 2', null],
      ['some x in [1, null, 3] satisfies x > 2', true],
      ['every x in [3, null] satisfies x > 2', null],
      ['every x in [1, null] satisfies x > 2', false],
      ['some x in [1] satisfies "yes"', null],
    ]));
  describe('an argument that is not of the type of its parameter is null', () =>
    gives([
      ['{f: function(n: number) n, r: f("x")}.r', null],
      ['{f: function(n: number) n, r: f(1)}.r', 1],
      ['{f: function(n: number) n, r: f([1])}.r', 1],
      ['{f: function(d: date) d.year, r: f(@"2026-01-01")}.r', 2026],
      ['{f: function(t: tTicket) t, r: f(1)}.r', 1],
    ]));
  describe('a filter keeps what is false or null when it is asked for', () =>
    gives([
      ['[true, false, null][item = false]', [false]],
      ['[1, null][item = null]', [null]],
    ]));
  describe('a filter may be any condition over its items', () =>
    gives([
      [
        'items[active].n',
        [2],
        {
          items: [
            { n: 1, active: false },
            { n: 2, active: true },
          ],
        },
      ],
      ['["ab", "cd"][contains(item, "c")]', ['cd']],
    ]));
  describe('an iteration ends', () =>
    gives([
      ['for i in 1..2.5 return i', [1, 2]],
      ['for i in -1..0 return i', [-1, 0]],
      ['for i in 3..1 return i', [3, 2, 1]],
      ['for i in 1..3 return partial', [[], [[]], [[], [[]]]]],
      ['for d in @"2026-02-28"..@"2026-03-01" return d', ['2026-02-28', '2026-03-01']],
      ['for c in "a".."c" return c', null],
    ]));
  describe('lists of different length are not equal', () =>
    gives([
      ['[1] = []', false],
      ['[] != [{a: 1}]', true],
    ]));
  describe('a bound of a range that is null is unknown', () => gives([['5 in [1..null]', null]]));
  describe('lists are searched by equality', () =>
    gives([
      ['list contains([[1, 2]], [1, 2])', true],
      ['index of([@"2026-01-01"], @"2026-01-01")', [1]],
    ]));
  describe('least and greatest are found among all that has an order', () =>
    gives([
      ['min(["b", "a"])', 'a'],
      ['max(@"2026-01-01", @"2026-02-01")', '2026-02-01'],
    ]));
  describe('numbers are sorted as numbers', () => gives([['median([10, 9, 100])', 10]]));
  describe('rounding is decimal', () =>
    gives([
      ['round half up(1.005, 2)', 1.01],
      ['round half down(-2.5, 0)', -2],
      ['decimal(2.5, 0)', 2],
    ]));
  describe('durations can be multiplied and divided', () =>
    gives([
      ['duration("PT1H") * 2', 'PT2H'],
      ['duration("P1Y") / 2', 'P6M'],
      ['duration("PT1H") / duration("PT30M")', 2],
      ['@"2026-01-01T12:00:00+02:00" - @"2026-01-01T10:00:00Z"', 'PT0S'],
      ['years and months duration(@"2011-12-22", @"2013-08-24")', 'P1Y8M'],
    ]));
  describe('a context has each key once', () => gives([['{a: 1, a: 2}', null]]));
  describe('numbers have exponents, and a text without digits is none', () =>
    gives([
      ['1e3', 1000],
      ['number("")', null],
    ]));
  describe('a function wants all its arguments', () => gives([['{f: function(a, b) a, r: f(1)}.r', null]]));
  describe('a function may call itself', () =>
    gives([['{f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(5)}.r', 120]]));
  describe('ranges have all their relations', () =>
    gives([
      ['during(5, [1..10])', true],
      ['starts(1, [1..10])', true],
      ['finished by([1..10], 10)', true],
      ['overlaps before([1..5], [3..8])', true],
      ['coincides([1..5], [1..5])', true],
    ]));
});

describe('regular expressions', () => {
  gives([
    ['matches("ABC", "b", "i")', true],
    ['matches("a\\nb", "a.b")', false],
    ['matches("a\\nb", "a.b", "s")', true],
    ['matches("a\\nb", "^b$", "m")', true],
    ['matches("hello world", "hello \\\\ world", "x")', false],
    ['matches("ab", "a b", "x")', true],
    ['matches("a", "a", "q")', null],
    ['replace("2026-02", "(\\\\d+)-(\\\\d+)", "$2/$1")', '02/2026'],
    ['replace("abc", "b", "[$0]")', 'a[b]c'],
    ['split("a;b;;c", ";")', ['a', 'b', '', 'c']],
    ['split("abc", "")', ['a', 'b', 'c']],
  ]);

  it.each(['matches("aa", "(a)\\\\1")', 'matches("ab", "a(?=b)")', 'matches("b", "[a-z-[aeiou]]")'])(
    '%s is null, and a warning says why',
    (text) => {
      const { value, warnings } = compileExpression(text).evaluate({}, AT);
      expect(value).toBeNull();
      expect(warnings.join()).toContain('Expected a regular expression that can be matched in linear time');
    },
  );
});

describe('a function that is given what it cannot use', () => {
  it('is null, and a warning names its parameters', () => {
    const { value, warnings } = compileExpression('contains(1, "a")').evaluate({}, AT);
    expect(value).toBeNull();
    expect(warnings).toEqual(['Expected arguments that fit contains(string, match), but found others; null is used.']);
  });
});
