/** Decision files (DMN 1.3, 6), compiled: what a release can evaluate, and everything that is wrong. */
import type { Problem } from '../problem.ts';
import type { Library } from './compilation.ts';
import type { DecisionFile } from './decision-file.ts';
import { beginCompilation } from './import.ts';
import type { Decision } from './model.ts';
import { compileDecision, compileKnowledge, compileService } from './requirement.ts';

/** What a file gave. */
export interface CompiledDecisions {
  /** Decisions and decision services without an error, by id. */
  readonly decisions: ReadonlyMap<string, Decision>;
  readonly problems: readonly Problem[];
}

/**
 * Compiles all decisions and decision services of a file. One that requires another with an error is left out, too.
 * @param others the files that it may import, found by their namespace; their own problems are not told here
 */
export function compileDecisions(file: DecisionFile, others: readonly DecisionFile[] = []): CompiledDecisions {
  if (!file.definitions) return { decisions: new Map(), problems: file.problems };
  const library: Library = { files: [file, ...others], compilations: new Map(), path: [] };
  const compilation = beginCompilation(file, library);
  for (const element of compilation.elements.values()) {
    const target = { element, home: compilation, prefix: undefined };
    if (element.$type === 'dmn:Decision') compileDecision(target);
    if (element.$type === 'dmn:DecisionService') compileService(target);
    if (element.$type === 'dmn:BusinessKnowledgeModel') compileKnowledge(target);
  }
  const decisions = [...compilation.decisions].flatMap(([id, it]) => (it ? [[id, it] as const] : []));
  return { decisions: new Map(decisions), problems: compilation.problems };
}
