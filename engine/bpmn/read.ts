/** Reading BPMN 2.0 XML with moddle. The one promise of the engine is moddle's: it parses in the same turn. */
import { BpmnModdle, type ModdleElement } from 'bpmn-moddle';
import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json' with { type: 'json' };
import type { Problem } from '../problem.ts';

export interface BpmnFile {
  /** `bpmn:Definitions`, or null when the text could not be read as BPMN at all. */
  readonly definitions: ModdleElement | null;
  /** What the reader found: malformed XML, unresolved references, duplicate ids. */
  readonly problems: Problem[];
}

/** Parses BPMN 2.0 XML, UTF-8 text. Never rejects: trouble is in `problems`. */
export async function readBpmn(xml: string): Promise<BpmnFile> {
  try {
    const { rootElement, warnings } = await new BpmnModdle({ zeebe }).fromXML(xml, 'bpmn:Definitions');
    return { definitions: rootElement, problems: warnings.map(({ message }) => unreadable(message)) };
  } catch (cause) {
    return { definitions: null, problems: [unreadable(cause instanceof Error ? cause.message : String(cause))] };
  }
}

function unreadable(found: string): Problem {
  return {
    rule: 'readable',
    severity: 'error',
    element: '',
    message: `Expected BPMN 2.0 XML, but found: ${found}. Open and save the diagram in the modeler to repair it.`,
  };
}

/** The attribute or child of a moddle element as text; undefined when it is absent or blank. */
export function text(node: ModdleElement, name: string): string | undefined {
  const value: unknown = node.get(name);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** A referenced or contained single element. */
export function child(node: ModdleElement, name: string): ModdleElement | undefined {
  const value: unknown = node.get(name);
  return isNode(value) ? value : undefined;
}

/** A contained or referenced list of elements; empty when absent. */
export function children(node: ModdleElement, name: string): ModdleElement[] {
  const value: unknown = node.get(name);
  return Array.isArray(value) ? value.filter(isNode) : [];
}

function isNode(value: unknown): value is ModdleElement {
  return typeof value === 'object' && value !== null && '$type' in value;
}

/** The first extension element of a type, such as `zeebe:TaskDefinition`. */
export function extension(node: ModdleElement, type: string): ModdleElement | undefined {
  return extensions(node).find((value) => value.$type === type);
}

/** All extension elements. */
export function extensions(node: ModdleElement): ModdleElement[] {
  const wrapper = child(node, 'extensionElements');
  return wrapper ? children(wrapper, 'values') : [];
}

/** `zeebe:properties` as a record. */
export function properties(node: ModdleElement): Record<string, string> {
  const wrapper = extension(node, 'zeebe:Properties');
  const entries = wrapper ? children(wrapper, 'properties') : [];
  return Object.fromEntries(entries.map((entry) => [text(entry, 'name') ?? '', text(entry, 'value') ?? '']));
}

/** The text of `bpmn:documentation`. */
export function documentation(node: ModdleElement): string {
  return children(node, 'documentation')
    .map((entry) => text(entry, 'text') ?? '')
    .join('\n');
}
