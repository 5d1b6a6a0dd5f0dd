import { describe, expect, it } from '@jest/globals';
import { compileDecisions, evaluateDecision, readDecisions } from '../../../engine/decision/index.ts';
import type { Variables } from '../../../engine/instance.ts';
import { decisionXml, dmnXml, inputDataXml, literalXml, tableXml } from '../../support/dmn.ts';

const AT = Date.UTC(2026, 0, 1);

const compile = async (...elements: string[]) => compileDecisions(await readDecisions(dmnXml(elements)));

async function evaluate(id: string, context: Variables, ...elements: string[]) {
  const { decisions, problems } = await compile(...elements);
  expect(problems).toEqual([]);
  const decision = decisions.get(id);
  if (!decision) throw new Error(`Expected decision ${id} to be compiled.`);
  return evaluateDecision(decision, context, AT);
}

const priority = decisionXml(
  'priority',
  tableXml('priority', {
    inputs: ['impact'],
    outputs: ['p'],
    rules: [
      ['"core"', '"P1"'],
      ['not("core")', '"P3"'],
    ],
  }),
  { name: 'Ticket Priority' },
);

describe('a decision that requires others', () => {
  it('reads their results by name and by id, and tells what they gave', async () => {
    const hours = decisionXml('hours', literalXml('if Ticket Priority = "P1" and priority = "P1" then 4 else 24'), {
      requires: ['priority'],
    });
    const result = await evaluate('hours', { impact: 'core' }, priority, hours);
    expect(result.output).toBe(4);
    expect(result.rules).toEqual([]);
    expect(result.required).toEqual([
      { decision: 'priority', output: 'P1', rules: ['r1'], inputs: { impact: 'core' } },
    ]);
  });

  it('passes dates on as dates', async () => {
    const due = decisionXml('due', literalXml('now() + duration("P1D")'));
    const late = decisionXml('late', literalXml('due < now() + duration("PT25H")'), { requires: ['due'] });
    const result = await evaluate('late', {}, due, late);
    expect(result.output).toBe(true);
    expect(result.required).toMatchObject([{ decision: 'due', output: '2026-01-02T00:00:00Z' }]);
  });

  it('may share one with others, and reads results before variables of the same name', async () => {
    const a = decisionXml('a', literalXml('n + 1'));
    const b = decisionXml('b', literalXml('a * 2'), { requires: ['a'] });
    const c = decisionXml('c', literalXml('a * 3'), { requires: ['a'] });
    const d = decisionXml('d', literalXml('b + c'), { requires: ['b', 'c'] });
    const result = await evaluate('d', { n: 1, a: 100 }, d, c, b, a);
    expect(result.output).toBe(10);
    expect(result.required.map(({ decision }) => decision)).toEqual(['a', 'b', 'c']);
  });

  it('is null with a warning when it has no logic yet', async () => {
    const b = decisionXml('b', literalXml('[a]'), { requires: ['a'] });
    const { decisions, problems } = await compile(decisionXml('a', ''), b);
    expect(problems).toEqual([expect.objectContaining({ rule: 'no-logic', element: 'a', severity: 'warning' })]);
    const decision = decisions.get('b');
    expect(decision && evaluateDecision(decision, {}, AT).output).toEqual([null]);
  });

  it('tells the warnings of the decision that has them', async () => {
    const a = decisionXml('a', literalXml('n + 1'));
    const b = decisionXml('b', literalXml('a = null'), { requires: ['a'] });
    const result = await evaluate('b', {}, a, b);
    expect(result.output).toBe(true);
    expect(result.missing).toEqual(['n']);
    expect(result.warnings[0]).toBe("a: Variable 'n' not found");
  });
});

describe('inputs', () => {
  it('may have operators in their names', async () => {
    const pay = decisionXml('pay', literalXml('Mike-Pay and more * 2'), { reads: ['i'] });
    const result = await evaluate(
      'pay',
      { 'Mike-Pay and more': 2 },
      inputDataXml('i', 'Mike-Pay and more', 'number'),
      pay,
    );
    expect(result.output).toBe(4);
  });

  it('become dates where their type says so, also inside of item definitions', async () => {
    const item =
      '<itemDefinition name="tTicket"><itemComponent name="opened"><typeRef>date</typeRef></itemComponent>' +
      '<itemComponent name="calls" isCollection="true"><typeRef>time</typeRef></itemComponent></itemDefinition>';
    const age = decisionXml('age', literalXml('[today() - ticket.opened, ticket.calls[1] + duration("PT1H")]'), {
      reads: ['i'],
    });
    const ticket = { opened: '2025-12-30', calls: ['10:00:00'] };
    const result = await evaluate('age', { ticket }, item, inputDataXml('i', 'ticket', 'tTicket'), age);
    expect(result.output).toEqual(['P2D', '11:00:00']);
  });
});

