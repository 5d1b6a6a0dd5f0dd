/** Changing a diagram that was read, before it is compiled. */
import type { BpmnModdle, ModdleElement } from 'bpmn-moddle';

/** The element and all that it contains, outermost first. */
export function everything(node: ModdleElement): ModdleElement[] {
  const inside = Object.values(node).flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [value]));
  return [node, ...inside.filter((value) => isElement(value) && value.$parent === node).flatMap(everythingIn)];
}

function everythingIn(value: unknown): ModdleElement[] {
  return everything(value as ModdleElement);
}

function isElement(value: unknown): value is ModdleElement {
  return typeof value === 'object' && value !== null && '$type' in value;
}

/** Makes an element of the diagram's own format. */
function create(like: ModdleElement, type: string, attributes: object): ModdleElement {
  return (like.$model as BpmnModdle).create(type, attributes);
}

/** Adds an extension element. */
export function addExtension(node: ModdleElement, type: string, attributes: object): void {
  const present = node.get('extensionElements');
  const wrapper = isElement(present) ? present : create(node, 'bpmn:ExtensionElements', { values: [] });
  (wrapper.get('values') as ModdleElement[]).push(create(node, type, attributes));
  node.set('extensionElements', wrapper);
}

/** Rewrites the texts of these expressions, where the node has them. */
export function setBody(node: ModdleElement, feel: (text: string) => string, names: readonly string[]): void {
  for (const name of names) {
    const expression = name in node ? node[name] : undefined;
    if (!isElement(expression)) continue;
    const body = expression.get('body');
    if (typeof body === 'string') expression.set('body', feel(body));
  }
}
