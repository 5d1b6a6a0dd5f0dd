/** Walking and changing the tree that moddle read. */
import type { ModdleElement } from 'bpmn-moddle';

/** All elements of the tree, a parent before its children. Elements of unknown namespaces are not entered. */
export function allElements(root: ModdleElement): ModdleElement[] {
  const found: ModdleElement[] = [];
  const pending = [root];
  for (let node = pending.pop(); node; node = pending.pop()) {
    found.push(node);
    pending.push(...containedIn(node).reverse());
  }
  return found;
}

function containedIn(node: ModdleElement): ModdleElement[] {
  return Object.values(node)
    .flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [value]))
    .filter((value): value is ModdleElement => isTyped(value) && value.$parent === node);
}

function isTyped(value: unknown): value is ModdleElement {
  return (
    typeof value === 'object' && value !== null && '$type' in value && '$attrs' in value && value.$attrs !== undefined
  );
}

/** The id of the element, or of the nearest one around it that has an id. */
export function ownerId(node: ModdleElement): string {
  for (let at: ModdleElement | undefined = node; at; at = at.$parent) {
    if (typeof at.id === 'string' && at.id !== '') return at.id;
  }
  return '';
}

/** Takes a contained or referenced element out of a list of its parent. */
export function removeFrom(parent: ModdleElement, property: string, node: ModdleElement): void {
  const list: unknown = parent.get(property);
  if (Array.isArray(list))
    parent.set(
      property,
      list.filter((other) => other !== node),
    );
}

/** Puts another element in the place of one, wherever it is contained or referred to. */
export function substitute(root: ModdleElement, old: ModdleElement, replacement: ModdleElement): void {
  for (const node of [...allElements(root), replacement]) {
    for (const [name, value] of Object.entries(node)) {
      if (value === old) node.set(name, replacement);
      else if (Array.isArray(value) && value.includes(old)) {
        node.set(
          name,
          (value as unknown[]).map((one) => (one === old ? replacement : one)),
        );
      }
    }
  }
}

/** Whether what belongs to this element is evaluated once for every instance of a multi-instance activity. */
export function isInLoop(node: ModdleElement | undefined): boolean {
  for (let at = node; at; at = at.$parent) {
    const loop = at.$instanceOf('bpmn:Activity')
      ? (at.get('loopCharacteristics') as ModdleElement | undefined)
      : undefined;
    if (loop?.$type === 'bpmn:MultiInstanceLoopCharacteristics') return true;
  }
  return false;
}
