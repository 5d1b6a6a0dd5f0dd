/** Business knowledge models: functions that decisions and each other require (DMN 1.3, 6.3.9). */
import type { Instant } from '../instance.ts';
import type { Boxed, FeelContext, Findings } from './boxed/boxed.ts';
import { compileLogic, nameOf, report, resolve, variableOf, withoutCycle } from './compilation.ts';
import type { Compilation } from './compilation.ts';
import type { DmnElement, DmnKnowledge, DmnKnowledgeUser } from './decision-file.ts';

/** A function of the file. */
export interface Knowledge {
  /** The name by which it is called. */
  readonly variable: string;
  readonly requires: readonly Knowledge[];
  readonly logic: Boxed;
}

/** Compiles all functions that an element requires; null for each that has an error. */
export function requiredKnowledge(
  element: DmnElement & DmnKnowledgeUser,
  compilation: Compilation,
): (Knowledge | null)[] {
  return (element.knowledgeRequirement ?? []).map(({ requiredKnowledge: reference }) => {
    const target = resolve(reference, 'dmn:BusinessKnowledgeModel', element, compilation);
    return target && withoutCycle(target, element, compilation, () => compileKnowledge(target, compilation));
  });
}

function compileKnowledge(element: DmnElement & DmnKnowledge, compilation: Compilation): Knowledge | null {
  const id = nameOf(element);
  if (!element.encapsulatedLogic) {
    report(compilation, 'unsupported-expression', id, `Expected ${id} to have a function, but it has none.`);
    return null;
  }
  compilation.path.push(id);
  const requires = requiredKnowledge(element, compilation);
  const logic = compileLogic(element.encapsulatedLogic, id, compilation);
  compilation.path.pop();
  const complete = requires.filter((required) => required !== null);
  if (!logic || complete.length < requires.length) return null;
  return { variable: variableOf(element) ?? id, requires: complete, logic };
}

/** The functions as FEEL values by name. Each sees only what it requires itself. */
export function functionsOf(knowledge: readonly Knowledge[], at: Instant, findings: Findings): FeelContext {
  return Object.fromEntries(
    knowledge.map(({ variable, requires, logic }) => [
      variable,
      logic.evaluate(functionsOf(requires, at, findings), at, findings).value,
    ]),
  );
}
