/** Rules of the standard about how elements may be joined. */
import type { ModdleElement } from 'bpmn-moddle';
import { isNone } from '../events/definition.ts';
import type { Children, Element, StartTrigger } from '../model.ts';
import type { Compiler } from './compiler.ts';
import { child, children } from './read.ts';

/** Reports flows and starts that the standard forbids or that could never run. */
export function checkFlows(
  process: ModdleElement,
  elements: readonly Element[],
  root: Children,
  starts: readonly StartTrigger[],
  c: Compiler,
): void {
  checkStarts(process, root, starts, c);
  const implicit = new Set(
    [root, ...elements.flatMap(({ children: inner }) => inner ?? [])].flatMap((inside) => inside.implicit),
  );
  const beginning = new Set(starts.map(({ element, gateway }) => gateway ?? element));
  const nodes = nodesById(process);
  const byId = new Map(elements.map((element) => [element.id, element]));
  for (const element of elements) {
    const node = nodes.get(element.id) ?? process;
    if (element.children) checkInnerStart(node, element, c);
    if (!implicit.has(element)) checkIncoming(node, element, beginning, c);
    checkOutgoing(node, element, c);
    checkDefault(node, element, c);
    element.behaviour.check?.(element, byId, (rule, message) => c.problem(node, rule, message));
  }
}

function nodesById(scope: ModdleElement): Map<string, ModdleElement> {
  const found = new Map<string, ModdleElement>();
  for (const node of children(scope, 'flowElements')) {
    found.set(node.id ?? '', node);
    if (node.$instanceOf('bpmn:SubProcess')) for (const [id, inner] of nodesById(node)) found.set(id, inner);
  }
  return found;
}

function checkStarts(process: ModdleElement, root: Children, starts: readonly StartTrigger[], c: Compiler): void {
  const none = root.starts.filter(isNone);
  if (starts.length === 0 && root.implicit.length === 0) {
    c.problem(
      process,
      'start',
      `Expected process "${process.id ?? ''}" to have a start event, but it has none. Draw one.`,
    );
  }
  if (none.length > 1) {
    c.problem(
      process,
      'start',
      `Expected at most one none start event in "${process.id ?? ''}", but found ${none.map(({ id }) => id).join(', ')}. ` +
        'Keep one of them.',
    );
  }
}

/** A sub-process begins at exactly one none start event, an event sub-process at exactly one with a trigger. */
function checkInnerStart(node: ModdleElement, element: Element, c: Compiler): void {
  const starts = element.children?.starts ?? [];
  const byEvent = node.get('triggeredByEvent') === true;
  if (starts.length === 0 && !byEvent) return;
  if (starts.length === 1 && starts[0] && isNone(starts[0]) !== byEvent) return;
  c.problem(
    node,
    'start',
    `Expected "${element.id}" to have exactly one start event, ${byEvent ? 'with a trigger' : 'without a trigger'}, ` +
      `but found ${starts.length === 0 ? 'none' : starts.map(({ id }) => id).join(', ')}. Correct its start event.`,
  );
}

function checkIncoming(node: ModdleElement, element: Element, beginning: ReadonlySet<string>, c: Compiler): void {
  const begins =
    element.type === 'bpmn:StartEvent' ||
    element.attachedTo !== null ||
    element.forCompensation ||
    node.get('triggeredByEvent') === true ||
    beginning.has(element.id);
  if (begins && element.incoming.length > 0) {
    c.problem(
      node,
      'incoming',
      `Expected no flow into "${element.id}", but found ${element.incoming[0]?.id ?? ''}. Take it out.`,
    );
  }
  if (!begins && element.incoming.length === 0) {
    c.problem(
      node,
      'incoming',
      `Expected a flow into "${element.id}", but nothing leads there. Connect it or take it out.`,
    );
  }
}

function checkOutgoing(node: ModdleElement, element: Element, c: Compiler): void {
  const isCompensation = element.attachedTo !== null && (element.behaviour.compensation?.(element) ?? null) !== null;
  const ends =
    element.type === 'bpmn:EndEvent' ||
    isCompensation ||
    element.forCompensation ||
    node.get('triggeredByEvent') === true;
  if (ends && element.outgoing.length > 0) {
    c.problem(
      node,
      'outgoing',
      `Expected no flow out of "${element.id}", but found ${element.outgoing[0]?.id ?? ''}. Take it out.`,
    );
  }
  if (element.type === 'bpmn:BoundaryEvent' && !isCompensation && element.outgoing.length === 0) {
    c.problem(node, 'outgoing', `Expected a flow out of boundary event "${element.id}". Connect it.`);
  }
}

function checkDefault(node: ModdleElement, element: Element, c: Compiler): void {
  const wanted = child(node, 'default')?.id;
  if (wanted !== undefined && !element.outgoing.some((flow) => flow.id === wanted)) {
    c.problem(
      node,
      'default-flow',
      `Expected default flow "${wanted}" of "${element.id}" to begin there. Choose another.`,
    );
  }
}
