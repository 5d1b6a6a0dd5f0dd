/**
 * Diagrams of Camunda 7 and its relatives, as native ones. moddle reads them without knowing the old namespace, so that
 * nothing of it gets lost: what no translator takes is named in the report. The one promise is moddle's.
 */
import type { BpmnModdle, ModdleElement } from 'bpmn-moddle';
import { readBpmn } from '../bpmn/read.ts';
import { writeBpmn } from '../bpmn/write.ts';
import type { Problem } from '../problem.ts';
import type { Importer, ImportNote } from './importer.ts';
import { unifyNamespaces } from './namespaces.ts';
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
  const { xml: unified, prefix } = unifyNamespaces(xml);
  const { definitions, problems, unresolved = [] } = await readBpmn(unified);
  if (!definitions) return { xml: '', report: [], problems };
  const c: Importer = {
    moddle: definitions.$model as BpmnModdle,
    definitions,
    prefix,
    report: [],
    problems: problems.filter(({ message }) => !message.includes(DANGLING)),
    reads: new Set(),
    lost: [],
    retyped: [],
  };
  const left = repairReferences(unresolved, c);
  translate(c);
  const written = await writeBpmn({ definitions, problems: [], unresolved: left });
  return { xml: written, report: c.report, problems: c.problems };
}

/** How the reader words a reference that leads nowhere; these are looked at one by one. */
const DANGLING = 'unresolved reference <';

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
