import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from '@jest/globals';
import { compileBpmn, readBpmn, validateBpmn, type Problem } from '../../../engine/index.ts';
import { describeRules } from '../../../engine/validate/describe.ts';
import { rules } from '../../../engine/validate/index.ts';
import { definitions, process } from '../../support/bpmn.ts';
import { cases, type Model } from './cases.ts';

/** The whole file; elements get the prefix of the format. */
function xmlOf(model: Model): string {
  const prefixed = (xml: string): string => xml.replace(/<(\/?)(?=[a-z]+[ />])/gi, '<$1bpmn:');
  return definitions(prefixed(model.beside), process('p', prefixed(model.process)));
}

async function problemsOf(model: Model): Promise<Problem[]> {
  return validateBpmn(await readBpmn(xmlOf(model)));
}

describe.each(cases)('rule %s', (rule, broken, sound) => {
  it('finds what breaks it, and says what was expected, found and is to be done', async () => {
    const found = (await problemsOf(broken)).filter((problem) => problem.rule === rule);
    expect(found).not.toEqual([]);
    for (const { message } of found) expect(message).toMatch(/^Expected .+, but .+\. [A-Z].+\.$/s);
  });

  it('is content with the counterpart', async () => {
    const problems = await problemsOf(sound);
    expect(problems.filter((problem) => problem.rule === rule || problem.rule === 'readable')).toEqual([]);
  });
});

test('every rule has a case', () => {
  expect(rules.map(({ id }) => id).filter((id) => !cases.some(([rule]) => rule === id))).toEqual([]);
});

test('no two rules have the same id', () => {
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
});

test('the page about the rules is the one that they make', () => {
  const page = readFileSync(new URL('../../../engine/validate/README.md', import.meta.url), 'utf8');
  // Run `npm run validate -- --rules` to write it again.
  expect(page).toBe(describeRules());
});

describe('at deployment', () => {
  const flow = (source: string, target: string): string =>
    `<sequenceFlow id="${source}_${target}" sourceRef="${source}" targetRef="${target}"/>`;
  const whole = `<startEvent id="s"/><task id="t"/><endEvent id="e"/>${flow('s', 't')}${flow('t', 'e')}`;
  const deployed = async (process: string, beside = ''): Promise<Problem[]> =>
    compileBpmn(await readBpmn(xmlOf({ process, beside }))).problems;

  it('does not tell where the standard is stricter than any use here', async () => {
    expect(await deployed(whole)).toEqual([]);
  });

  it('warns of what can be executed all the same', async () => {
    expect(await deployed(`${whole}<task id="lost"/>`)).toMatchObject([
      { rule: 'incoming', severity: 'warning', element: 'lost' },
      { rule: 'outgoing', severity: 'warning', element: 'lost' },
    ]);
  });

  it('refuses what breaks a rule, once', async () => {
    const found = await deployed(`${whole}<intermediateCatchEvent id="i"/>${flow('s', 'i')}${flow('i', 'e')}`);
    expect(found).toMatchObject([{ rule: 'catch-trigger', severity: 'error', element: 'i' }]);
  });

  it('refuses what the standard allows and the engine does not', async () => {
    const twice = '<startEvent id="s2"/>' + flow('s2', 't');
    expect(await problemsOf({ process: whole + twice, beside: '' })).toContainEqual(
      expect.objectContaining({ rule: 'start', severity: 'warning' }),
    );
    expect(await deployed(whole + twice)).toMatchObject([{ rule: 'start', severity: 'error', element: 'p' }]);
  });

  it('does not refuse a file for a process that is not executable', async () => {
    const found = await deployed(whole, `<process id="q"><startEvent id="q1"/>${flow('q1', 'q1')}</process>`);
    expect(found).toMatchObject([{ rule: 'start-incoming', severity: 'warning' }]);
  });
});

test('a second element where one may stand is found though the reader keeps only the last', async () => {
  const loops = '<standardLoopCharacteristics/><multiInstanceLoopCharacteristics/>';
  const problems = await problemsOf({ process: `<task id="t">${loops}</task>`, beside: '' });
  expect(problems).toContainEqual(expect.objectContaining({ rule: 'readable', element: 't' }));
});
