/** What old files leave out and their engine filled in: ids of flows, declarations of errors, prefixes of references. */
import type { ModdleElement } from 'bpmn-moddle';
import { child, children, type Unresolved } from '../bpmn/read.ts';
import { make, note, type Importer } from './importer.ts';
import { allElements, ownerId } from './tree.ts';

/** References to something that is not declared, which is then its code. */
const CODES: Readonly<Record<string, readonly [type: string, code: string]>> = {
  errorRef: ['bpmn:Error', 'errorCode'],
};

/** References without which the element means something else. */
const NEEDED = [
  'sourceRef',
  'targetRef',
  'attachedToRef',
  'default',
  'messageRef',
  'signalRef',
  'escalationRef',
  'activityRef',
];

/**
 * Resolves references with a namespace prefix, declares errors that are only referred to, reports the rest.
 * @returns the references that still lead nowhere
 */
export function repairReferences(unresolved: readonly Unresolved[], c: Importer): Unresolved[] {
  if (unresolved.length === 0) return [];
  const known = new Map(allElements(c.definitions).map((node) => [node.id ?? '', node]));
  return unresolved.filter(({ element, property, id: written }) => {
    const id = written.trim();
    const name = property.slice(property.indexOf(':') + 1);
    if (name === 'loopDataInputRef') return nameCollection(element, id, c);
    const target = known.get(id.slice(id.indexOf(':') + 1)) ?? known.get(id) ?? declare(name, id, c);
    if (target) {
      known.set(id, target);
      refer(element, name, target);
    } else dangling(element, name, id, c);
    return !target;
  });
}

/** The old engine reads this reference as the name of a variable, declared or not. Gives that nothing is left of it. */
function nameCollection(element: ModdleElement, id: string, c: Importer): false {
  element.$attrs[`${c.prefix}:collection`] ??= id;
  return false;
}

function refer(element: ModdleElement, property: string, target: ModdleElement): void {
  const now: unknown = element.get(property);
  element.set(property, Array.isArray(now) ? [...(now as unknown[]), target] : target);
}

function declare(property: string, id: string, c: Importer): ModdleElement | undefined {
  const kind = CODES[property];
  if (!kind) return undefined;
  const [type, code] = kind;
  const made = make(c, c.definitions, type, { id: id.replaceAll(/[^\w.-]/gu, '_'), [code]: id });
  c.definitions.set('rootElements', [made, ...children(c.definitions, 'rootElements')]);
  note(
    c,
    made,
    property,
    'replaced',
    `"${id}" is not declared in the file; it is the code itself and is declared now.`,
  );
  return made;
}

function dangling(element: ModdleElement, property: string, id: string, c: Importer): void {
  const message = `Expected ${property} of "${ownerId(element)}" to refer to an element of the file, but "${id}" is not there. Draw it again.`;
  note(c, element, property, 'left-out', message);
  if (property === 'bpmnElement') return;
  const severity = NEEDED.includes(property) ? 'error' : 'warning';
  c.problems.push({ rule: 'reference', severity, element: ownerId(element), message });
}

/** Gives an id to every sequence flow that has none, the same one at every import. */
export function nameFlows(nodes: readonly ModdleElement[], c: Importer): void {
  const taken = new Set(nodes.map(({ id }) => id));
  for (const node of nodes) {
    if (node.$type !== 'bpmn:SequenceFlow' || (node.id ?? '') !== '') continue;
    const base = `${child(node, 'sourceRef')?.id ?? 'flow'}_to_${child(node, 'targetRef')?.id ?? 'nowhere'}`;
    let id = base;
    for (let count = 2; taken.has(id); count += 1) id = `${base}_${count}`;
    taken.add(id);
    node.id = id;
    note(c, node, 'id', 'replaced', `The flow had no id; it is now "${id}".`);
  }
}
