import { describe, expect, it } from '@jest/globals';
import { DecisionError, compileDecisions, evaluateDecision, readDecisions } from '../../../engine/decision/index.ts';
import type { Variables } from '../../../engine/instance.ts';
import { decisionXml, dmnXml, literalXml, tableXml } from '../../support/dmn.ts';

const compile = async (...elements: string[]) => compileDecisions(await readDecisions(dmnXml(elements)));

async function evaluate(context: Variables, ...elements: string[]) {
  const { decisions, problems } = await compile(...elements);
  expect(problems).toEqual([]);
  const decision = decisions.get('d');
  if (!decision) throw new Error('Expected decision d to be compiled.');
  return evaluateDecision(decision, context, 0);
}

const entry = (name: string, value: string) => `<contextEntry><variable name="${name}"/>${value}</contextEntry>`;
const functionXml = (parameters: string[], body: string, element = 'functionDefinition') =>
  `<${element}>${parameters.map((name) => `<formalParameter name="${name}"/>`).join('')}${body}</${element}>`;
const knowledgeXml = (id: string, name: string, logic: string, requires: string[] = []) =>
  `<businessKnowledgeModel id="${id}" name="${name}"><variable name="${name}"/>${logic}${knows(requires)}</businessKnowledgeModel>`;
const knows = (ids: string[]) =>
  ids.map((id) => `<knowledgeRequirement><requiredKnowledge href="#${id}"/></knowledgeRequirement>`).join('');
const invocationXml = (name: string, bindings: Record<string, string>) =>
  `<invocation>${literalXml(name)}${Object.entries(bindings)
    .map(([parameter, text]) => `<binding><parameter name="${parameter}"/>${literalXml(text)}</binding>`)
    .join('')}</invocation>`;

describe('a boxed context', () => {
  it('gives its entries, each of which knows those above it', async () => {
    const xml = `<context>${entry('net-pay', literalXml('pay * 0.8'))}${entry('rest', literalXml('net-pay - rent'))}</context>`;
    expect((await evaluate({ pay: 10, rent: 5 }, decisionXml('d', xml))).output).toEqual({ 'net-pay': 8, rest: 3 });
  });

  it('gives the result entry alone where there is one', async () => {
    const table = tableXml('t', {
      inputs: ['twice'],
      outputs: ['o'],
      rules: [
        ['> 3', '"many"'],
        ['<= 3', '"few"'],
      ],
    });
    const xml = `<context>${entry('twice', literalXml('n * 2'))}<contextEntry>${table}</contextEntry></context>`;
    expect((await evaluate({ n: 2 }, decisionXml('d', xml))).output).toBe('many');
  });
});

describe('a boxed list and a relation', () => {
  it('give lists', async () => {
    expect(
      (await evaluate({ n: 2 }, decisionXml('d', `<list>${literalXml('n')}${literalXml('n + 1')}</list>`))).output,
    ).toEqual([2, 3]);
    const row = (a: string, b: string) => `<row>${literalXml(a)}${literalXml(b)}</row>`;
    const relation = `<relation><column name="tier"/><column name="hours"/>${row('"L1"', '4')}${row('"L2"', 'n')}</relation>`;
    expect((await evaluate({ n: 2 }, decisionXml('d', relation))).output).toEqual([
      { tier: 'L1', hours: 4 },
      { tier: 'L2', hours: 2 },
    ]);
  });
});

describe('business knowledge', () => {
  const twice = knowledgeXml('k2', 'twice', functionXml(['x'], literalXml('x * 2'), 'encapsulatedLogic'));
  const fourfold = knowledgeXml(
    'k4',
    'four fold',
    functionXml(['the x'], literalXml('twice(twice(the x))'), 'encapsulatedLogic'),
    ['k2'],
  );

  it('is called by literal expressions, also with a name of two words', async () => {
    const decision = decisionXml('d', knows(['k4']) + literalXml('four fold(n) + four fold(the x: 1)'));
    expect((await evaluate({ n: 2 }, twice, fourfold, decision)).output).toBe(12);
  });

  it('is called by invocations, as functions of FEEL are', async () => {
    const decision = decisionXml('d', knows(['k4']) + invocationXml('four fold', { 'the x': 'n + 1' }));
    expect((await evaluate({ n: 2 }, twice, fourfold, decision)).output).toBe(12);
    const builtin = decisionXml('d', invocationXml('substring', { string: 's', 'start position': '2' }));
    expect((await evaluate({ s: 'abc' }, builtin)).output).toBe('bc');
  });

  it('may be a decision table', async () => {
    const table = tableXml('t', {
      inputs: ['x'],
      outputs: ['o'],
      rules: [
        ['> 3', '"many"'],
        ['<= 3', '"few"'],
      ],
    });
    const amount = knowledgeXml('k', 'amount', functionXml(['x'], table, 'encapsulatedLogic'));
    const result = await evaluate(
      { n: 4 },
      amount,
      decisionXml('d', knows(['k']) + literalXml('[amount(n), amount(1)]')),
    );
    expect(result.output).toEqual(['many', 'few']);
  });

  it('does not see the variables of the caller', async () => {
    const peek = knowledgeXml('k', 'peek', functionXml([], literalXml('n'), 'encapsulatedLogic'));
    const result = await evaluate({ n: 4 }, peek, decisionXml('d', knows(['k']) + literalXml('peek()')));
    expect([result.output, result.missing]).toEqual([null, ['n']]);
  });

  it('is an error when rules inside of it contradict each other', async () => {
    const table = tableXml('t', {
      inputs: ['x'],
      outputs: ['o'],
      rules: [
        ['> 1', '1'],
        ['> 2', '2'],
      ],
    });
    const k = knowledgeXml('k', 'both', functionXml(['x'], table, 'encapsulatedLogic'));
    const decision = decisionXml('d', knows(['k']) + literalXml('both(n)'));
    expect((await evaluate({ n: 2 }, k, decision)).output).toBe(1);
    await expect(evaluate({ n: 3 }, k, decision)).rejects.toThrow(DecisionError);
  });

  it('must not require itself', async () => {
    const a = knowledgeXml('a', 'fa', functionXml([], literalXml('fb()'), 'encapsulatedLogic'), ['b']);
    const b = knowledgeXml('b', 'fb', functionXml([], literalXml('fa()'), 'encapsulatedLogic'), ['a']);
    const { decisions, problems } = await compile(a, b, decisionXml('d', knows(['a']) + literalXml('fa()')));
    expect(decisions.size).toBe(0);
    expect(problems.map(({ rule, element }) => [rule, element])).toEqual([['requirement-cycle', 'b']]);
  });
});
