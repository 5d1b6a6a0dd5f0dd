/** What requires each other (DMN 1.3, 6.3): decisions, business knowledge models, decision services, inputs. */
import type { Shape } from '../expression/feel.ts';
import { complete } from './boxed/boxed.ts';
import type { Boxed } from './boxed/boxed.ts';
import { compileFunction } from './boxed/function-definition.ts';
import type { DmnFunctionDefinition } from './boxed/function-definition.ts';
import { errorsOf, hint, inputNames, nameOf, namesOf, report, resolve, typeOf } from './compilation.ts';
import { underway, variableOf, withoutCycle } from './compilation.ts';
import type { Compilation, Resolved } from './compilation.ts';
import type { DmnDecision, DmnDecisionService, DmnElement, DmnKnowledge } from './decision-file.ts';
import type { DmnKnowledgeUser, DmnReference } from './decision-file.ts';
import { boxedCompiler } from './logic.ts';
import type { Decision, Knowledge, Required, RequiredInput } from './model.ts';
import type { FeelType } from './type.ts';

/** null after an error was reported. */
export function compileDecision({ element, home }: Resolved): Decision | null {
  return once(home.decisions, element, () => underway(element, home, () => decisionOf(element, home)));
}

function decisionOf(element: DmnDecision, compilation: Compilation): Decision | null {
  const id = nameOf(element);
  const before = errorsOf(compilation);
  const references = (element.informationRequirement ?? []).flatMap(({ requiredDecision: it }) => (it ? [it] : []));
  const requires = complete(references.map((it) => requiredDecision(it, element, compilation)));
  const inputs = (element.informationRequirement ?? []).flatMap(({ requiredInput: it }) =>
    it ? (requiredInput(it, element, compilation) ?? []) : [],
  );
  const knowledge = requiredKnowledge(element, compilation);
  if (!requires || !knowledge) return null;
  const names = { ...inputNames(compilation), ...namesOf([...requires.map(decisionName), ...inputs.map(inputName)]) };
  const boxed = logicOf(element, { ...names, ...namesOf(knowledge.map(functionName)) }, compilation);
  const type = typeOf(element.variable?.typeRef, element.variable?.id ?? id, compilation);
  if (!boxed || errorsOf(compilation) > before) return null;
  const variable = variableOf(element);
  return {
    id,
    name: element.name ?? id,
    variable,
    type,
    requires,
    inputs,
    knowledge,
    logic: { kind: 'expression', boxed },
  };
}

function logicOf(element: DmnDecision, shape: Shape, compilation: Compilation): Boxed | null {
  const id = nameOf(element);
  if (!element.decisionLogic && !compilation.incomplete) return withoutLogic(id, compilation);
  return boxedCompiler(id, shape, compilation).inner(element.decisionLogic, id);
}

/** Logic is optional in the standard: a graph may be drawn first. */
function withoutLogic(id: string, compilation: Compilation): Boxed {
  const message = `Expected ${id} to have logic, but it has none, so that its result is always null. Write its logic.`;
  hint(compilation, 'no-logic', id, message);
  return { evaluate: () => null };
}

/** A service as something to evaluate: its inputs are variables of the caller, its outputs its result (DMN 1.3, 10.4). */
export function compileService({ element, home }: Resolved): Decision | null {
  return once(home.decisions, element, () => underway(element, home, () => serviceOf(element, home)));
}

function serviceOf(element: DmnDecisionService, compilation: Compilation): Decision | null {
  const id = nameOf(element);
  const decisions = (references: readonly DmnReference[] = []) =>
    complete(references.map((it) => requiredDecision(it, element, compilation)));
  const [requires, given] = [decisions(element.outputDecision), decisions(element.inputDecision)];
  const encapsulated = decisions(element.encapsulatedDecision);
  const inputs = complete((element.inputData ?? []).map((it) => requiredInput(it, element, compilation)));
  if (requires?.length === 0) {
    const message = `Expected decision service ${id} to have an output decision, but it has none. Move a decision into its output part.`;
    report(compilation, 'invalid-service', id, message);
    return null;
  }
  if (!requires || !given || !encapsulated || !inputs) return null;
  const type = resultType(typeOf(element.variable?.typeRef, element.variable?.id ?? id, compilation));
  const [name, variable] = [element.name ?? id, variableOf(element)];
  return { id, name, variable, type, requires, inputs, knowledge: [], logic: { kind: 'service', given } };
}

