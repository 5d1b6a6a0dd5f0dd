/** The runner on cases of our own, one folder per format; it runs as a program, as it is called. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  definitions,
  end,
  flows,
  message,
  node,
  on,
  process as bpmnProcess,
  start,
  timer,
  user,
} from '../support/bpmn.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { SuiteReport } from './report.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'conformance-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Files below one folder of a collection; values that are no text become JSON. Gives the path of the collection. */
function collection(name: string, files: Record<string, unknown>): string {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, name, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return join(folder, name);
}

interface Ran {
  status: number | null;
  output: string;
  suites: SuiteReport[];
}

function run(path: string, ...options: string[]): Ran {
  const json = join(folder, 'result.json');
  const ran = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'test/conformance/run.ts', path, '--json', json, ...options],
    { encoding: 'utf8' },
  );
  const { suites } = JSON.parse(readFileSync(json, 'utf8')) as { suites: SuiteReport[] };
  return { status: ran.status, output: ran.stdout + ran.stderr, suites };
}

const script = (id: string, text: string): string => node('scriptTask', id, '', `<bpmn:script> ${text} </bpmn:script>`);

const TRACE = definitions(
  bpmnProcess(
    'p',
    start(),
    script('one', 'SCRIPT_task1'),
    script('two', 'SCRIPT_task2'),
    script('more', 'INCREMENT_INTEGER_VARIABLE_AND_LOG'),
    end(),
    flows('start -> one -[test.contains("a")]-> two -> end', 'one -[!test.contains("a")]-> more -> end'),
  ),
).replace(/=(!?test)/g, '$1');

const trace = (id: string, status: string, marks: string[]): object => ({
  id,
  group: 'own',
  file: 'bpmn/p.bpmn',
  process: 'p',
  parallelProcess: null,
  status,
  runs: [{ run: 1, variables: { test: 'a' }, startParallelProcess: false, advanceTimeMs: 0, expect: { marks } }],
});

describe('traces', () => {
  it('compares marks in all four modes; a debatable case fails nothing', () => {
    const path = collection('traces', {
      'betsy/bpmn/p.bpmn': TRACE,
      'betsy/traces.json': {
        cases: [trace('good', 'ok', ['SCRIPT_task2', 'SCRIPT_task1']), trace('odd', 'debatable', ['SCRIPT_task9'])],
      },
    });
    const { status, suites } = run(path);
    expect(suites.map(({ suite, mode, passed, total }) => `${suite} ${mode} ${passed}/${total}`)).toEqual(
      ['memory', 'reload', 'replay', 'crash'].flatMap((mode) => [`betsy ${mode} 1/1`, `betsy-debatable ${mode} 0/1`]),
    );
    expect(status).toBe(0);
  });

  it('reports what was expected and found, and ends with 1', () => {
    const path = collection('wrong', {
      'betsy/bpmn/p.bpmn': TRACE,
      'betsy/traces.json': { cases: [trace('wrong', 'ok', ['SCRIPT_task3'])] },
    });
    const { status, output, suites } = run(path, '--mode', 'memory');
    expect(suites).toEqual([
      {
        suite: 'betsy',
        mode: 'memory',
        groups: { own: { passed: 0, total: 1 } },
        passed: 0,
        total: 1,
        failures: [
          { id: 'wrong', expected: 'run 1: marks ["SCRIPT_task3"]', found: '["SCRIPT_task1","SCRIPT_task2"]' },
        ],
        skipped: [],
      },
    ]);
    expect(output).toContain('FAILED  wrong');
    expect(status).toBe(1);
  });
});

