/** Writing BPMN 2.0 XML with moddle. */
import type { BpmnModdle, ModdleElement } from 'bpmn-moddle';
import type { BpmnFile, Unresolved } from './read.ts';
import { joinTwins } from './twin-attributes.ts';

/**
 * Writes a file that was read, with everything that was in it; also the references that lead nowhere.
 * @throws Error when the file has no definitions
 */
export async function writeBpmn({ definitions, unresolved = [] }: BpmnFile): Promise<string> {
  if (!definitions) throw new Error('Expected a file that could be read as BPMN, but it has no definitions.');
  const moddle = definitions.$model as BpmnModdle;
  const undo = unresolved.map((reference) => pointOut(reference, moddle));
  try {
    return joinTwins((await moddle.toXML(definitions, { format: true })).xml);
  } finally {
    for (const step of undo.reverse()) step();
  }
}

/** Lets a reference point to an element of that id for as long as it is written; gives the way back. */
function pointOut({ element, property, id }: Unresolved, moddle: BpmnModdle): () => void {
  const target = moddle.create('bpmn:BaseElement', { id });
  const present: unknown = element.get(property);
  if (Array.isArray(present)) {
    const list = present as ModdleElement[];
    list.push(target);
    return () => void list.splice(list.indexOf(target), 1);
  }
  element.set(property, target);
  return () => element.set(property, undefined);
}