/** null after an error was reported. */
export function compileKnowledge(target: Resolved): Knowledge | null {
  const { element, home } = target;
  return once(home.knowledge, element, () =>
    element.$type === 'dmn:DecisionService'
      ? serviceFunction(target)
      : underway(element, home, () => knowledgeOf(element, home)),
  );
}

/** A service as a function: its parameters are its inputs, then the decisions that the caller decides itself. */
function serviceFunction(target: Resolved): Knowledge | null {
  const service = compileService(target);
  if (service?.logic.kind !== 'service') return null;
  const decisions = service.logic.given.map((it) => ({ ...decisionName(it), type: it.target.type }));
  const parameters = [...service.inputs, ...decisions].map(({ prefix, name, type }) => ({ prefix, name, type }));
  const { id, variable, type } = service;
  return { id, variable, parameters, requires: [], result: type, body: service };
}

function knowledgeOf(element: DmnElement & DmnKnowledge, compilation: Compilation): Knowledge | null {
  const id = nameOf(element);
  const before = errorsOf(compilation);
  const requires = requiredKnowledge(element, compilation);
  if (!requires) return null;
  const definition: DmnFunctionDefinition | undefined = element.encapsulatedLogic;
  const compiler = boxedCompiler(id, namesOf(requires.map(functionName)), compilation);
  const compiled =
    definition?.body || compilation.incomplete
      ? compileFunction({ $type: 'dmn:FunctionDefinition', ...definition }, compiler)
      : { parameters: [], body: withoutLogic(id, compilation) };
  const own = typeOf(definition?.typeRef, definition?.id ?? id, compilation);
  const result = resultType(own ?? typeOf(element.variable?.typeRef, element.variable?.id ?? id, compilation));
  if (!compiled || errorsOf(compilation) > before) return null;
  const parameters = compiled.parameters.map((it) => ({ ...it, prefix: undefined }));
  return { id, variable: variableOf(element), parameters, requires, result, body: compiled.body };
}

/** The type of what a function gives; files name either it or the type of the function. */
function resultType(type: FeelType | null): FeelType | null {
  return type?.result ? type.result() : type;
}

function requiredDecision(
  reference: DmnReference,
  from: DmnElement,
  compilation: Compilation,
): Required<Decision> | null {
  const found = resolve(reference, ['dmn:Decision'], from, compilation);
  const target = found && withoutCycle(found, from, compilation, compileDecision);
  return target && { target, prefix: found.prefix };
}

function requiredInput(reference: DmnReference, from: DmnElement, compilation: Compilation): RequiredInput | null {
  const found = resolve(reference, ['dmn:InputData'], from, compilation);
  if (!found) return null;
  const { element, home, prefix } = found;
  return { name: variableOf(element), prefix, type: typeOf(element.variable?.typeRef, nameOf(element), home) };
}

/** Compiles all functions that an element requires; null when one has an error. */
function requiredKnowledge(
  element: DmnElement & DmnKnowledgeUser,
  compilation: Compilation,
): readonly Required<Knowledge>[] | null {
  const kinds = ['dmn:BusinessKnowledgeModel', 'dmn:DecisionService'];
  const required = (element.knowledgeRequirement ?? []).map(({ requiredKnowledge: reference }) => {
    const found = resolve(reference, kinds, element, compilation);
    const target = found && withoutCycle(found, element, compilation, compileKnowledge);
    return target && { target, prefix: found.prefix };
  });
  return complete(required);
}

function decisionName({ target, prefix }: Required<Decision>) {
  return { prefix, name: target.variable, shape: target.type?.shape(0) ?? null };
}

function functionName({ target, prefix }: Required<Knowledge>) {
  return { prefix, name: target.variable, shape: null };
}

function inputName({ name, prefix, type }: RequiredInput) {
  return { prefix, name, shape: type?.shape(0) ?? null };
}

/** Compiles an element when it is asked for first. */
function once<T>(done: Map<string, T | null>, element: DmnElement, compile: () => T | null): T | null {
  const id = nameOf(element);
  const known = done.get(id);
  if (known !== undefined) return known;
  const compiled = compile();
  done.set(id, compiled);
  return compiled;
}
