/** What a rule is made of. A rule is data and one small function; `index.ts` lists them all. */
import type { ModdleElement } from 'bpmn-moddle';
import type { Diagram } from './diagram.ts';

/** Says that the rule is broken. `found` completes "Expected ..., but ..."; the element is the checked one by default. */
export type Found = (found: string, element?: ModdleElement) => void;

export interface Rule {
  /** Short name, kebab-case, stable. */
  readonly id: string;
  /** Where it comes from: a section of BPMN 2.0.2, or `Lanework` for our own. */
  readonly standard: string;
  /** BPMN types whose elements are checked, subtypes included. */
  readonly on: readonly string[];
  /** Completes "Expected ...". */
  readonly expects: string;
  /** What to do, a sentence. */
  readonly remedy: string;
  /** `warning`: legal by the standard, but doubtful, or more than this engine can do. */
  readonly severity?: 'warning';
  /** It binds executable processes only (the Common Executable class of the standard). */
  readonly executable?: true;
  /**
   * What a deployment makes of it: `warning` where the engine can run the diagram all the same, `silent` where the
   * standard is stricter than any use of the diagram here, `error` where the engine is stricter than the standard.
   * Absent: the same as `severity`.
   */
  readonly deployment?: 'error' | 'warning' | 'silent';
  check(node: ModdleElement, diagram: Diagram, found: Found): void;
}

/** How an element is named in a sentence. */
export function nameOf(node: ModdleElement | undefined): string {
  if (!node) return 'nothing';
  const type = node.$type
    .replace(/^.*:/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase();
  return node.id === undefined ? `a ${type} without id` : `${type} "${node.id}"`;
}

/** `a, b` of the ids. */
export function ids(nodes: readonly ModdleElement[]): string {
  return nodes.map(({ id }) => `"${id ?? '?'}"`).join(', ');
}
