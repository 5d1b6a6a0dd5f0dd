/** What a translator may use: taking legacy attributes and elements away, making native ones, and the report. */
import type { BpmnModdle, ModdleElement } from 'bpmn-moddle';
import { child, extensions } from '../bpmn/read.ts';
import type { Problem } from '../problem.ts';
import { legacyElement, type LegacyElement } from './legacy-element.ts';
import { quote } from './juel/feel.ts';
import { translateJuel, type Place, type Translation } from './juel/translate.ts';
import { isInLoop, ownerId } from './tree.ts';

/** One line of the report of an import. */
export interface ImportNote {
  /** The BPMN id of the element, or of the one around it. */
  element: string;
  /** The attribute, element or expression of the file: `camunda:assignee`. */
  what: string;
  /** `translated`: it means the same. `replaced`: something else does its work. `left-out`: nothing does. */
  action: 'translated' | 'left-out' | 'replaced';
  /** English: what it became, or why it is gone, and what to do. */
  message: string;
}

/** A variable that the old engine set and nothing sets here. */
interface Lost {
  readonly node: ModdleElement;
  readonly what: string;
  readonly variable: string;
}

export interface Importer {
  readonly moddle: BpmnModdle;
  readonly definitions: ModdleElement;
  /** Of the file's extensions, as moddle gives it. */
  readonly prefix: string;
  readonly report: ImportNote[];
  readonly problems: Problem[];
  /** Variables that some translated expression reads. */
  readonly reads: Set<string>;
  readonly lost: Lost[];
  /** Elements that become another type when everything is translated. */
  readonly retyped: { node: ModdleElement; type: string }[];
}

/** The value of a legacy attribute, which is taken away. */
export function takeAttribute(c: Importer, node: ModdleElement, name: string): string | undefined {
  const key = `${c.prefix}:${name}`;
  const value = node.$attrs[key];
  if (value === undefined) return undefined;
  delete node.$attrs[key];
  return typeof value === 'string' ? value : undefined;
}

/** The legacy extension elements of one name, which are taken away. */
export function takeElements(c: Importer, node: ModdleElement, name: string): LegacyElement[] {
  const wrapper = child(node, 'extensionElements');
  if (!wrapper) return [];
  const all = extensions(node);
  const found = all.filter(({ $type }) => $type === `${c.prefix}:${name}`);
  if (found.length > 0)
    wrapper.set(
      'values',
      all.filter((one) => !found.includes(one)),
    );
  return found.map((generic) => legacyElement(generic));
}

/** Makes an element that belongs to a parent. */
export function make(
  c: Importer,
  parent: ModdleElement,
  type: string,
  attributes: Record<string, unknown> = {},
): ModdleElement {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const made = c.moddle.create(type, Object.fromEntries(given));
  Object.assign(made, { $parent: parent });
  for (const value of given.flatMap(([, one]) => (Array.isArray(one) ? (one as unknown[]) : []))) {
    if (typeof value === 'object' && value !== null && '$type' in value) Object.assign(value, { $parent: made });
  }
  return made;
}

/** Adds a native extension element to a node; of one that is there already, the attributes are added. */
export function addExtension(
  c: Importer,
  node: ModdleElement,
  type: string,
  attributes: Record<string, unknown>,
): void {
  let wrapper = child(node, 'extensionElements');
  if (!wrapper) {
    wrapper = make(c, node, 'bpmn:ExtensionElements', { values: [] });
    node.set('extensionElements', wrapper);
  }
  const there = extensions(node).find(({ $type }) => $type === type);
  if (!there) {
    wrapper.set('values', [...extensions(node), make(c, wrapper, type, attributes)]);
    return;
  }
  for (const [name, value] of Object.entries(attributes)) {
    const before: unknown = there.get(name);
    if (value !== undefined)
      there.set(name, Array.isArray(before) ? [...(before as unknown[]), ...(value as unknown[])] : value);
  }
}

/** Writes a line of the report. */
export function note(
  c: Importer,
  node: ModdleElement,
  what: string,
  action: ImportNote['action'],
  message: string,
): void {
  c.report.push({ element: ownerId(node), what, action, message });
}

/** Something that was left out and changes what the process does, or may change it. */
export function trouble(
  c: Importer,
  node: ModdleElement,
  what: string,
  message: string,
  severity: Problem['severity'] = 'error',
): void {
  note(c, node, what, 'left-out', message);
  c.problems.push({ rule: 'import', severity, element: ownerId(node), message });
}

/**
 * The native text of an attribute that may hold `${...}`: `=` and FEEL, or the text as it is. What cannot be translated
 * is reported and kept, so that the deployment refuses it.
 */
export function valueOf(c: Importer, node: ModdleElement, what: string, text: string, place?: Place): string {
  const found = translateJuel(text, place ?? { loop: isInLoop(node) });
  if (found.kind === 'text') return found.text.startsWith('=') ? `=${quote(found.text)}` : found.text;
  return `=${feelOf(c, node, what, text, found)}`;
}

/** As `valueOf`, but always an expression: plain text becomes a text literal. Without `=`. */
export function expressionOf(c: Importer, node: ModdleElement, what: string, text: string, place?: Place): string {
  const found = translateJuel(text, place ?? { loop: isInLoop(node) });
  return found.kind === 'text' ? quote(found.text) : feelOf(c, node, what, text, found);
}

/** The FEEL of a translation, with its line in the report. */
export function feelOf(
  c: Importer,
  node: ModdleElement,
  what: string,
  text: string,
  found: Exclude<Translation, { kind: 'text' }>,
): string {
  if (found.kind === 'feel') {
    for (const name of found.names) c.reads.add(name);
    note(c, node, what, 'translated', `${text.trim()} is now the FEEL expression ${found.feel}.`);
    return found.feel;
  }
  trouble(
    c,
    node,
    what,
    `Expected ${what} of "${ownerId(node)}" to be an expression that FEEL can say, but found ${found.found}, in ` +
      `"${text.trim()}". Write it in FEEL, or let a job set a variable before.`,
  );
  return text.trim();
}
