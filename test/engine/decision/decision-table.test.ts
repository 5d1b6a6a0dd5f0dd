import { describe, expect, it } from '@jest/globals';
import { DecisionError, compileDecisions, evaluateDecision, readDecisions } from '../../../engine/decision/index.ts';
import type { Variables } from '../../../engine/instance.ts';
import { decisionXml, dmnXml, tableXml } from '../../support/dmn.ts';
import type { TableText } from '../../support/dmn.ts';

const AT = Date.UTC(2026, 0, 1);

async function evaluate(table: TableText, context: Variables) {
  const { decisions, problems } = compileDecisions(
    await readDecisions(dmnXml([decisionXml('d', tableXml('d', table))])),
  );
  expect(problems).toEqual([]);
  const decision = decisions.get('d');
  if (!decision) throw new Error('Expected decision d to be compiled.');
  return evaluateDecision(decision, context, AT);
}
async function problemsOf(table: TableText) {
  return compileDecisions(await readDecisions(dmnXml([decisionXml('d', tableXml('d', table))]))).problems;
}

/** One input `n`, one output `out`; each rule is a test and a value. */
const oneToOne = (hitPolicy: string, rules: string[][], values?: string): TableText => ({
  hitPolicy,
  inputs: ['n'],
  outputs: [values === undefined ? 'out' : { name: 'out', values }],
  rules,
});

const priority: TableText = {
  inputs: [{ text: 'impact', label: 'Impact' }, 'urgency'],
  outputs: ['priority'],
  rules: [
    ['"core"', '"critical", "high"', '"P1"'],
    ['"core"', 'not("critical", "high")', '"P2"'],
    ['not("core")', '-', '"P3"'],
  ],
};

describe('a decision table', () => {
  it('gives the value of its only output, the rule and what it saw', async () => {
    const result = await evaluate(priority, { impact: 'core', urgency: 'low' });
    expect(result).toEqual({
      output: 'P2',
      rules: ['r2'],
      inputs: { Impact: 'core', urgency: 'low' },
      required: [],
      missing: [],
      warnings: [],
    });
  });

  it('gives a context of several outputs', async () => {
    const table = { inputs: ['n'], outputs: ['group', 'hours'], rules: [['> 1', '"db" + "a"', 'n * 2']] };
    expect((await evaluate(table, { n: 2 })).output).toEqual({ group: 'dba', hours: 4 });
  });

  it('gives null when no rule matches, and the default outputs where there are some', async () => {
    expect((await evaluate(oneToOne('UNIQUE', [['1', '"a"']]), { n: 2 })).output).toBeNull();
    const table = {
      inputs: ['n'],
      outputs: [{ name: 'a', otherwise: '"none"' }, 'b'],
      rules: [['1', '"x"', '"y"']],
    };
    const result = await evaluate(table, { n: 2 });
    expect(result.output).toEqual({ a: 'none', b: null });
    expect(result.rules).toEqual([]);
  });

  it('names variables that do not exist, and goes on with null', async () => {
    const result = await evaluate(
      oneToOne('UNIQUE', [
        ['null', '"nothing"'],
        ['not(null)', '"something"'],
      ]),
      {},
    );
    expect(result.output).toBe('nothing');
    expect(result.missing).toEqual(['n']);
    expect(result.warnings).toEqual(["d: Variable 'n' not found"]);
  });

  it('gives null for an empty output entry', async () => {
    expect((await evaluate(oneToOne('UNIQUE', [['-', '']]), { n: 1 })).output).toBeNull();
  });

  it('reads texts as dates and durations where the input says so', async () => {
    const table: TableText = {
      inputs: [
        { text: 'since', typeRef: 'dateTime' },
        { text: 'left', typeRef: 'days and time duration' },
      ],
      outputs: ['out'],
      rules: [
        ['< now()', '< duration("PT4H")', '"late"'],
        ['>= now()', '-', '"early"'],
      ],
    };
    const result = await evaluate(table, { since: '2025-12-31T23:00:00Z', left: 'PT239M' });
    expect(result.output).toBe('late');
    expect(result.inputs).toEqual({ since: '2025-12-31T23:00:00Z', left: 'PT3H59M' });
    const wrong = await evaluate(table, { since: 'soon', left: 'PT1H' });
    expect(wrong.output).toBeNull();
    expect(wrong.warnings).toContain(
      'd: since: Expected a value of type date and time, but found "soon"; null is used.',
    );
  });
});

