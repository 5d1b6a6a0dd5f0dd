/** Messages: names with expressions, receive tasks without a message, throw events without an implementation. */
import type { ModdleElement } from 'bpmn-moddle';
import { child, children, extension, text } from '../../bpmn/read.ts';
import { make, note, valueOf, type Importer } from '../importer.ts';
import { isJuel } from '../juel/translate.ts';
import { removeFrom } from '../tree.ts';

/** Runs after the jobs. */
export function translateMessage(node: ModdleElement, c: Importer): void {
  if (node.$type === 'bpmn:Message' || node.$type === 'bpmn:Signal') {
    const name = text(node, 'name');
    if (name !== undefined && isJuel(name)) node.set('name', valueOf(c, node, 'name', name));
  }
  if (node.$type === 'bpmn:ReceiveTask' && !child(node, 'messageRef')) declareMessage(node, c);
  if (node.$instanceOf('bpmn:ThrowEvent')) dropEmpty(node, c);
}

/** The old engine lets such a task wait until somebody calls its API with the execution's id. */
function declareMessage(node: ModdleElement, c: Importer): void {
  const name = node.id ?? '';
  const message = make(c, c.definitions, 'bpmn:Message', { id: `Message_${name}`, name });
  c.definitions.set('rootElements', [message, ...children(c.definitions, 'rootElements')]);
  node.set('messageRef', message);
  note(
    c,
    node,
    'messageRef',
    'replaced',
    `It waited to be triggered by its id; here it waits for a message named "${name}".`,
  );
}

/** A message throw event without message and implementation did nothing: a none event. */
function dropEmpty(node: ModdleElement, c: Importer): void {
  for (const definition of children(node, 'eventDefinitions')) {
    if (definition.$type !== 'bpmn:MessageEventDefinition' || extension(node, 'zeebe:TaskDefinition')) continue;
    if (child(definition, 'messageRef')) {
      note(c, node, 'messageRef', 'replaced', 'It had no implementation and did nothing; here the message is sent.');
    } else {
      removeFrom(node, 'eventDefinitions', definition);
      note(
        c,
        node,
        'messageEventDefinition',
        'replaced',
        'It names no message and no work: now an event without trigger.',
      );
    }
  }
}
