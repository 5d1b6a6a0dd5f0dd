import { describe, expect, it } from '@jest/globals';
import { compileDecisions, evaluateDecision, readDecisions } from '../../../engine/decision/index.ts';
import type { Variables } from '../../../engine/instance.ts';
import { decisionXml, dmnXml, inputDataXml, knowledgeXml, knowsXml, literalXml } from '../../support/dmn.ts';
import { serviceXml, tableXml } from '../../support/dmn.ts';

const compile = async (...elements: string[]) => compileDecisions(await readDecisions(dmnXml(elements)));

async function evaluate(id: string, context: Variables, ...elements: string[]) {
  const { decisions, problems } = await compile(...elements);
  expect(problems).toEqual([]);
  const decision = decisions.get(id);
  if (!decision) throw new Error(`Expected decision ${id} to be compiled.`);
  return evaluateDecision(decision, context, 0);
}

const table = tableXml('level', {
  inputs: ['impact'],
  outputs: ['o'],
  rules: [
    ['"high"', '1'],
    ['-', '3'],
  ],
  hitPolicy: 'FIRST',
});
const graph = [
  inputDataXml('impact', 'impact', 'string'),
  inputDataXml('vip', 'vip', 'boolean'),
  decisionXml('level', table, { reads: ['impact'] }),
  decisionXml('rank', literalXml('if vip then level else level + 1'), { requires: ['level'], reads: ['vip'] }),
];
const whole = serviceXml('urgency', { outputs: ['rank'], inside: ['level'], inputs: ['impact', 'vip'] });
const part = serviceXml('ranking', { outputs: ['rank'], given: ['level'], inputs: ['vip'] });

describe('a decision service', () => {
  it('gives the result of its output decision, and says which rules matched on the way', async () => {
    const result = await evaluate('urgency', { impact: 'high', vip: false }, ...graph, whole);
    expect(result.output).toBe(2);
    expect(result.required).toMatchObject([
      { decision: 'level', rules: ['r1'], inputs: { impact: 'high' }, output: 1 },
      { decision: 'rank', output: 2 },
    ]);
  });

  it('gives a context of its output decisions when it has several', async () => {
    const both = serviceXml('both', { outputs: ['level', 'rank'], inputs: ['impact', 'vip'] });
    const result = await evaluate('both', { impact: 'high', vip: true }, ...graph, both);
    expect(result.output).toEqual({ level: 1, rank: 1 });
    expect(result.required).toHaveLength(2);
  });

  it('takes the result of an input decision from its caller', async () => {
    const result = await evaluate('ranking', { level: 7, vip: false, impact: 'high' }, ...graph, part);
    expect(result.output).toBe(8);
    expect(result.required.map(({ decision }) => decision)).toEqual(['rank']);
  });

  it('is called from FEEL: inputs first, then input decisions, or by name', async () => {
    const caller = (text: string) => decisionXml('d', knowsXml('ranking') + literalXml(text));
    expect((await evaluate('d', {}, ...graph, part, caller('ranking(true, 5)'))).output).toBe(5);
    expect((await evaluate('d', {}, ...graph, part, caller('ranking(level: 5, vip: false)'))).output).toBe(6);
  });

  it('is called by an invocation', async () => {
    const binding = (name: string, text: string) => `<binding><parameter name="${name}"/>${literalXml(text)}</binding>`;
    const call = `<invocation>${literalXml('urgency')}${binding('impact', 'i')}${binding('vip', 'true')}</invocation>`;
    const result = await evaluate('d', { i: 'high' }, ...graph, whole, decisionXml('d', knowsXml('urgency') + call));
    expect(result.output).toBe(1);
    expect(result.required.map(({ decision, rules }) => [decision, rules])).toEqual([
      ['level', ['r1']],
      ['rank', []],
      ['urgency', []],
    ]);
  });

  it('does not see the variables of who calls it', async () => {
    const caller = decisionXml('d', knowsXml('urgency') + literalXml('urgency(impact: "high")'));
    const result = await evaluate('d', { vip: true }, ...graph, whole, caller);
    expect(result.output).toBe(2);
  });

  it('is called by functions of the file', async () => {
    const twice = knowledgeXml('twice', ['n: number'], 'ranking(true, n) * 2').replace(
      '</businessKnowledgeModel>',
      `${knowsXml('ranking')}</businessKnowledgeModel>`,
    );
    const caller = decisionXml('d', knowsXml('twice') + literalXml('twice(4)'));
    expect((await evaluate('d', {}, ...graph, part, twice, caller)).output).toBe(8);
  });

  it('is refused with what it does not find', async () => {
    const { decisions, problems } = await compile(
      ...graph,
      serviceXml('s', { outputs: ['rank', 'gone'], inputs: ['x'] }),
    );
    expect(decisions.has('s')).toBe(false);
    expect(problems.map(({ rule, element }) => [rule, element])).toEqual([
      ['missing-requirement', 's'],
      ['missing-requirement', 's'],
    ]);
  });

  it('must not require itself', async () => {
    const { decisions, problems } = await compile(
      serviceXml('s', { outputs: ['a'] }),
      decisionXml('a', knowsXml('s') + literalXml('s()')),
    );
    expect(decisions.size).toBe(0);
    expect(problems.map(({ rule }) => rule)).toEqual(['requirement-cycle']);
  });
});

describe('a table inside of a function', () => {
  it('says which rules matched at every call', async () => {
    const body = `<encapsulatedLogic><formalParameter name="impact"/>${table}</encapsulatedLogic>`;
    const bkm = `<businessKnowledgeModel id="f" name="f"><variable name="f"/>${body}</businessKnowledgeModel>`;
    const result = await evaluate('d', {}, bkm, decisionXml('d', knowsXml('f') + literalXml('f("high") + f("low")')));
    expect(result.output).toBe(4);
    expect(result.rules).toEqual([]);
    expect(result.required).toEqual([
      { decision: 'f', rules: ['r1'], inputs: { impact: 'high' }, output: 1 },
      { decision: 'f', rules: ['r2'], inputs: { impact: 'low' }, output: 3 },
    ]);
  });

  it('keeps the last hundred of very many calls', async () => {
    const body = `<encapsulatedLogic><formalParameter name="impact"/>${table}</encapsulatedLogic>`;
    const bkm = `<businessKnowledgeModel id="f" name="f"><variable name="f"/>${body}</businessKnowledgeModel>`;
    const loop = decisionXml('d', knowsXml('f') + literalXml('for i in 1..150 return f("high")'));
    const result = await evaluate('d', {}, bkm, loop);
    expect(result.required).toHaveLength(99);
  });
});
