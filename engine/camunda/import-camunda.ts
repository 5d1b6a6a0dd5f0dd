/**
 * Diagrams of Camunda 7 and its relatives, as native ones. moddle reads them without knowing the old namespace, so that
 * nothing of it gets lost: what no translator takes is named in the report. The one promise is moddle's.
 */
import { BpmnModdle, type ModdleElement, type ParseResult } from 'bpmn-moddle';
import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json' with { type: 'json' };
import type { Problem } from '../problem.ts';
import type { Importer, ImportNote } from './importer.ts';
import { tidy, unifyNamespaces } from './namespaces.ts';
import { nameFlows, repairReferences } from './repair.ts';
import { translators } from './translators/index.ts';
import { reportLost } from './translators/error.ts';
import { leaveOut } from './translators/left-out.ts';
import { allElements, substitute } from './tree.ts';

/** What an import gives. */
export interface Imported {
  /** BPMN in the native dialect, with the drawing as it was; '' when the text is no BPMN at all. */
  readonly xml: string;
  /** What became of every extension and expression, in the order of the file. */
  readonly report: ImportNote[];
  /** What keeps the result from doing what the file did: errors certainly, warnings perhaps. */
  readonly problems: Problem[];
}

/** Imports a diagram. Never rejects: trouble is in `problems`. Text without any legacy extension is read all the same. */
export async function importCamunda(xml: string): Promise<Imported> {
  const { xml: unified, prefix } = unifyNamespaces(tidy(xml));
  const moddle = new BpmnModdle({ zeebe });
  let parsed: ParseResult;
  try {
    parsed = await moddle.fromXML(unified, 'bpmn:Definitions');
  } catch (cause) {
    return { xml: '', report: [], problems: [unreadable(cause instanceof Error ? cause.message : String(cause))] };
  }
  const c: Importer = {
    moddle,
    definitions: parsed.rootElement,
    prefix,
    report: [],
    problems: parsed.warnings.flatMap(({ message }) => (isReference(message) ? [] : [unreadable(message)])),
    reads: new Set(),
    lost: [],
    retyped: [],
  };
  repairReferences(parsed, c);
  translate(c);
  const written = await moddle.toXML(c.definitions, { format: true });
  return { xml: written.xml, report: c.report, problems: c.problems };
}

function translate(c: Importer): void {
  const nodes = allElements(c.definitions);
  nameFlows(nodes, c);
  for (const node of nodes) for (const translator of translators) translator(node, c);
  reportLost(c);
  for (const node of allElements(c.definitions)) leaveOut(node, c);
  for (const { node, type } of c.retyped) retype(node, type, c);
}

/** Makes an element another type, with all that the new type can have. */
function retype(node: ModdleElement, type: string, c: Importer): void {
  const made = c.moddle.create(type, {});
  Object.assign(made, { $parent: node.$parent });
  Object.assign(made.$attrs, node.$attrs);
  for (const [name, value] of Object.entries(node)) {
    if (name.startsWith('$') || name === 'implementation' || name === 'operationRef') continue;
    made.set(name, value);
    for (const inner of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof inner === 'object' && inner !== null && '$parent' in inner && inner.$parent === node) {
        Object.assign(inner, { $parent: made });
      }
    }
  }
  substitute(c.definitions, node, made);
}

/** Dangling references are looked at one by one. */
function isReference(message: string): boolean {
  return message.startsWith('unresolved reference');
}

function unreadable(found: string): Problem {
  return {
    rule: 'readable',
    severity: 'error',
    element: '',
    message: `Expected BPMN 2.0 XML, but found: ${found}. Correct the file.`,
  };
}
