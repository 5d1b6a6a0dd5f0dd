/** What the compilation of a file's elements shares: the elements by id, the problems found, and FEEL. */
import { ExpressionError } from '../expression/expression.ts';
import { compileProgram } from '../expression/feel.ts';
import type { Shape } from '../expression/feel.ts';
import type { Problem } from '../problem.ts';
import type { Boxed, BoxedCompiler } from './boxed/boxed.ts';
import { BOXED_KINDS } from './boxed/index.ts';
import type { DmnDefinitions, DmnElement, DmnExpression, DmnReference, DmnVariable } from './decision-file.ts';
import { itemDefinitionsOf, shapeOf } from './item-definition.ts';
import type { ItemDefinitions } from './item-definition.ts';

/** One compilation of one file. */
export interface Compilation {
  readonly elements: ReadonlyMap<string, DmnElement>;
  readonly items: ItemDefinitions;
  /** Names and types of all that a decision can require. */
  readonly variables: readonly { readonly id: string; readonly name: string; readonly typeRef: string | undefined }[];
  readonly problems: Problem[];
  /** Ids of the elements that are being compiled, from the first that asked. */
  readonly path: string[];
  readonly language: string | undefined;
}

export function beginCompilation(definitions: DmnDefinitions, problems: Problem[]): Compilation {
  const elements = definitions.drgElement ?? [];
  return {
    elements: new Map(elements.map((element) => [element.id ?? '', element])),
    items: itemDefinitionsOf(definitions),
    variables: elements.flatMap(variablesOf),
    problems,
    path: [],
    language: definitions.expressionLanguage,
  };
}

const VARIABLES = ['dmn:Decision', 'dmn:InputData', 'dmn:BusinessKnowledgeModel'];

function variablesOf(element: DmnElement & DmnVariable): Compilation['variables'][number][] {
  if (!VARIABLES.includes(element.$type)) return [];
  const name = variableOf(element);
  return name === undefined ? [] : [{ id: element.id ?? '', name, typeRef: element.variable?.typeRef }];
}

/** The name under which others read an element: its variable's, else its own. */
export function variableOf(element: DmnElement & DmnVariable): string | undefined {
  return element.variable?.name ?? element.name ?? element.id;
}

/** Adds an error of the model. */
export function report({ problems }: Compilation, rule: string, element: string | undefined, message: string): void {
  problems.push({ rule, severity: 'error', element: element ?? '', message });
}

/** How many errors were found so far. */
export function errorsOf({ problems }: Compilation): number {
  return problems.filter(({ severity }) => severity === 'error').length;
}

/** How a message names an element. */
export function nameOf(element: DmnElement): string {
  return element.id ?? element.name ?? element.$type;
}

/** What `resolve` looks for, by moddle name. */
const WANTED = {
  'dmn:Decision': 'a decision',
  'dmn:InputData': 'an input',
  'dmn:BusinessKnowledgeModel': 'a business knowledge model',
} as const;

/** The element that a requirement names; null after an error was reported. */
export function resolve(
  reference: DmnReference | undefined,
  type: keyof typeof WANTED,
  from: DmnElement,
  compilation: Compilation,
): DmnElement | null {
  const href = reference?.href ?? '';
  const target = href.startsWith('#') ? compilation.elements.get(href.slice(1)) : undefined;
  if (target?.$type === type) return target;
  const message = `Expected ${nameOf(from)} to require ${WANTED[type]} of this file, but ${href} is none.`;
  report(compilation, 'missing-requirement', from.id, message);
  return null;
}

/**
 * Compiles what an element requires, unless it is being compiled already.
 * @returns null after a cycle was reported
 */
export function withoutCycle<T>(target: DmnElement, from: DmnElement, compilation: Compilation, compile: () => T) {
  const start = compilation.path.indexOf(target.id ?? '');
  if (start < 0) return compile();
  const circle = [...compilation.path.slice(start), target.id].join(' -> ');
  const message = `Expected requirements to end in inputs, but these require each other: ${circle}.`;
  report(compilation, 'requirement-cycle', from.id, message);
  return null;
}

/** Compiles the logic of an element; it knows the names of all inputs, decisions and functions of the file. */
export function compileLogic(logic: DmnExpression | undefined, owner: string, compilation: Compilation): Boxed | null {
  const known = compilation.variables.filter(({ id }) => id !== owner);
  const shape = Object.fromEntries(known.map(({ name, typeRef }) => [name, shapeOf(typeRef, compilation.items)]));
  return boxedCompiler(owner, shape, compilation).inner(logic, owner);
}

function boxedCompiler(owner: string, shape: Shape, compilation: Compilation): BoxedCompiler {
  const compiler: BoxedCompiler = {
    shape,
    items: compilation.items,
    decision: owner,
    report: (rule, element, message) => report(compilation, rule, element ?? owner, message),
    knowing: (names) => boxedCompiler(owner, { ...shape, ...names }, compilation),
    inner(expression, element = owner) {
      const kind = BOXED_KINDS.find((candidate) => candidate.type === expression?.$type);
      if (kind && expression) return kind.compile(expression, compiler);
      const kinds = BOXED_KINDS.map(({ type }) => type).join(', ');
      const found = expression?.$type ?? 'no logic that can be read';
      report(
        compilation,
        'unsupported-expression',
        element,
        `Expected ${element} to have one of ${kinds}, but found ${found}.`,
      );
      return null;
    },
    feel(text, form, element = owner) {
      const language = text.expressionLanguage ?? compilation.language;
      if (language !== undefined && language !== '' && !/feel/iu.test(language)) {
        const message = `Expected ${element} to be written in FEEL, but found ${language}.`;
        report(compilation, 'unsupported-language', element, message);
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
  return compiler;
}
