/** What the compilation of a file shares: its elements by id, its types, what it imports, the problems found. */
import type { Shape } from '../expression/feel.ts';
import type { Problem } from '../problem.ts';
import type { DecisionFile, DmnElement, DmnReference, DmnVariable } from './decision-file.ts';
import { unknownType } from './item-definition.ts';
import type { Types } from './item-definition.ts';
import type { Decision, Knowledge } from './model.ts';
import type { FeelType } from './type.ts';

/** One compilation of one file. */
export interface Compilation {
  readonly namespace: string;
  readonly elements: ReadonlyMap<string, DmnElement>;
  readonly types: Types;
  readonly imports: readonly ImportedFile[];
  readonly problems: Problem[];
  /** What was compiled, by id; null with an error. */
  readonly decisions: Map<string, Decision | null>;
  readonly knowledge: Map<string, Knowledge | null>;
  readonly library: Library;
  readonly language: string | undefined;
  /** Whether the reader left something out, so that what is missing may be what it did not understand. */
  readonly incomplete: boolean;
}

/** The files that can be imported, and what is underway in all of them. */
export interface Library {
  readonly files: readonly DecisionFile[];
  /** By namespace. */
  readonly compilations: Map<string, Compilation>;
  /** The elements that are being compiled, from the first that asked. */
  readonly path: DmnElement[];
}

/** A file under the name that the importing file gives it. */
export interface ImportedFile {
  readonly namespace: string;
  /** Stands before all names of the file: `shared.price`; undefined when its names are used as they are (DMN 1.5). */
  readonly prefix: string | undefined;
  /** Files may import each other, so it is asked for when it is needed. */
  readonly file: () => Compilation;
}

/** The name under which others read an element: its variable's, else its own. */
export function variableOf(element: DmnElement & DmnVariable): string {
  return element.variable?.name ?? element.name ?? element.id ?? '';
}

/** Adds an error of the model. */
export function report({ problems }: Compilation, rule: string, element: string | undefined, message: string): void {
  problems.push({ rule, severity: 'error', element: element ?? '', message });
}

/** Adds what the author should know, but that does not keep the file from running. */
export function hint({ problems }: Compilation, rule: string, element: string, message: string): void {
  const known = problems.some((it) => it.rule === rule && it.message === message);
  if (!known) problems.push({ rule, severity: 'warning', element, message });
}

/** How many errors were found so far. */
export function errorsOf({ problems }: Compilation): number {
  return problems.filter(({ severity }) => severity === 'error').length;
}

/** How a message names an element. */
export function nameOf(element: DmnElement): string {
  return element.id ?? element.name ?? element.$type;
}

/** The type that a typeRef of an element names; null is any value. An unknown one is a warning. */
export function typeOf(typeRef: string | undefined, element: string, compilation: Compilation): FeelType | null {
  if (typeRef === undefined) return null;
  const type = compilation.types.find(typeRef);
  if (type === undefined) hint(compilation, 'unknown-type', element, unknownType(element, typeRef));
  return type ?? null;
}

/** An element that another refers to, in this file or in an imported one. */
export interface Resolved {
  readonly element: DmnElement & DmnVariable;
  readonly home: Compilation;
  /** Name of the import, which stands before its name; undefined for this file. */
  readonly prefix: string | undefined;
}

/** What `resolve` looks for, by moddle name. */
const WANTED: Readonly<Record<string, string>> = {
  'dmn:Decision': 'a decision',
  'dmn:InputData': 'an input',
  'dmn:BusinessKnowledgeModel': 'a business knowledge model',
  'dmn:DecisionService': 'a decision service',
};

/** The element that a requirement names; null after an error was reported. */
export function resolve(
  reference: DmnReference | undefined,
  types: readonly string[],
  from: DmnElement,
  compilation: Compilation,
): Resolved | null {
  const href = reference?.href ?? '';
  const target = lookUp(href, compilation);
  if (target && types.includes(target.element.$type)) return target;
  const wanted = types.map((type) => WANTED[type]).join(' or ');
  const message = `Expected ${nameOf(from)} to require ${wanted} of this file or of an imported one, but ${href} is none. Draw the requirement again.`;
  report(compilation, 'missing-requirement', from.id, message);
  return null;
}

function lookUp(href: string, compilation: Compilation): Resolved | undefined {
  const [namespace, id] = [href.slice(0, href.lastIndexOf('#')), href.slice(href.lastIndexOf('#') + 1)];
  if (namespace === '' || namespace === compilation.namespace) {
    const element = compilation.elements.get(id);
    return element && { element, home: compilation, prefix: undefined };
  }
  const found = compilation.imports.find((it) => it.namespace === namespace);
  const element = found?.file().elements.get(id);
  return found && element && { element, home: found.file(), prefix: found.prefix };
}

/**
 * Compiles what an element requires, unless it is being compiled already.
 * @returns null after a cycle was reported
 */
export function withoutCycle<T>(
  target: Resolved,
  from: DmnElement,
  compilation: Compilation,
  compile: (target: Resolved) => T | null,
): T | null {
  const { path } = compilation.library;
  const start = path.indexOf(target.element);
  if (start < 0) {
    const compiled = compile(target);
    if (compiled === null) reportForeign(target, from, compilation);
    return compiled;
  }
  const circle = [...path.slice(start), target.element].map(nameOf).join(' -> ');
  const message = `Expected requirements to end in inputs, but these require each other: ${circle}. Remove one of the requirements.`;
  report(compilation, 'requirement-cycle', from.id, message);
  return null;
}

/** Notes that an element is being compiled while `compile` runs. */
export function underway<T>(element: DmnElement, { library }: Compilation, compile: () => T): T {
  library.path.push(element);
  const result = compile();
  library.path.pop();
  return result;
}

/** When an error lies in another file, the file that refers to it says so, too. */
function reportForeign(target: Resolved, from: DmnElement, compilation: Compilation): void {
  if (target.home === compilation) return;
  const message = `Expected ${nameOf(target.element)} of ${target.home.namespace} to be without errors, but it has some. Correct that file.`;
  report(compilation, 'missing-requirement', from.id, message);
}

/** The names that come with something required: those of an import are inside the name of the import. */
export function namesOf(required: readonly { prefix: string | undefined; name: string; shape: Shape | null }[]): Shape {
  const names: Record<string, Shape | null> = {};
  for (const { prefix, name, shape } of required) {
    if (prefix === undefined) names[name] = shape;
    else names[prefix] = { ...names[prefix], [name]: shape };
  }
  return names;
}

/** The inputs of the file: a decision may read them although it does not draw the requirement. */
export function inputNames(compilation: Compilation): Shape {
  const { elements } = compilation;
  const inputs = [...elements.values()].filter(({ $type }) => $type === 'dmn:InputData');
  return namesOf(
    inputs.map((element: DmnElement & DmnVariable) => ({
      prefix: undefined,
      name: variableOf(element),
      shape: typeOf(element.variable?.typeRef, nameOf(element), compilation)?.shape(0) ?? null,
    })),
  );
}
