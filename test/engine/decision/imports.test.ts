import { describe, expect, it } from '@jest/globals';
import { compileDecisions, evaluateDecision, readDecisions } from '../../../engine/decision/index.ts';
import type { Variables } from '../../../engine/instance.ts';
import { decisionXml, dmnXml, importXml, inputDataXml, knowledgeXml, knowsXml, literalXml } from '../../support/dmn.ts';
import { serviceXml } from '../../support/dmn.ts';

const SHARED = 'urn:shared';
const file = (namespace: string, ...elements: string[]) => readDecisions(dmnXml(elements, undefined, namespace));

const tier =
  '<itemDefinition name="tTier"><typeRef>string</typeRef><allowedValues><text>"L1", "L2"</text></allowedValues></itemDefinition>';
const shared = () =>
  file(
    SHARED,
    tier,
    inputDataXml('opened', 'opened', 'date'),
    decisionXml('age', literalXml('date("2026-01-10") - opened'), { reads: ['opened'] }),
    decisionXml('tier', literalXml('"L1"'), { typeRef: 'tTier' }),
    knowledgeXml('twice', ['n'], 'n * 2'),
    serviceXml('ageOf', { outputs: ['age'], inputs: ['opened'] }),
  );

async function compile(...elements: string[]) {
  return compileDecisions(await file('urn:own', importXml('lib', SHARED), ...elements), [await shared()]);
}
async function evaluate(context: Variables, ...elements: string[]) {
  const { decisions, problems } = await compile(...elements);
  expect(problems).toEqual([]);
  const decision = decisions.get('d');
  if (!decision) throw new Error('Expected decision d to be compiled.');
  return evaluateDecision(decision, context, 0);
}

describe('an import', () => {
  it('brings decisions, which are read under the name of the import', async () => {
    const d = decisionXml('d', literalXml('[lib.age, lib.tier]'), { requires: [`${SHARED}#age`, `${SHARED}#tier`] });
    const result = await evaluate({ opened: '2026-01-01' }, d);
    expect(result.output).toEqual(['P9D', 'L1']);
    expect(result.required.map(({ decision }) => decision)).toEqual(['age', 'tier']);
  });

  it('brings inputs, which the caller may give inside the name of the import', async () => {
    const d = decisionXml('d', literalXml('[lib.age, lib.opened.year]'), {
      requires: [`${SHARED}#age`],
      reads: [`${SHARED}#opened`],
    });
    const result = await evaluate({ opened: '1999-01-01', lib: { opened: '2026-01-02' } }, d);
    expect(result.output).toEqual(['P8D', 2026]);
  });

  it('brings functions and decision services', async () => {
    const needs = knowsXml(`${SHARED}#twice`) + knowsXml(`${SHARED}#ageOf`);
    const d = decisionXml('d', `${needs}${literalXml('[lib.twice(4), lib.ageOf(date("2026-01-09"))]')}`);
    expect((await evaluate({}, d)).output).toEqual([8, 'P1D']);
  });

  it('brings types', async () => {
    const d = (text: string) => decisionXml('d', literalXml(text), { typeRef: 'lib.tTier' });
    expect((await evaluate({}, d('"L2"'))).output).toBe('L2');
    expect((await evaluate({}, d('"L9"'))).output).toBeNull();
  });

  it('without a name brings names as they are', async () => {
    const own = await file(
      'urn:own',
      importXml('', SHARED),
      decisionXml('d', knowsXml(`${SHARED}#twice`) + literalXml('twice(3)')),
    );
    const { decisions, problems } = compileDecisions(own, [await shared()]);
    expect(problems).toEqual([]);
    const d = decisions.get('d');
    expect(d && evaluateDecision(d, {}, 0).output).toBe(6);
  });

  it('may lead through several files, which may import each other', async () => {
    const middle = await file(
      'urn:middle',
      importXml('low', SHARED),
      importXml('own', 'urn:own'),
      decisionXml('m', literalXml('low.age'), { requires: [`${SHARED}#age`] }),
    );
    const own = await file(
      'urn:own',
      importXml('mid', 'urn:middle'),
      decisionXml('d', literalXml('mid.m'), { requires: ['urn:middle#m'] }),
    );
    const { decisions, problems } = compileDecisions(own, [middle, await shared()]);
    expect(problems).toEqual([]);
    const d = decisions.get('d');
    expect(d && evaluateDecision(d, { mid: { low: { opened: '2026-01-07' } } }, 0).output).toBe('P3D');
  });

  it('does not hide the namespace of the file itself', async () => {
    const e = decisionXml('e', literalXml('5'));
    expect((await evaluate({}, e, decisionXml('d', literalXml('e'), { requires: ['urn:own#e'] }))).output).toBe(5);
  });
});

describe('an import is refused', () => {
  it('when the file is not there, is no DMN, or has no such element', async () => {
    const own = await file(
      'urn:own',
      importXml('gone', 'urn:gone'),
      importXml('java', 'urn:java', 'http://www.w3.org/2001/XMLSchema'),
      importXml('lib', SHARED),
      decisionXml('d', literalXml('lib.x'), { requires: [`${SHARED}#x`] }),
    );
    const { decisions, problems } = compileDecisions(own, [await shared()]);
    expect(decisions.size).toBe(0);
    expect(problems.map(({ message }) => message)).toEqual([
      'Expected a DMN file with the namespace urn:gone, but there is none. Deploy it together with this one.',
      'Expected import "java" to be a DMN file, but it is http://www.w3.org/2001/XMLSchema. Write what is needed into this file.',
      `Expected d to require a decision of this file or of an imported one, but ${SHARED}#x is none. Draw the requirement again.`,
    ]);
  });

  it('when what it brings has an error', async () => {
    const broken = await file(SHARED, decisionXml('b', literalXml('1 +')));
    const own = await file(
      'urn:own',
      importXml('lib', SHARED),
      decisionXml('d', literalXml('lib.b'), { requires: [`${SHARED}#b`] }),
    );
    const { decisions, problems } = compileDecisions(own, [broken]);
    expect(decisions.size).toBe(0);
    expect(problems.map(({ message }) => message)).toEqual([
      `Expected b of ${SHARED} to be without errors, but it has some. Correct that file.`,
    ]);
  });
});