describe('hit policies', () => {
  const overlapping = [
    ['> 0', '"low"'],
    ['> 10', '"high"'],
    ['> 20', '"low"'],
    ['> 30', '"top"'],
  ];

  it('UNIQUE is an error when two rules match', async () => {
    expect((await evaluate(oneToOne('UNIQUE', overlapping), { n: 5 })).output).toBe('low');
    const error: unknown = await evaluate(oneToOne('UNIQUE', overlapping), { n: 15 }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(DecisionError);
    expect((error as DecisionError).element).toBe('d.table');
    expect((error as DecisionError).message).toBe(
      'Expected exactly one rule of table d.table to match (UNIQUE), but rules r1, r2 matched for inputs {"n":15}.',
    );
  });

  it('UNIQUE is what a table without a policy has', async () => {
    const table: TableText = { inputs: ['n'], outputs: ['out'], rules: overlapping };
    await expect(evaluate(table, { n: 15 })).rejects.toThrow(DecisionError);
  });

  it('FIRST takes the first rule of the table', async () => {
    const result = await evaluate(oneToOne('FIRST', overlapping), { n: 25 });
    expect([result.output, result.rules]).toEqual(['low', ['r1']]);
  });

  it('ANY wants equal outputs', async () => {
    const equal = oneToOne('ANY', [
      ['> 0', '{a: 1}'],
      ['> 10', '{a: 2 - 1}'],
      ['> 20', '{a: 2}'],
    ]);
    const result = await evaluate(equal, { n: 15 });
    expect([result.output, result.rules]).toEqual([{ a: 1 }, ['r1', 'r2']]);
    await expect(evaluate(equal, { n: 25 })).rejects.toThrow('but rules r1, r2, r3 matched');
  });

  it('PRIORITY takes the output that is listed first', async () => {
    const result = await evaluate(oneToOne('PRIORITY', overlapping, '"top", "high", "low"'), { n: 25 });
    expect([result.output, result.rules]).toEqual(['high', ['r1', 'r2', 'r3']]);
  });

  it('PRIORITY compares output by output, and an unlisted value comes last', async () => {
    const table: TableText = {
      hitPolicy: 'PRIORITY',
      inputs: ['n'],
      outputs: [
        { name: 'a', values: '1, 2' },
        { name: 'b', values: '"x", "y"' },
      ],
      rules: [
        ['-', '2', '"x"'],
        ['-', '1', '"z"'],
        ['-', '1', '"y"'],
      ],
    };
    expect((await evaluate(table, { n: 0 })).output).toEqual({ a: 1, b: 'y' });
  });

  it('OUTPUT ORDER lists outputs by priority, RULE ORDER and COLLECT by rule', async () => {
    const listed = '"top", "high", "low"';
    expect((await evaluate(oneToOne('OUTPUT ORDER', overlapping, listed), { n: 35 })).output).toEqual([
      'top',
      'high',
      'low',
      'low',
    ]);
    for (const policy of ['RULE ORDER', 'COLLECT']) {
      const result = await evaluate(oneToOne(policy, overlapping), { n: 35 });
      expect(result.output).toEqual(['low', 'high', 'low', 'top']);
    }
  });

  it.each([
    ['SUM', 9],
    ['MIN', 2],
    ['MAX', 4],
    ['COUNT', 3],
  ])('COLLECT %s makes one value of all', async (aggregation, expected) => {
    const rules = [
      ['> 0', '4'],
      ['> 10', '2'],
      ['> 20', '3'],
      ['> 90', '100'],
    ];
    const table = { ...oneToOne('COLLECT', rules), aggregation };
    expect((await evaluate(table, { n: 25 })).output).toBe(expected);
    expect((await evaluate(table, { n: -1 })).output).toBeNull();
  });

  it('COLLECT MAX compares durations', async () => {
    const rules = [
      ['-', 'duration("P1D")'],
      ['-', 'duration("PT25H")'],
    ];
    expect((await evaluate({ ...oneToOne('COLLECT', rules), aggregation: 'MAX' }, { n: 1 })).output).toBe('P1DT1H');
  });
});

describe('a table that is refused', () => {
  it('names the rule whose entry is not FEEL', async () => {
    expect(
      await problemsOf(
        oneToOne('UNIQUE', [
          ['1', '"a"'],
          ['> > 2', '"b"'],
          ['3', 'foo('],
        ]),
      ),
    ).toEqual([
      expect.objectContaining({ rule: 'invalid-expression', severity: 'error', element: 'r2' }),
      expect.objectContaining({ rule: 'invalid-expression', severity: 'error', element: 'r3' }),
    ]);
  });

  it.each<[string, TableText, string]>([
    ['an unknown policy', oneToOne('LAST', [['1', '1']]), 'to have a hit policy of DMN, but found LAST'],
    ['a priority without values', oneToOne('PRIORITY', [['1', '1']]), 'to list the values of an output'],
    [
      'a rule with too few entries',
      oneToOne('UNIQUE', [['1']]),
      'Expected rule r1 to have 1 input and 1 output entries',
    ],
    ['an input without expression', { inputs: [' '], outputs: ['a'], rules: [] }, 'Expected input 1 of table d.table'],
    ['no output', { inputs: ['n'], outputs: [], rules: [] }, 'to have an output, but it has none'],
    ['outputs without names', { inputs: ['n'], outputs: ['a', ''], rules: [] }, 'to have a name, but one has none'],
    [
      'the sum of two outputs',
      { hitPolicy: 'COLLECT', aggregation: 'SUM', inputs: ['n'], outputs: ['a', 'b'], rules: [] },
      'Expected table d.table (COLLECT SUM) to have one output, but it has 2.',
    ],
  ])('has %s', async (_what, table, message) => {
    const problems = await problemsOf(table);
    expect(problems.map((problem) => problem.rule)).toEqual(['invalid-table']);
    expect(problems[0]?.message).toContain(message);
  });
});
