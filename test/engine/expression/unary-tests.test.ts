import { describe, expect, it } from '@jest/globals';
import { compileUnaryTests } from '../../../engine/expression/expression.ts';
import type { Value, Variables } from '../../../engine/instance.ts';

const passes = (text: string, input: Value, context: Variables = {}) =>
  compileUnaryTests(text).evaluate(input, context, 0);

describe('an input entry', () => {
  it.each<[string, Value, boolean]>([
    ['-', 'x', true],
    ['', null, true],
    ['"P1"', 'P1', true],
    ['"P1"', 'P2', false],
    ['"P1", "P2"', 'P2', true],
    ['"a, b", "c"', 'a, b', true],
    ['"a, b", "c"', 'a', false],
    ['not("P1", "P2")', 'P3', true],
    ['not("P1", "P2")', 'P2', false],
    ['< 10', 9, true],
    ['[1..5)', 5, false],
    ['[1..5], > 9', 10, true],
    ['-3', -3, true],
    ['true', true, true],
    ['true', 'true', false],
    ['5', '5', false],
    ['null', null, true],
    ['< 10', null, false],
    ['"a"', ['a'], true],
    ['contains(?, "disk")', 'the disk is full', true],
    ['? > 3 and ? < 5', 4, true],
  ])('%s with %j gives %s', (text, input, expected) => {
    expect(passes(text, input)).toBe(expected);
  });

  it('reads other variables', () => {
    expect(compileUnaryTests('> limit, others').names).toEqual(['limit', 'others']);
    expect(passes('> limit', 4, { limit: 3 })).toBe(true);
    expect(passes('names', 'b', { names: ['a', 'b'] })).toBe(true);
    expect(passes('> limit', 4)).toBe(false);
  });

  it('is refused when it is not FEEL', () => {
    expect(() => compileUnaryTests('"P1" or')).toThrow('Expected FEEL unary tests');
    expect(() => compileUnaryTests('> > 3')).toThrow('on both sides');
  });
});
