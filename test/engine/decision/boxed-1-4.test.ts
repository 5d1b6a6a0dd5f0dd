import { describe, expect, it } from '@jest/globals';
import { compileDecisions, evaluateDecision, readDecisions } from '../../../engine/decision/index.ts';
import type { Variables } from '../../../engine/instance.ts';
import { decisionXml, dmnXml, literalXml, tableXml } from '../../support/dmn.ts';

const DMN_14 = 'https://www.omg.org/spec/DMN/20211108/MODEL/';
const compile = async (logic: string) =>
  compileDecisions(await readDecisions(dmnXml([decisionXml('d', logic)], DMN_14)));

async function evaluate(logic: string, context: Variables = {}) {
  const { decisions, problems } = await compile(logic);
  expect(problems).toEqual([]);
  const decision = decisions.get('d');
  if (!decision) throw new Error('Expected decision d to be compiled.');
  return evaluateDecision(decision, context, 0);
}

const part = (name: string, logic: string) => `<${name}>${logic.startsWith('<') ? logic : literalXml(logic)}</${name}>`;
const iterate = (kind: string, name: string, source: string, result: string, body: string) =>
  `<${kind} iteratorVariable="${name}">${part('in', source)}${part(result, body)}</${kind}>`;

describe('a boxed conditional', () => {
  const logic = `<conditional>${part('if', 'n > 1')}${part('then', '"many"')}${part('else', '"few"')}</conditional>`;

  it('gives one of its parts', async () => {
    expect((await evaluate(logic, { n: 2 })).output).toBe('many');
    expect((await evaluate(logic, { n: 1 })).output).toBe('few');
    expect((await evaluate(logic, { n: null })).output).toBe('few');
  });

  it('may hold tables, of which only the chosen one is evaluated', async () => {
    const table = (id: string) =>
      tableXml(id, { inputs: ['n'], outputs: ['o'], rules: [['-', `"${id}"`]] }).replace('"r1"', `"${id}1"`);
    const tables = `<conditional>${part('if', 'n > 1')}${part('then', table('a'))}${part('else', table('b'))}</conditional>`;
    const result = await evaluate(tables, { n: 0 });
    expect([result.output, result.rules]).toEqual(['b', ['b1']]);
  });
});

describe('a boxed filter', () => {
  const filter = (source: string, match: string) => `<filter>${part('in', source)}${part('match', match)}</filter>`;

  it('keeps the items that match, by item or by its entries', async () => {
    expect((await evaluate(filter('[1, 2, 3]', 'item >= limit'), { limit: 2 })).output).toEqual([2, 3]);
    expect((await evaluate(filter('[{a: 1}, {a: 2}]', 'a = 2'))).output).toEqual([{ a: 2 }]);
    expect((await evaluate(filter('5', 'item = 5'))).output).toEqual([5]);
  });

  it('is null when a match is neither true nor false, or there is no list', async () => {
    expect((await evaluate(filter('[1, 2]', '"yes"'))).output).toBeNull();
    expect((await evaluate(filter('null', 'true'))).output).toBeNull();
  });
});

describe('boxed iterators', () => {
  it('for: gives a result for each item, and knows those before', async () => {
    expect((await evaluate(iterate('for', 'x', '[1, 2, 3]', 'return', 'x * factor'), { factor: 2 })).output).toEqual([
      2, 4, 6,
    ]);
    const before = await evaluate(iterate('for', 'the x', '[1, 2, 3]', 'return', 'the x + count(partial)'));
    expect(before.output).toEqual([1, 3, 5]);
  });

  it('for: runs inside of another', async () => {
    const inner = iterate('for', 'y', '[1, 2]', 'return', 'x * y');
    expect((await evaluate(iterate('for', 'x', '[1, 10]', 'return', inner))).output).toEqual([
      [1, 2],
      [10, 20],
    ]);
  });

  it('some and every', async () => {
    expect((await evaluate(iterate('some', 'x', '[1, 2]', 'satisfies', 'x > 1'))).output).toBe(true);
    expect((await evaluate(iterate('every', 'x', '[1, 2]', 'satisfies', 'x > 1'))).output).toBe(false);
  });

  it('are refused without a variable or a part', async () => {
    const { problems } = await compile(`<for>${part('in', '[1]')}</for>`);
    expect(problems).toMatchObject([{ rule: 'unsupported-expression', element: 'd' }]);
    const half = await compile(`<conditional>${part('if', 'true')}${part('then', '1')}</conditional>`);
    expect(half.problems.map(({ message }) => message)).toEqual([
      'Expected d to have an expression for "else", but it has none. Fill it in.',
    ]);
  });
});
