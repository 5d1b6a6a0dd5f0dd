/** Item definitions: the types that a file names (DMN 1.3, 7.3.2). */
import { ExpressionError } from '../expression/expression.ts';
import { compileProgram } from '../expression/feel.ts';
import type { Program } from '../expression/feel.ts';
import type { DmnItemDefinition } from './decision-file.ts';
import { builtInType, collectionOf, constrained, contextOf } from './type.ts';
import type { FeelType } from './type.ts';

/** The types that the elements of a file can name. */
export interface Types {
  /** null: any value; undefined: there is no such type. */
  find(typeRef: string): FeelType | null | undefined;
}

/** Says what is wrong with an item definition. */
type Report = (severity: 'error' | 'warning', rule: string, element: string, message: string) => void;

/**
 * Compiles the item definitions of a file.
 * @param imported types of imported files, by their names with the name of the import: `shared.tPerson`
 */
export function compileTypes(
  items: readonly DmnItemDefinition[],
  imported: (typeRef: string) => FeelType | null | undefined,
  report: Report,
): Types {
  const own = new Map<string, FeelType | null>();
  const find = (typeRef: string): FeelType | null | undefined => {
    const local = typeRef.slice(typeRef.lastIndexOf(':') + 1).trim();
    const named = own.get(typeRef) ?? own.get(local);
    if (named !== undefined || own.has(typeRef) || own.has(local)) return named ?? null;
    return builtInType(local) ?? (builtInType(local) === null ? null : imported(typeRef));
  };
  const references: (() => unknown)[] = [];
  const file: ItemFile = { types: { find }, report, later: (look) => references.push(look) };
  const circular = circularNames(items);
  for (const item of items) {
    const name = item.name ?? '';
    if (circular.has(name)) report('error', 'invalid-type', item.id ?? name, circularType(name));
    else own.set(name, compileItem(item, name, file));
  }
  for (const look of references) look();
  return { find };
}

/** What the compilation of a file's items shares. `later` is called when all of them are known. */
interface ItemFile {
  readonly types: Types;
  readonly report: Report;
  readonly later: (look: () => unknown) => void;
}

/** Items that are nothing but each other's names. */
function circularNames(items: readonly DmnItemDefinition[]): Set<string> {
  const next = new Map(items.map((item) => [item.name ?? '', item.itemComponent ? undefined : item.typeRef]));
  const isCircular = (name: string) => {
    const seen = new Set<string>();
    for (let at: string | undefined = name; at !== undefined && next.has(at); at = next.get(at)) {
      if (seen.has(at)) return true;
      seen.add(at);
    }
    return false;
  };
  return new Set([...next.keys()].filter(isCircular));
}

function circularType(name: string): string {
  return `Expected type ${name} to say what its values are, but it refers to itself. Give it a type of FEEL or components.`;
}

function compileItem(item: DmnItemDefinition, name: string, file: ItemFile): FeelType | null {
  const element = item.id ?? name;
  const tests = (text: string | undefined): Program | null => {
    try {
      return text?.trim() ? compileProgram(text, 'unary-tests') : null;
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      file.report('error', 'invalid-expression', element, error.message);
      return null;
    }
  };
  const allowed = tests(item.allowedValues?.text);
  const constraint = tests(item.typeConstraint?.text);
  const base = baseOf(item, name, file);
  const single = allowed ? constrained(name, base, allowed) : base;
  const type = item.isCollection ? collectionOf(name, single) : single;
  return constraint ? constrained(name, type, constraint) : type;
}

function baseOf(item: DmnItemDefinition, name: string, file: ItemFile): FeelType | null {
  if (item.functionItem) return functionType(name, item.functionItem.outputTypeRef, file.types);
  if (item.itemComponent) {
    const components = item.itemComponent.map((component) => {
      const type = compileItem(component, component.name ?? '', file);
      return { name: component.name ?? '', type: () => type };
    });
    return contextOf(name, components);
  }
  const { typeRef } = item;
  return typeRef === undefined ? null : reference(name, typeRef, item.id ?? name, file);
}

/** A type that is looked up when it is needed first: item definitions may stand in any order and name each other. */
function reference(name: string, typeRef: string, element: string, { types, report, later }: ItemFile): FeelType {
  let found: FeelType | null | undefined;
  const target = (): FeelType | null => {
    if (found === undefined) {
      found = types.find(typeRef);
      if (found === undefined) report('warning', 'unknown-type', element, unknownType(element, typeRef));
      found ??= null;
    }
    return found;
  };
  later(target);
  return {
    name,
    get collection() {
      return target()?.collection ?? false;
    },
    get allowed() {
      return target()?.allowed ?? '';
    },
    shape: (depth) => target()?.shape(depth + 1) ?? null,
    convert(value, origin) {
      const type = target();
      return type ? type.convert(value, origin) : value;
    },
  };
}

/** Functions are not looked into: what they take and give is settled when they are called. */
function functionType(name: string, outputTypeRef: string | undefined, types: Types): FeelType {
  return {
    name,
    collection: false,
    result: () => (outputTypeRef === undefined ? null : (types.find(outputTypeRef) ?? null)),
    shape: () => null,
    convert: (value) => value,
  };
}

/** What is said about a type that nobody defines. */
export function unknownType(element: string, typeRef: string): string {
  return `Expected ${element} to have a type of FEEL or of an item definition, but found ${typeRef}; any value is taken. Define it.`;
}