describe('a file that is refused', () => {
  it('has decisions that require each other', async () => {
    const { decisions, problems } = await compile(
      decisionXml('a', literalXml('b'), { requires: ['b'] }),
      decisionXml('b', literalXml('a'), { requires: ['a'] }),
      decisionXml('c', literalXml('1')),
    );
    expect([...decisions.keys()]).toEqual(['c']);
    expect(problems).toEqual([
      {
        rule: 'requirement-cycle',
        severity: 'error',
        element: 'b',
        message:
          'Expected requirements to end in inputs, but these require each other: a -> b -> a. Remove one of the requirements.',
      },
    ]);
  });

  it('requires what is not there', async () => {
    const { decisions, problems } = await compile(decisionXml('a', literalXml('1'), { requires: ['x'], reads: ['y'] }));
    expect(decisions.size).toBe(0);
    expect(problems.map(({ rule, message }) => [rule, message])).toEqual([
      [
        'missing-requirement',
        'Expected a to require a decision of this file or of an imported one, but #x is none. Draw the requirement again.',
      ],
      [
        'missing-requirement',
        'Expected a to require an input of this file or of an imported one, but #y is none. Draw the requirement again.',
      ],
    ]);
  });

  it('has a kind of logic that is not supported, or one that cannot be read', async () => {
    const { decisions, problems } = await compile(
      decisionXml('a', '<functionDefinition kind="Java"/>'),
      decisionXml('b', '<oracle/>'),
      decisionXml('c', literalXml('b'), { requires: ['b'] }),
    );
    expect(decisions.size).toBe(0);
    expect(problems.map(({ element, rule }) => [element, rule])).toEqual([
      ['', 'unreadable-dmn'],
      ['a', 'unsupported-expression'],
      ['b', 'unsupported-expression'],
    ]);
    expect(problems[1]?.message).toContain('to be of kind FEEL, but found Java');
    expect(problems[2]?.message).toContain('but found no logic that can be read');
  });

  it('has a decision service without outputs', async () => {
    const { problems } = await compile('<decisionService id="s" name="S"/>');
    expect(problems).toEqual([expect.objectContaining({ rule: 'invalid-service', element: 's', severity: 'error' })]);
  });

  it('has an id twice, since one of the two would be left out', async () => {
    const rule = '<rule id="r"><outputEntry><text>1</text></outputEntry></rule>';
    const { problems } = await compile(
      decisionXml('a', `<decisionTable id="t"><output/>${rule}${rule}</decisionTable>`),
    );
    expect(problems).toMatchObject([{ rule: 'unreadable-dmn', severity: 'error' }]);
    expect(problems[0]?.message).toContain('duplicate ID <r>. Correct or remove it.');
  });

  it('is written in another language', async () => {
    const juel = '<literalExpression expressionLanguage="juel"><text>a</text></literalExpression>';
    const { problems } = await compile(decisionXml('a', juel));
    expect(problems[0]?.message).toBe('Expected a to be written in FEEL, but found juel. Write it in FEEL.');
  });

  it.each(['', 'not xml', '<a/>', '<definitions xmlns="urn:other"/>', '<definitions'])('is no DMN: %j', async (xml) => {
    const { decisions, problems } = compileDecisions(await readDecisions(xml));
    expect(decisions.size).toBe(0);
    expect(problems.some(({ severity }) => severity === 'error')).toBe(true);
    expect(problems[0]?.message).toContain('Expected a DMN file, but found');
  });
});

describe('versions of DMN', () => {
  it.each([
    'http://www.omg.org/spec/DMN/20151101/dmn.xsd',
    'http://www.omg.org/spec/DMN/20180521/MODEL/',
    'https://www.omg.org/spec/DMN/20191111/MODEL/',
    'https://www.omg.org/spec/DMN/20211108/MODEL/',
    'https://www.omg.org/spec/DMN/20230324/MODEL/',
  ])('%s is read', async (namespace) => {
    const { decisions, problems } = compileDecisions(await readDecisions(dmnXml([priority], namespace)));
    expect(problems).toEqual([]);
    expect([...decisions.keys()]).toEqual(['priority']);
  });
});
