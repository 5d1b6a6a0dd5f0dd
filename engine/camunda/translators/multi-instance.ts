/** Multi-instance activities over a collection. */
import type { ModdleElement } from 'bpmn-moddle';
import { child, text } from '../../bpmn/read.ts';
import { addExtension, note, takeAttribute, valueOf, type Importer } from '../importer.ts';
import { isJuel } from '../juel/translate.ts';
import { nameText } from '../juel/feel.ts';
import { isInLoop } from '../tree.ts';

export function translateMultiInstance(node: ModdleElement, c: Importer): void {
  if (node.$type !== 'bpmn:MultiInstanceLoopCharacteristics') return;
  const collection = takeAttribute(c, node, 'collection') ?? takeReference(node, 'loopDataInputRef');
  const item = child(node, 'inputDataItem');
  const element = takeAttribute(c, node, 'elementVariable') ?? (item && text(item, 'name'));
  node.set('inputDataItem', undefined);
  if (collection === undefined) {
    if (element !== undefined) {
      note(c, node, 'camunda:elementVariable', 'left-out', `"${element}" has no collection to take its value from.`);
    }
    return;
  }
  c.reads.add(collection);
  const outside = { loop: isInLoop(node.$parent?.$parent) };
  const source = isJuel(collection)
    ? valueOf(c, node, 'camunda:collection', collection, outside)
    : `=${nameText(collection.trim())}`;
  addExtension(c, node, 'zeebe:LoopCharacteristics', { inputCollection: source, inputElement: element });
  const message = `It runs once for every item of ${source.slice(1)}${element === undefined ? '' : `, which is "${element}" inside`}.`;
  note(c, node, 'camunda:collection', 'translated', message);
}

/** The standard's reference to a data input, which the old engine read as the name of a variable. */
function takeReference(node: ModdleElement, name: string): string | undefined {
  const reference = child(node, name);
  node.set(name, undefined);
  return reference && (text(reference, 'name') ?? reference.id);
}