const SCENARIO = definitions(
  message('m', 'paid').replace(/<bpmn:extensionElements>.*<\/bpmn:extensionElements>/, ''),
  bpmnProcess(
    'p',
    start(),
    node('serviceTask', 'book', 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:class="a.B"'),
    user('check'),
    node('intermediateCatchEvent', 'wait', '', on('message', 'm')),
    node('receiveTask', 'rest'),
    end(),
    flows('start -> book -> check -> wait -> rest -> end'),
  ),
);

describe('scenarios', () => {
  const scenario = (id: string, ...more: object[]): object => ({
    id,
    group: 'own',
    files: ['p.bpmn'],
    steps: [{ op: 'start', process: 'p', as: 'a' }, { op: 'expect', tasks: ['check'], executed: { book: 1 } }, ...more],
  });

  it('plays every step in all four modes', () => {
    const path = collection('scenarios', {
      'p.bpmn': SCENARIO,
      'scenarios.json': {
        cases: [
          scenario(
            'whole',
            { op: 'message', name: 'paid', expectError: 'noReceiver' },
            { op: 'complete', task: 'check' },
            { op: 'expect', active: ['wait'], messages: 1, ended: false },
            { op: 'message', name: 'paid' },
            { op: 'expect', messages: 0, activeIncludes: ['rest'] },
            { op: 'trigger', activity: 'rest' },
            { op: 'expect', ended: true, instance: 'a' },
          ),
        ],
      },
    });
    const { status, suites } = run(path);
    expect(suites.flatMap(({ failures }) => failures)).toEqual([]);
    expect(suites.map(({ mode }) => mode)).toEqual(['memory', 'reload', 'replay', 'crash']);
    expect(status).toBe(0);
  });

  it('starts by signal and by timer what begins so', () => {
    const begins = (id: string, event: string): string =>
      bpmnProcess(
        id,
        node('startEvent', `${id}-start`, '', event),
        user(`${id}-task`),
        flows(`${id}-start -> ${id}-task`),
      );
    const xml = definitions(
      '<bpmn:signal id="s" name="alarm"/>',
      begins('called', on('signal', 's')),
      begins('hourly', timer('Cycle', 'R2/PT1H')),
    );
    const path = collection('starts', {
      'p.bpmn': xml,
      'scenarios.json': {
        cases: [
          {
            id: 'both',
            group: 'own',
            files: ['p.bpmn'],
            steps: [
              { op: 'signal', name: 'alarm' },
              { op: 'expect', tasks: ['called-task'] },
              { op: 'advance', duration: 'PT5H' },
              { op: 'expect', taskCountOf: { 'hourly-task': 2 }, timers: 0 },
            ],
          },
        ],
      },
    });
    expect(run(path, '--mode', 'crash').suites.flatMap(({ failures }) => failures)).toEqual([]);
  });

  it('says at which step it went another way', () => {
    const path = collection('scenarios-wrong', {
      'p.bpmn': SCENARIO,
      'scenarios.json': {
        cases: [
          scenario('early', { op: 'expect', ended: true }),
          scenario('refused', { op: 'trigger', activity: 'rest' }),
        ],
      },
    });
    const { status, suites } = run(path, '--mode', 'crash');
    expect(suites[0]?.failures).toMatchObject([
      { id: 'early', expected: 'step 3 {"op":"expect","ended":true}: ended true', found: 'false' },
      { id: 'refused', found: expect.stringContaining('to wait without a message') },
    ]);
    expect(status).toBe(1);
  });
});

describe('constraints', () => {
  it('counts what is rejected by area and class, and no valid counterpart may be', () => {
    const whole = definitions(bpmnProcess('p', user('u')));
    const broken = definitions(bpmnProcess('p', start(), user('u'), end(), flows('start -> u -> end', 'end -> u')));
    const one = (id: string, file: string, rejected: boolean): object => ({
      id,
      rule: 'R',
      file,
      ruleText: 'An end event has no outgoing flow.',
      conformanceClass: 'descriptive',
      area: 'process',
      expect: { rejected },
    });
    const path = collection('constraints', {
      'whole.bpmn': whole,
      'broken.bpmn': broken,
      'invalid.json': { cases: [one('caught', 'broken.bpmn', true), one('missed', 'whole.bpmn', true)] },
      'valid.json': { cases: [one('fine', 'whole.bpmn', false)] },
    });
    const { status, suites } = run(path);
    expect(suites).toMatchObject([
      { suite: 'invalid', groups: { 'process, descriptive': { passed: 1, total: 2 } }, failures: [{ id: 'missed' }] },
      { suite: 'valid', passed: 1, total: 1 },
    ]);
    expect(status).toBe(1);
  });
});

describe('imports', () => {
  it('deploys or refuses each file of an archive', () => {
    const whole = definitions(bpmnProcess('p', start(), user('u'), end(), flows('start -> u -> end')));
    const path = collection('corpus', {
      'a/whole.bpmn': whole,
      'a/refused.bpmn': whole.replace('<bpmn:userTask id="u" ></bpmn:userTask>', ''),
      'a/broken.bpmn': '<definitions',
      'corpus.json': {
        archive: 'files.tar.gz',
        cases: ['whole ok', 'refused warnings', 'broken error', 'whole error'].map((text) => {
          const [name = '', moddle] = text.split(' ');
          return { id: text, path: `a/${name}.bpmn`, area: 'a', moddle };
        }),
      },
    });
    execFileSync('tar', ['-czf', join(path, 'files.tar.gz'), '-C', path, 'a']);
    const { status, suites } = run(path);
    expect(suites).toMatchObject([
      { suite: 'operaton-corpus', passed: 3, total: 4, failures: [{ id: 'whole error' }] },
    ]);
    expect(status).toBe(1);
  });
});

describe('round trips', () => {
  it('compares the fingerprint of the export', () => {
    const xml = definitions(bpmnProcess('p', start(), user('u'), end(), flows('start -> u -> end')));
    const fingerprint = fingerprintOf(xml);
    const path = collection('trips', {
      'p.bpmn': xml,
      'roundtrip.json': {
        cases: [
          { id: 'same', group: 'A', file: 'p.bpmn', fingerprint },
          { id: 'less', group: 'A', file: 'p.bpmn', fingerprint: { ...fingerprint, documentation: 1 } },
        ],
      },
    });
    const { status, suites } = run(path);
    expect(suites).toMatchObject([{ suite: 'miwg', passed: 1, total: 2, failures: [{ id: 'less', found: '0' }] }]);
    expect(status).toBe(1);
  });
});

describe('decisions', () => {
  it('counts result nodes, and all of level 2 has to pass', () => {
    const dmn =
      '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d">' +
      '<inputData id="i" name="n"><variable name="n" typeRef="number"/></inputData>' +
      '<decision id="twice" name="Twice"><variable name="Twice"/><informationRequirement><requiredInput href="#i"/>' +
      '</informationRequirement><literalExpression><text>n * 2</text></literalExpression></decision></definitions>';
    const value = (text: string): string => `<value xsi:type="xsd:decimal">${text}</value>`;
    const test = (id: string, result: string): string =>
      `<testCase id="${id}"><inputNode name="n">${value('2.5')}</inputNode>` +
      `<resultNode name="Twice" type="decision"><expected>${value(result)}</expected></resultNode></testCase>`;
    const path = collection('decisions', {
      'T/own/own.dmn': dmn,
      'T/own/own-test.xml':
        '<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase" ' +
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">' +
        `<modelName>own.dmn</modelName>${test('right', '5.000000001')}${test('wrong', '6')}</testCases>`,
      'paths.json': {
        root: 'T',
        cases: [{ id: 'own', level: 2, group: 'cl2', dir: 'own', models: ['own.dmn'], tests: ['own-test.xml'] }],
      },
    });
    const { status, suites } = run(path);
    expect(suites).toMatchObject([{ suite: 'dmn-tck', passed: 1, total: 2, failures: [{ expected: '6' }] }]);
    expect(status).toBe(1);
  });
});

describe('the command line', () => {
  it('refuses an unknown suite, and a folder without cases', () => {
    const call = (...args: string[]) =>
      spawnSync(process.execPath, ['--import', 'tsx', 'test/conformance/run.ts', ...args], { encoding: 'utf8' });
    expect(call(folder, '--suite', 'nonsense')).toMatchObject({ status: 2, stderr: expect.stringContaining('betsy') });
    const empty = collection('empty', { 'nothing.txt': '' });
    expect(call(empty)).toMatchObject({ status: 1, stderr: expect.stringContaining('found none') });
  });
});
