/** Scenarios (format scenario/1): diagrams of the Camunda 7 family played step by step. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  canonical,
  compileBpmn,
  Rejection,
  type Decision,
  type ProcessModel,
  type Release,
} from '../../engine/index.ts';
import { Mismatch, verdictOf } from './expectation.ts';
import type { Mode } from './modes.ts';
import { readScenario } from './operaton-diagram.ts';
import { checkState } from './operaton-state.ts';
import { refuseIncident, beginStage, steps, type Scene, type Stage } from './operaton-steps.ts';
import { reportOf } from './report.ts';
import type { Suite } from './suite.ts';

interface Scenario {
  readonly id: string;
  readonly group: string;
  readonly files: readonly string[];
  readonly steps: readonly Scene[];
}

export const operaton: Suite = {
  name: 'operaton',
  file: 'scenarios.json',
  modes: ['memory', 'reload', 'replay', 'crash'],
  async run(folder, mode, wanted) {
    const { cases } = JSON.parse(readFileSync(join(folder, 'scenarios.json'), 'utf8')) as { cases: Scenario[] };
    const verdicts = [];
    for (const one of cases.filter(({ id }) => wanted(id))) {
      verdicts.push(await verdictOf(one, () => playScenario(folder, one, mode)));
    }
    return [reportOf('operaton', mode, verdicts)];
  },
  failed: ({ passed, total }) => passed < total,
};

async function playScenario(folder: string, scenario: Scenario, mode: Mode): Promise<void> {
  const processes = new Map<string, ProcessModel>();
  const problems: { element: string; message: string }[] = [];
  for (const path of scenario.files) {
    const compiled = compileBpmn(await readScenario(readFileSync(join(folder, path))));
    problems.push(...compiled.problems.filter(({ severity }) => severity === 'error'));
    for (const model of compiled.processes) processes.set(model.id, model);
  }
  const refusal = scenario.steps.find(({ op, expectError }) => op === 'deploy' && expectError !== undefined);
  if (refusal) return checkRefusal(refusal, problems);
  if (problems.length > 0) throw new Mismatch('the model to be deployed', listed(problems));
  const release: Release = { id: '1', processes, decisions: new Map<string, Decision>(), forms: new Map() };
  const stage = beginStage(release, mode);
  for (const [index, scene] of scenario.steps.entries()) playScene(stage, scene, index);
}

function checkRefusal({ element }: Scene, problems: { element: string; message: string }[]): void {
  const wanted = `the deployment to be refused${element === undefined ? '' : ` because of ${element}`}`;
  if (problems.length === 0) throw new Mismatch(wanted, 'it was deployed');
  if (element !== undefined && !problems.some((problem) => problem.element === element)) {
    throw new Mismatch(wanted, listed(problems));
  }
}

function listed(problems: { element: string; message: string }[]): string {
  return problems.map(({ element, message }) => `${element}: ${message}`).join(' | ');
}

/** Plays one step. One with `expectError` must be refused; then it has changed nothing. */
function playScene(stage: Stage, scene: Scene, index: number): void {
  const where = `step ${index + 1} ${JSON.stringify(scene)}`;
  const before = statesOf(stage);
  try {
    if (scene.op === 'expect') return checkState(stage, scene);
    const step = steps[scene.op];
    if (!step) throw new Mismatch('a known step', scene.op);
    step(stage, scene);
    refuseIncident(stage, scene);
  } catch (cause) {
    if (cause instanceof Rejection && scene.expectError !== undefined) return checkUnchanged(where, before, stage);
    if (cause instanceof Rejection) throw new Mismatch(`${where} to be done`, cause.message);
    if (cause instanceof Mismatch) throw new Mismatch(`${where}: ${cause.expected}`, cause.found);
    throw cause;
  }
  if (scene.expectError !== undefined) throw new Mismatch(`${where} to be refused`, 'it was done');
}

function statesOf({ world }: Stage): string[] {
  return world.instances.map(({ instance }) => canonical(instance));
}

/** An instance that was taken out because of an incident is not compared. */
function checkUnchanged(where: string, before: readonly string[], stage: Stage): void {
  const after = statesOf(stage);
  if (after.some((state) => !before.includes(state)))
    throw new Mismatch(`${where} to change nothing`, 'a state changed');
}
