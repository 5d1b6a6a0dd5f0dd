/** Decisions and their requirements (DMN 1.3, 6), compiled from a file. */
import { ExpressionError, type Shape } from '../expression/expression.ts';
import { compileProgram } from '../expression/feel.ts';
import type { Problem } from '../problem.ts';
import type { Boxed, BoxedCompiler } from './boxed/boxed.ts';
import { BOXED_KINDS } from './boxed/index.ts';
import type {
  DecisionFile,
  DmnDecision,
  DmnDefinitions,
  DmnElement,
  DmnInputData,
  DmnReference,
} from './decision-file.ts';
import { itemDefinitionsOf, shapeOf } from './item-definition.ts';
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
  readonly items: ItemDefinitions;
  readonly logic: Boxed;
}

/** What a file gave: decisions without an error, and everything that is wrong. */
export interface CompiledDecisions {
  readonly decisions: ReadonlyMap<string, Decision>;
  readonly problems: readonly Problem[];
}

interface Compilation {
  readonly elements: ReadonlyMap<string, DmnElement>;
  readonly items: ItemDefinitions;
  readonly language: string | undefined;
  readonly problems: Problem[];
  readonly done: Map<string, Decision | null>;
  /** Decisions that are being compiled, from the first that asked. */
  readonly path: string[];
}

/** Element kinds of the requirements graph that are refused, with the reason. */
const REFUSED: Readonly<Record<string, string>> = {
  'dmn:BusinessKnowledgeModel': 'business knowledge models are not supported: move its logic into a decision',
  'dmn:DecisionService': 'decision services are not supported: call the output decision itself',
};

/** Compiles all decisions of a file. A decision that requires one with an error is left out, too. */
export function compileDecisions(file: DecisionFile): CompiledDecisions {
  const problems = [...file.problems];
  if (!file.definitions) return { decisions: new Map(), problems };
  const compilation = beginCompilation(file.definitions, problems);
  for (const element of file.definitions.drgElement ?? []) {
    const refused = REFUSED[element.$type];
    if (refused !== undefined) {
      report(
        compilation,
        'unsupported-element',
        element.id,
        `Expected decisions and inputs only, but ${nameOf(element)} cannot be used: ${refused}.`,
      );
    }
    if (element.$type === 'dmn:Decision') compileDecision(element, compilation);
  }
  const decisions = [...compilation.done].flatMap(([id, decision]) => (decision ? [[id, decision] as const] : []));
  return { decisions: new Map(decisions), problems };
}

function beginCompilation(definitions: DmnDefinitions, problems: Problem[]): Compilation {
  const compilation: Compilation = {
    elements: new Map((definitions.drgElement ?? []).map((element) => [element.id ?? '', element])),
    items: itemDefinitionsOf(definitions),
    language: definitions.expressionLanguage,
    problems,
    done: new Map(),
    path: [],
  };
  for (const element of definitions.import ?? []) {
    report(
      compilation,
      'unsupported-element',
      element.id,
      `Expected a file without imports, but it imports ${nameOf(element)}: copy what is needed.`,
    );
  }
  return compilation;
}

function compileDecision(element: DmnDecision, compilation: Compilation): Decision | null {
  const { id } = element;
  if (id === undefined) {
    report(compilation, 'invalid-decision', '', `Expected decision ${nameOf(element)} to have an id, but it has none.`);
    return null;
  }
  const known = compilation.done.get(id);
  if (known !== undefined) return known;
  compilation.path.push(id);
  const before = errorsOf(compilation);
  const requires = requiredDecisions(element, compilation);
  const inputs = requiredInputs(element, compilation);
  for (const { requiredKnowledge } of element.knowledgeRequirement ?? []) {
    report(
      compilation,
      'unsupported-element',
      id,
      `Expected decision ${id} to require decisions and inputs only, but it requires the knowledge ${requiredKnowledge?.href ?? ''}.`,
    );
  }
  const logic = compileLogic(element, id, shapeFor(element, compilation), compilation);
  compilation.path.pop();
  const complete = logic && errorsOf(compilation) === before && requires.every((required) => required !== null);
  const decision = complete ? { ...identityOf(element, id), requires, inputs, items: compilation.items, logic } : null;
  compilation.done.set(id, decision);
  return decision;
}

