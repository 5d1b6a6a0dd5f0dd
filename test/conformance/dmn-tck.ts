/**
 * The DMN Technology Compatibility Kit (format dmn-tck-paths/1): each result node of each test case is one case. Numbers
 * agree within 1e-8, dates and durations when they are equal in FEEL; where an error is expected, null is enough.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeXml } from '../../engine/index.ts';
import { compileDecisions, DecisionError, evaluateDecision, readDecisions } from '../../engine/decision/index.ts';
import type { CompiledDecisions, Decision, DecisionFile } from '../../engine/decision/index.ts';
import type { Value, Variables } from '../../engine/instance.ts';
import { agrees, inputOf, readValue, written } from './dmn-value.ts';
import { reportOf, type Verdict } from './report.ts';
import type { Suite } from './suite.ts';
import { childrenOf, parseXml, type XmlElement } from './xml.ts';

interface Folder {
  readonly dir: string;
  readonly level: number;
  readonly models: readonly string[];
  readonly tests: readonly string[];
}

/** One result node: where it stands and what compiled. */
interface Expectation {
  readonly id: string;
  readonly group: string;
  readonly testCase: XmlElement;
  readonly resultNode: XmlElement;
  readonly compiled: CompiledDecisions;
}

/** The share of level 3 that has to pass at least: what feelin 8.2.0 alone passes of both levels. */
const LEVEL_3 = 2416 / 2760;

export const dmnTck: Suite = {
  name: 'dmn-tck',
  file: 'paths.json',
  modes: ['memory'],
  async run(folder, mode, wanted) {
    const path = join(folder, 'paths.json');
    const { root, cases } = JSON.parse(readFileSync(path, 'utf8')) as { root: string; cases: Folder[] };
    const verdicts: Verdict[] = [];
    for (const one of cases) {
      for (const expectation of await expectationsOf(one, join(folder, root), wanted)) {
        verdicts.push(verdictOf(expectation));
      }
    }
    return [reportOf('dmn-tck', mode, verdicts)];
  },
  failed({ groups: { 'level 2': core, 'level 3': full } }) {
    return (core && core.passed < core.total) || (full && full.passed < LEVEL_3 * full.total) || false;
  },
  notes: () => [`to pass: all of level 2, ${(LEVEL_3 * 100).toFixed(1)} % of level 3`],
};

async function expectationsOf(
  { dir, level, models, tests }: Folder,
  root: string,
  wanted: (id: string) => boolean,
): Promise<Expectation[]> {
  const files = new Map<string, DecisionFile>();
  for (const name of models.filter((it) => existsSync(join(root, dir, it)))) {
    files.set(name, await readDecisions(decodeXml(readFileSync(join(root, dir, name)))));
  }
  const found: Expectation[] = [];
  for (const test of tests) {
    const suite = parseXml(decodeXml(readFileSync(join(root, dir, test))));
    const file = files.get(childrenOf(suite, 'modelName')[0]?.text.trim() ?? '') ?? [...files.values()][0];
    if (!file) throw new Error(`Expected a model in ${dir}, but found none of ${models.join(', ')}.`);
    const others = [...files.values()].filter((it) => it !== file);
    const compiled = compileDecisions(file, others);
    for (const testCase of childrenOf(suite, 'testCase')) {
      for (const resultNode of childrenOf(testCase, 'resultNode')) {
        const id = `${dir}/${test}/${nameOf(testCase, 'id')}/${nameOf(resultNode)}`;
        if (wanted(id)) found.push({ id, group: `level ${level}`, testCase, resultNode, compiled });
      }
    }
  }
  return found;
}

function verdictOf({ id, group, testCase, resultNode, compiled }: Expectation): Verdict {
  const expectedNode = childrenOf(resultNode, 'expected')[0];
  const expected = expectedNode ? readValue(expectedNode) : null;
  const failed = (found: string): Verdict => ({ id, group, failure: { expected: written(expected), found } });
  const decision = find(nameOf(resultNode), resultNode.attributes.get('type'), compiled);
  if (!decision) {
    const problem = compiled.problems.find(({ severity }) => severity === 'error');
    return failed(`not compiled: ${problem?.message ?? 'there is no decision of this name'}`);
  }
  const { output, cause } = evaluate(decision, inputsOf(testCase));
  return output !== undefined && agrees(expected, output)
    ? { id, group }
    : failed(`${JSON.stringify(output)} (${cause})`);
}

/** Decision services may have the name of a decision. */
function find(name: string, type: string | undefined, { decisions }: CompiledDecisions): Decision | undefined {
  const kind = type === 'decisionService' ? 'service' : 'expression';
  const named = [...decisions.values()].filter((it) => it.name === name || it.id === name);
  return named.find(({ logic }) => logic.kind === kind) ?? named[0];
}

function evaluate(decision: Decision, inputs: Variables): { output: Value | undefined; cause: string } {
  try {
    const { output, warnings, missing } = evaluateDecision(decision, inputs, Date.UTC(2026, 0, 1, 12));
    return { output, cause: warnings[0] ?? (missing[0] ? `without ${missing[0]}` : 'without a warning') };
  } catch (error) {
    if (error instanceof DecisionError) return { output: null, cause: error.message };
    return { output: undefined, cause: `crash: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Inputs by name; those of imported files (`import.name`) also inside the name of the import. */
function inputsOf(testCase: XmlElement): Variables {
  const inputs: Variables = {};
  for (const node of childrenOf(testCase, 'inputNode')) {
    const [name, value] = [nameOf(node), inputOf(readValue(node))];
    inputs[name] = value;
    const path = name.split('.');
    const last = path.pop() ?? '';
    let inside: Variables = inputs;
    for (const part of path) inside = (inside[part] ??= {}) as Variables;
    inside[last] = value;
  }
  return inputs;
}

function nameOf(node: XmlElement, attribute = 'name'): string {
  return node.attributes.get(attribute) ?? '';
}
