/** Reading BPMN 2.0 XML with moddle. The one promise of the engine is moddle's: it parses in the same turn. */
import { BpmnModdle, type MetaPackage, type ModdleElement, type ReadWarning } from 'bpmn-moddle';
import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json' with { type: 'json' };
import type { Problem } from '../problem.ts';
import { partTwins } from './twin-attributes.ts';

export interface BpmnFile {
  /** `bpmn:Definitions`, or null when the text could not be read as BPMN at all. */
  readonly definitions: ModdleElement | null;
  /** What the reader found: malformed XML, unknown or repeated elements, duplicate ids. */
  readonly problems: Problem[];
  /** References to what is not in the file. */
  readonly unresolved?: readonly Unresolved[];
}

/** A reference to an id that the file does not have. */
export interface Unresolved {
  readonly element: ModdleElement;
  /** Moddle name: `bpmn:messageRef`. */
  readonly property: string;
  readonly id: string;
}

/** Attributes that are ids or references to ids; blanks around them mean nothing (XML Schema, ID and IDREF). */
const PADDED_ID = /(\s(?:id|default|\w+Ref|bpmnElement)\s*=\s*)(["'])\s*([^"'\s]+)\s*\2/g;

/** A start tag with attributes; comments and literal text are passed over. */
const TAG = /<!--[^]*?-->|<!\[CDATA\[[^]*?\]\]>|<[\w:.-]+(?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))+/g;
const SPACED = /(\s[\w:.-]+)\s*=\s*("[^"]*"|'[^']*')/g;

/** XML allows blanks around the sign between an attribute and its value; the reader does not know them. */
function closeUp(xml: string): string {
  return xml.replace(TAG, (tag) => (tag.startsWith('<!') ? tag : tag.replace(SPACED, '$1=$2')));
}

const NAMED = { xml: { serialize: 'property' } };

/** What bpmn-moddle's description of the format has wrong, by type and property. */
const CORRECTIONS: Record<string, Record<string, object>> = {
  // An element, as in a script task; not an attribute.
  GlobalScriptTask: { script: { isAttr: false } },
  // Holds an <expression> or a <formalExpression>, told apart by the element's name.
  ResourceAssignmentExpression: { expression: { xml: undefined } },
  ResourceParameterBinding: { expression: { xml: undefined } },
  // The element has the name of the property, not of its type.
  ComplexBehaviorDefinition: { condition: NAMED, event: NAMED },
  CorrelationPropertyBinding: { dataPath: NAMED },
  CorrelationPropertyRetrievalExpression: { messagePath: NAMED },
};

/** The names in it have their prefix as soon as it was used once. */
function corrected(format: MetaPackage): MetaPackage {
  const types = format.types.map((type) => {
    const corrections = CORRECTIONS[type.name.replace('bpmn:', '')];
    if (!corrections) return type;
    const properties = type.properties?.map((property) => ({
      ...property,
      ...corrections[property.name.replace('bpmn:', '')],
    }));
    return { ...type, ...(properties ? { properties } : {}) };
  });
  return { ...format, types };
}

/** The formats that files are read and written in, as moddle takes them. */
export const PACKAGES: Record<string, unknown> = {
  zeebe,
  bpmn: corrected(new BpmnModdle().getPackage('bpmn')),
};

/** Parses BPMN 2.0 XML, as decoded text. Never rejects: trouble is in `problems`. */
export async function readBpmn(xml: string): Promise<BpmnFile> {
  const moddle = new BpmnModdle(PACKAGES);
  const repeated: Problem[] = [];
  watchRepeated(moddle, repeated);
  try {
    const read = await moddle.fromXML(partTwins(closeUp(xml).replace(PADDED_ID, '$1$2$3$2')), 'bpmn:Definitions');
    const unresolved = read.warnings.flatMap(({ element, property, value }) =>
      element && property !== undefined && value !== undefined ? [{ element, property, id: value }] : [],
    );
    const broken = read.warnings.filter(({ value }) => value === undefined);
    return { definitions: read.rootElement, problems: [...broken.map(problemOf), ...repeated], unresolved };
  } catch (cause) {
    return { definitions: null, problems: [unreadable(cause instanceof Error ? cause.message : String(cause))] };
  }
}

/** The metamodel's one list that it describes as a single element. */
const LIST = 'bpmn:conversationAssociations';

/** moddle lets a second element of a kind that may stand once replace the first, silently. */
function watchRepeated(moddle: BpmnModdle, problems: Problem[]): void {
  const { properties } = moddle;
  const set = properties.set.bind(properties);
  properties.set = (target, name, value) => {
    const known = properties.getProperty(target, name);
    const once = known && !known.isMany && !known.isReference && !known.isAttr && known.name !== LIST;
    if (once && value !== undefined && Object.hasOwn(target, known.name)) {
      const found = `a second ${known.ns.localName} in "${target.id ?? target.$type}"`;
      problems.push({ ...unreadable(found), element: nearestId(target) });
    }
    set(target, name, value);
  };
}

function problemOf({ message, element }: ReadWarning): Problem {
  return { ...unreadable(message), element: nearestId(element) };
}

/** The id of the element, or of the first around it that has one. */
function nearestId(element: ModdleElement | undefined): string {
  return element ? (element.id ?? nearestId(element.$parent)) : '';
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
