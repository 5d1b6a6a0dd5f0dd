/** The moddle tree of a file with the questions that rules ask: who is where, what leads where, what is executable. */
import type { ModdleElement } from 'bpmn-moddle';
import { child, children, type BpmnFile } from '../bpmn/read.ts';

/** A read file, indexed once for all rules. */
export interface Diagram {
  readonly file: BpmnFile;
  /** Every element of the semantic part, in document order; drawings and extensions are left out. */
  readonly nodes: readonly ModdleElement[];
  /** The elements of a type, subtypes included. */
  of(type: string): readonly ModdleElement[];
  /** Sequence flows by their targetRef. */
  incoming(node: ModdleElement): readonly ModdleElement[];
  /** Sequence flows by their sourceRef. */
  outgoing(node: ModdleElement): readonly ModdleElement[];
  /** Message flows by their targetRef. */
  received(node: ModdleElement): readonly ModdleElement[];
  /** Message flows by their sourceRef. */
  sent(node: ModdleElement): readonly ModdleElement[];
  /** The nearest container of a type, or the element itself. */
  within(node: ModdleElement, type: string): ModdleElement | undefined;
  /** Does it belong to an executable process? Elements outside of processes do when the file has one. */
  executable(node: ModdleElement): boolean;
}

/** Indexes a file. */
export function diagramOf(file: BpmnFile): Diagram {
  const nodes: ModdleElement[] = [];
  if (file.definitions) collect(file.definitions, nodes);
  const byType = new Map<string, ModdleElement[]>();
  const of = (type: string): ModdleElement[] => {
    const known = byType.get(type) ?? nodes.filter((node) => node.$instanceOf(type));
    byType.set(type, known);
    return known;
  };
  const flows = of('bpmn:SequenceFlow');
  const messages = of('bpmn:MessageFlow');
  const ends = {
    incoming: group(flows, 'targetRef'),
    outgoing: group(flows, 'sourceRef'),
    received: group(messages, 'targetRef'),
    sent: group(messages, 'sourceRef'),
  };
  const anyExecutable = of('bpmn:Process').some(isExecutable);
  return {
    file,
    nodes,
    of,
    incoming: (node) => ends.incoming.get(node) ?? [],
    outgoing: (node) => ends.outgoing.get(node) ?? [],
    received: (node) => ends.received.get(node) ?? [],
    sent: (node) => ends.sent.get(node) ?? [],
    within,
    executable(node) {
      const process = within(node, 'bpmn:Process');
      return process ? isExecutable(process) : anyExecutable;
    },
  };
}

function isExecutable(process: ModdleElement): boolean {
  return process.get('isExecutable') === true;
}

function within(node: ModdleElement, type: string): ModdleElement | undefined {
  for (let at: ModdleElement | undefined = node; at; at = at.$parent) if (at.$instanceOf(type)) return at;
  return undefined;
}

function group(flows: readonly ModdleElement[], end: string): Map<ModdleElement, ModdleElement[]> {
  const found = new Map<ModdleElement, ModdleElement[]>();
  for (const flow of flows) {
    const node = child(flow, end);
    if (node) found.set(node, [...(found.get(node) ?? []), flow]);
  }
  return found;
}

function collect(node: ModdleElement, nodes: ModdleElement[]): void {
  nodes.push(node);
  for (const property of node.$descriptor.properties) {
    if (property.isReference || property.isAttr || /^(diagrams|extensionElements)$/.test(property.ns.localName))
      continue;
    const value: unknown = node[property.ns.localName];
    for (const inner of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (isElement(inner) && inner.$type.startsWith('bpmn:')) collect(inner, nodes);
    }
  }
}

function isElement(value: unknown): value is ModdleElement {
  return typeof value === 'object' && value !== null && '$descriptor' in value;
}

/** Does it have a reference to something that is not in the file? `property` is the local name, such as `messageRef`. */
export function leadsNowhere({ file }: Diagram, node: ModdleElement, property: string): boolean {
  return file.unresolved?.some((it) => it.element === node && it.property === `bpmn:${property}`) ?? false;
}

/** Own and referenced event definitions of an event, in order. */
export function eventDefinitions(event: ModdleElement): ModdleElement[] {
  return [...children(event, 'eventDefinitions'), ...children(event, 'eventDefinitionRef')];
}

/** Has the event a definition of that kind: `message`, `link` ...? */
export function has(event: ModdleElement, kind: string): boolean {
  return eventDefinitions(event).some((definition) => kindOf(definition) === kind);
}

/** `message` of a `bpmn:MessageEventDefinition`. */
export function kindOf(definition: ModdleElement): string {
  return definition.$type.replace(/^bpmn:(.*)EventDefinition$/, '$1').toLowerCase();
}

/** Is it an event sub-process? */
export function isEventSubProcess(node: ModdleElement | undefined): boolean {
  return node?.$instanceOf('bpmn:SubProcess') === true && node.get('triggeredByEvent') === true;
}

/** Is it an activity that only runs to compensate? */
export function isCompensation(node: ModdleElement): boolean {
  return node.$instanceOf('bpmn:Activity') && node.get('isForCompensation') === true;
}
