/** What engines add to BPMN and this one does not run is refused, never left out silently. */
import type { ModdleElement } from 'bpmn-moddle';
import type { Compiler } from './compiler.ts';
import { extensions } from './read.ts';

/** Namespaces whose extensions change what an engine does. */
const ENGINES = /^(zeebe|camunda|operaton|activiti|flowable):/;

/** Attributes of known extensions that would choose something else than what runs here, and the values that do not. */
const REFUSED: Readonly<Record<string, { readonly runs: readonly string[]; readonly remedy: string }>> = {
  bindingType: {
    runs: ['latest', 'deployment'],
    remedy: 'A case keeps the versions that were current when it began: choose "deployment".',
  },
  businessId: { runs: [], remedy: 'A called process is part of the case and has its key: take it out.' },
  externalReference: { runs: [], remedy: 'Choose a deployed form.' },
};

/**
 * Reports extensions as elements and as attributes, and attributes of them, that would be left out.
 * @param understood the extension elements that are read here
 * @param owner who the problems are about
 */
export function checkExtensions(
  node: ModdleElement,
  understood: readonly string[],
  c: Compiler,
  owner: ModdleElement = node,
): void {
  const found = extensions(node);
  for (const name of [...found.map(({ $type }) => $type), ...Object.keys(node.$attrs)]) {
    if (!ENGINES.test(name) || understood.includes(name)) continue;
    c.problem(
      owner,
      'unsupported-extension',
      `Expected only ${understood.join(', ') || 'plain BPMN'} on "${owner.id ?? ''}", but found ${name}. Take it out.`,
    );
  }
  for (const one of found) if (understood.includes(one.$type)) checkAttributes(one, owner, c);
}

function checkAttributes(one: ModdleElement, owner: ModdleElement, c: Compiler): void {
  for (const name of Object.keys(one.$attrs).filter((attribute) => !attribute.startsWith('xmlns'))) {
    c.problem(
      owner,
      'unsupported-extension',
      `Expected only known attributes of ${one.$type} on "${owner.id ?? ''}", but found ${name}. Take it out.`,
    );
  }
  for (const [name, { runs, remedy }] of Object.entries(REFUSED)) {
    const value = one.get(name);
    if (typeof value !== 'string' || value === '' || runs.includes(value)) continue;
    c.problem(
      owner,
      'unsupported-extension',
      `Expected ${one.$type} of "${owner.id ?? ''}" without ${name} "${value}", which has no meaning here. ${remedy}`,
    );
  }
}