function identityOf(element: DmnDecision, id: string) {
  const name = element.name ?? id;
  return { id, name, variable: element.variable?.name ?? name };
}

function requiredDecisions(element: DmnDecision, compilation: Compilation): (Decision | null)[] {
  return (element.informationRequirement ?? []).flatMap(({ requiredDecision }) => {
    if (!requiredDecision) return [];
    const target = resolve(requiredDecision, 'dmn:Decision', element, compilation);
    if (!target) return [null];
    const cycle = compilation.path.indexOf(target.id ?? '');
    if (cycle < 0) return [compileDecision(target, compilation)];
    const circle = [...compilation.path.slice(cycle), target.id].join(' -> ');
    report(
      compilation,
      'requirement-cycle',
      element.id,
      `Expected decisions to end in inputs, but they require each other: ${circle}.`,
    );
    return [null];
  });
}

function requiredInputs(element: DmnDecision, compilation: Compilation): RequiredInput[] {
  return (element.informationRequirement ?? []).flatMap(({ requiredInput }) => {
    const target: DmnInputData | null = requiredInput
      ? resolve(requiredInput, 'dmn:InputData', element, compilation)
      : null;
    if (!target) return [];
    return [{ name: target.variable?.name ?? target.name ?? '', typeRef: target.variable?.typeRef }];
  });
}

function resolve(reference: DmnReference, type: string, from: DmnElement, compilation: Compilation) {
  const href = reference.href ?? '';
  const target = href.startsWith('#') ? compilation.elements.get(href.slice(1)) : undefined;
  if (target?.$type === type) return target;
  const wanted = type === 'dmn:Decision' ? 'a decision' : 'an input';
  report(
    compilation,
    'missing-requirement',
    from.id,
    `Expected ${nameOf(from)} to require ${wanted} of this file, but ${href} is none.`,
  );
  return null;
}

/** The names that a decision's logic can read: all inputs and decisions of the file, with their types. */
function shapeFor(element: DmnDecision, { elements, items }: Compilation): Shape {
  const variables = [...elements.values()].filter((other: DmnDecision) => other !== element).flatMap(variablesOf);
  return Object.fromEntries(variables.map(({ name, typeRef }) => [name, shapeOf(typeRef, items)]));
}

function variablesOf(element: DmnDecision): RequiredInput[] {
  if (element.$type !== 'dmn:Decision' && element.$type !== 'dmn:InputData') return [];
  const name = element.variable?.name ?? element.name;
  return name === undefined ? [] : [{ name, typeRef: element.variable?.typeRef }];
}

function compileLogic(element: DmnDecision, id: string, shape: Shape, compilation: Compilation): Boxed | null {
  const logic = element.decisionLogic;
  const kind = BOXED_KINDS.find((candidate) => candidate.type === logic?.$type);
  if (!logic || !kind) {
    const kinds = BOXED_KINDS.map(({ type }) => type).join(' or ');
    report(
      compilation,
      'unsupported-expression',
      id,
      `Expected decision ${id} to have a ${kinds}, but found ${logic?.$type ?? 'no logic that can be read'}.`,
    );
    return null;
  }
  return kind.compile(logic, boxedCompiler(id, shape, compilation));
}

function boxedCompiler(decision: string, shape: Shape, compilation: Compilation): BoxedCompiler {
  return {
    shape,
    items: compilation.items,
    decision,
    report: (rule, element, message) => report(compilation, rule, element ?? decision, message),
    feel(text, form, element = decision) {
      const language = text.expressionLanguage ?? compilation.language;
      if (language !== undefined && language !== '' && !/feel/iu.test(language)) {
        report(
          compilation,
          'unsupported-language',
          element,
          `Expected ${element} to be written in FEEL, but found ${language}.`,
        );
        return null;
      }
      try {
        return compileProgram(text.text ?? '', form, shape);
      } catch (error) {
        if (!(error instanceof ExpressionError)) throw error;
        report(compilation, 'invalid-expression', element, error.message);
        return null;
      }
    },
  };
}

function errorsOf({ problems }: Compilation): number {
  return problems.filter(({ severity }) => severity === 'error').length;
}

function nameOf(element: DmnElement): string {
  return element.id ?? element.name ?? element.$type;
}

function report({ problems }: Compilation, rule: string, element: string | undefined, message: string): void {
  problems.push({ rule, severity: 'error', element: element ?? '', message });
}
