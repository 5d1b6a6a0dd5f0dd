/** Imports: what a file takes from other DMN files of the same release (DMN 1.3, 6.3.3). */
import type { Compilation, ImportedFile, Library } from './compilation.ts';
import { nameOf } from './compilation.ts';
import type { DecisionFile, DmnImport } from './decision-file.ts';
import { compileTypes } from './item-definition.ts';
import type { FeelType } from './type.ts';

/** Begins with a file; its imports are taken from the library. */
export function beginCompilation(file: DecisionFile, library: Library): Compilation {
  const { definitions } = file;
  const problems = [...file.problems];
  const namespace = definitions?.namespace ?? '';
  const say: Parameters<typeof compileTypes>[2] = (severity, rule, element, message) =>
    problems.push({ rule, severity, element, message });
  const imports = importsOf(definitions?.import ?? [], library, (element, message) =>
    say('error', 'unsupported-element', element, message),
  );
  const importedType = (typeRef: string): FeelType | null | undefined => {
    for (const { prefix, file: other } of imports) {
      if (prefix === undefined) {
        const found = other().types.find(typeRef);
        if (found !== undefined) return found;
      } else if (typeRef.startsWith(`${prefix}.`)) return other().types.find(typeRef.slice(prefix.length + 1));
    }
    return undefined;
  };
  const compilation: Compilation = {
    namespace,
    elements: new Map((definitions?.drgElement ?? []).map((element) => [nameOf(element), element])),
    types: compileTypes(definitions?.itemDefinition ?? [], importedType, say),
    imports,
    problems,
    decisions: new Map(),
    knowledge: new Map(),
    library,
    language: definitions?.expressionLanguage,
    incomplete: file.problems.length > 0,
  };
  library.compilations.set(namespace, compilation);
  return compilation;
}

/** Finds the imported files. What is no DMN, or is not there, is reported. */
function importsOf(
  imports: readonly DmnImport[],
  library: Library,
  report: (element: string, message: string) => void,
): ImportedFile[] {
  return imports.flatMap((element): ImportedFile[] => {
    const { namespace = '', importType = '', name = '' } = element;
    const id = element.id ?? name;
    if (importType !== '' && !/\/spec\/DMN\//iu.test(importType)) {
      report(
        id,
        `Expected import "${name}" to be a DMN file, but it is ${importType}. Write what is needed into this file.`,
      );
      return [];
    }
    const file = library.files.find(({ definitions }) => definitions?.namespace === namespace);
    if (!file) {
      report(
        id,
        `Expected a DMN file with the namespace ${namespace}, but there is none. Deploy it together with this one.`,
      );
      return [];
    }
    return [
      {
        namespace,
        prefix: name === '' ? undefined : name,
        file: () => library.compilations.get(namespace) ?? beginCompilation(file, library),
      },
    ];
  });
}
