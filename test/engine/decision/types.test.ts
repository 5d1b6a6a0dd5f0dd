import { describe, expect, it } from '@jest/globals';
import { compileDecisions, evaluateDecision, readDecisions } from '../../../engine/decision/index.ts';
import type { Variables } from '../../../engine/instance.ts';
import { decisionXml, dmnXml, inputDataXml, knowledgeXml, knowsXml, literalXml } from '../../support/dmn.ts';

const compile = async (...elements: string[]) => compileDecisions(await readDecisions(dmnXml(elements)));

async function evaluate(context: Variables, ...elements: string[]) {
  const { decisions, problems } = await compile(...elements);
  expect(problems).toEqual([]);
  const decision = decisions.get('d');
  if (!decision) throw new Error('Expected decision d to be compiled.');
  return evaluateDecision(decision, context, 0);
}

const item = (name: string, inside: string, attributes = '') =>
  `<itemDefinition name="${name}"${attributes}>${inside}</itemDefinition>`;
const component = (name: string, type: string, attributes = '') =>
  `<itemComponent name="${name}"${attributes}><typeRef>${type}</typeRef></itemComponent>`;
const LIST = ' isCollection="true"';
const types = [
  item('tTier', '<typeRef>string</typeRef><allowedValues><text>"L1", "L2"</text></allowedValues>'),
  item('tTiers', '<typeRef>tTier</typeRef>', LIST),
  item('tNumbers', '<typeRef>number</typeRef>', LIST),
  item('tFew', '<typeRef>tNumbers</typeRef><typeConstraint><text>count(?) &lt; 3</text></typeConstraint>'),
  item('tTicket', component('tier', 'tTier') + component('times', 'time', LIST)),
  item('tNode', component('name', 'string') + component('next', 'tNode')),
  item('tTest', '<functionItem outputTypeRef="boolean"><parameters name="x" typeRef="number"/></functionItem>'),
];
const result = async (text: string, typeRef: string) =>
  evaluate({}, ...types, decisionXml('d', literalXml(text), { typeRef }));

describe('the result of a decision', () => {
  it.each([
    ['1', 'number', 1],
    ['"1"', 'number', null],
    ['true', 'string', null],
    ['"2026-01-01"', 'date', null],
    ['date("2026-01-01")', 'date', '2026-01-01'],
    ['duration("P1D")', 'days and time duration', 'P1D'],
    ['duration("P1M")', 'days and time duration', null],
    ['date("2026-01-01")', 'date and time', '2026-01-01T00:00:00Z'],
    ['[7]', 'number', 7],
    ['[7, 8]', 'number', null],
    ['[[7]]', 'number', null],
    ['7', 'tNumbers', [7]],
    ['[7, "8"]', 'tNumbers', null],
    ['"L2"', 'tTier', 'L2'],
    ['"L3"', 'tTier', null],
    ['["L1", "L2"]', 'tTiers', ['L1', 'L2']],
    ['["L1", "L3"]', 'tTiers', null],
    ['[1, 2]', 'tFew', [1, 2]],
    ['[1, 2, 3]', 'tFew', null],
    ['{tier: "L1", other: 1}', 'tTicket', { tier: 'L1', other: 1 }],
    ['{tier: "L3"}', 'tTicket', null],
    ['{name: "a", next: {name: "b"}}', 'tNode', { name: 'a', next: { name: 'b' } }],
    ['{name: "a", next: {name: 2}}', 'tNode', null],
    ['[1]', 'Any', [1]],
  ])('%s as %s is %j', async (text, typeRef, expected) => {
    const { output, warnings } = await result(text, typeRef);
    expect(output).toEqual(expected);
    expect(warnings.length > 0).toBe(expected === null);
  });

  it('says what was wanted', async () => {
    expect((await result('"L3"', 'tTier')).warnings).toEqual([
      'd: Expected a value of type tTier, but found "L3"; null is used.',
    ]);
  });
});

describe('an input', () => {
  it('of another type than its own is null', async () => {
    const d = decisionXml('d', literalXml('[n]'), { reads: ['i'] });
    expect((await evaluate({ n: 'x' }, inputDataXml('i', 'n', 'number'), d)).output).toEqual([null]);
  });
});

describe('parameters and results of functions', () => {
  const call = (text: string) => decisionXml('d', knowsXml('f') + literalXml(text));

  it('conform to their types', async () => {
    const f = knowledgeXml('f', ['x: number'], 'x');
    expect((await evaluate({}, f, call('[f(1), f([2]), f("3")]'))).output).toEqual([1, 2, null]);
  });

  it('conform to the type of the function', async () => {
    const f = knowledgeXml('f', ['x'], 'x', 'tTest');
    expect((await evaluate({}, ...types, f, call('[f(true), f(1)]'))).output).toEqual([true, null]);
  });
});

describe('types that are wrong', () => {
  it('are a warning when nobody defines them, and any value is taken', async () => {
    const { decisions, problems } = await compile(
      item('tAlias', '<typeRef>tGone</typeRef>'),
      decisionXml('d', literalXml('1'), { typeRef: 'tMissing' }),
    );
    expect(problems.map(({ rule, severity, element }) => [rule, severity, element])).toEqual([
      ['unknown-type', 'warning', 'tAlias'],
      ['unknown-type', 'warning', 'd'],
    ]);
    const d = decisions.get('d');
    expect(d && evaluateDecision(d, {}, 0).output).toBe(1);
  });

  it('are refused when they are nothing but each other', async () => {
    const { problems } = await compile(item('tA', '<typeRef>tB</typeRef>'), item('tB', '<typeRef>tA</typeRef>'));
    expect(problems.map(({ rule, element }) => [rule, element])).toEqual([
      ['invalid-type', 'tA'],
      ['invalid-type', 'tB'],
    ]);
  });

  it('are refused when their allowed values are no FEEL', async () => {
    const bad = item('tBad', '<typeRef>number</typeRef><allowedValues><text>&lt; &lt;</text></allowedValues>');
    expect((await compile(bad)).problems).toMatchObject([{ rule: 'invalid-expression', element: 'tBad' }]);
  });
});
