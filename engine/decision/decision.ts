/** Decisions and their requirements (DMN 1.3, 6), compiled from a file. */
import type { Problem } from '../problem.ts';
import type { Boxed } from './boxed/boxed.ts';
import { requiredKnowledge } from './business-knowledge.ts';
import type { Knowledge } from './business-knowledge.ts';
import { beginCompilation, compileLogic, errorsOf, nameOf, report, resolve } from './compilation.ts';
import { variableOf, withoutCycle } from './compilation.ts';
import type { Compilation } from './compilation.ts';
import type { DecisionFile, DmnDecision, DmnElement, DmnVariable } from './decision-file.ts';
import type { ItemDefinitions } from './item-definition.ts';

/** An input of a decision: a variable of the caller. */
export interface RequiredInput {
  readonly name: string;
  readonly typeRef: string | undefined;
}

/** A decision that can be evaluated. Holds functions: it is compiled once per release and never stored. */
export interface Decision {
  readonly id: string;
  readonly name: string;
  /** Under this name, and under its id, the decisions that require it read its result. */
  readonly variable: string;
  readonly requires: readonly Decision[];
  readonly inputs: readonly RequiredInput[];
  /** Functions that its logic may call. */
  readonly knowledge: readonly Knowledge[];
  readonly items: ItemDefinitions;
  readonly logic: Boxed;
}

/** What a file gave: decisions without an error, and everything that is wrong. */
export interface CompiledDecisions {
  readonly decisions: ReadonlyMap<string, Decision>;
  readonly problems: readonly Problem[];
}

/** Decisions that were compiled, null with an error. */
type Done = Map<string, Decision | null>;

/** Compiles all decisions of a file. A decision that requires one with an error is left out, too. */
export function compileDecisions(file: DecisionFile): CompiledDecisions {
  const problems = [...file.problems];
  if (!file.definitions) return { decisions: new Map(), problems };
  const compilation = beginCompilation(file.definitions, problems);
  for (const element of file.definitions.import ?? []) {
    const message = `Expected a file without imports, but it imports ${nameOf(element)}: copy what is needed.`;
    report(compilation, 'unsupported-element', element.id, message);
  }
  const done: Done = new Map();
  for (const element of file.definitions.drgElement ?? []) {
    if (element.$type === 'dmn:Decision') compileDecision(element, compilation, done);
    if (element.$type === 'dmn:DecisionService') {
      const message = `Expected decisions, inputs and business knowledge, but ${nameOf(element)} is a decision service: call its output decision.`;
      report(compilation, 'unsupported-element', element.id, message);
    }
  }
  const decisions = [...done].flatMap(([id, decision]) => (decision ? [[id, decision] as const] : []));
  return { decisions: new Map(decisions), problems };
}

function compileDecision(element: DmnDecision, compilation: Compilation, done: Done): Decision | null {
  const id = nameOf(element);
  const known = done.get(id);
  if (known !== undefined) return known;
  const before = errorsOf(compilation);
  compilation.path.push(id);
  const requires = requiredDecisions(element, compilation, done).filter((required) => required !== null);
  const inputs = requiredInputs(element, compilation);
  const knowledge = requiredKnowledge(element, compilation).filter((required) => required !== null);
  const logic = compileLogic(element.decisionLogic, id, compilation);
  compilation.path.pop();
  const name = element.name ?? id;
  const variable = variableOf(element) ?? id;
  const { items } = compilation;
  const complete = logic && errorsOf(compilation) === before && requires.length === countOf(element);
  const decision = complete ? { id, name, variable, requires, inputs, knowledge, items, logic } : null;
  done.set(id, decision);
  return decision;
}

/** How many decisions an element requires; one that had its error earlier is missing among the compiled ones. */
function countOf(element: DmnDecision): number {
  return (element.informationRequirement ?? []).filter(({ requiredDecision }) => requiredDecision).length;
}

function requiredDecisions(element: DmnDecision, compilation: Compilation, done: Done): (Decision | null)[] {
  return (element.informationRequirement ?? []).map(({ requiredDecision }) => {
    const target = requiredDecision && resolve(requiredDecision, 'dmn:Decision', element, compilation);
    if (!target) return null;
    return withoutCycle(target, element, compilation, () => compileDecision(target, compilation, done));
  });
}

function requiredInputs(element: DmnDecision, compilation: Compilation): RequiredInput[] {
  return (element.informationRequirement ?? []).flatMap(({ requiredInput }) => {
    const target: (DmnElement & DmnVariable) | null | undefined =
      requiredInput && resolve(requiredInput, 'dmn:InputData', element, compilation);
    return target ? [{ name: variableOf(target) ?? '', typeRef: target.variable?.typeRef }] : [];
  });
}
