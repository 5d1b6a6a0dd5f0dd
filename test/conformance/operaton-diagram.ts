/**
 * Diagrams of the Camunda 7 family as the scenarios need them: what a delegate would do is nothing, and a receive task
 * without a message waits for the step `trigger`.
 */
import { TextDecoder } from 'node:util';
import type { ModdleElement } from 'bpmn-moddle';
import { readBpmn, type BpmnFile } from '../../engine/index.ts';
import { create, everything, setBody } from './diagram.ts';

/** Begins the name of the message that continues a receive task without one; its id follows. */
export const TRIGGER = 'trigger:';

/** Done at once, as nothing. */
const NOTHING_TO_DO = /<(\/?)((?:\w+:)?)(serviceTask|scriptTask|sendTask|businessRuleTask|manualTask)(?=[\s/>])/g;

const EXPRESSIONS = ['conditionExpression', 'condition', 'loopCardinality', 'completionCondition', 'timeDuration'];

/** Reads a diagram. */
export async function readScenario(bytes: Uint8Array): Promise<BpmnFile> {
  const xml = new TextDecoder().decode(bytes).replace(NOTHING_TO_DO, '<$1$2task');
  const file = await readBpmn(xml);
  if (file.definitions)
    for (const node of everything(file.definitions).filter(isBpmn)) translate(node, file.definitions);
  return file;
}

function translate(node: ModdleElement, definitions: ModdleElement): void {
  for (const name of Object.keys(node.$attrs ?? {}))
    if (/^(operaton|camunda|activiti):/.test(name)) delete node.$attrs[name];
  if (node.$type === 'bpmn:ExtensionElements') node.set('values', []);
  setBody(node, feel, EXPRESSIONS);
  if (node.$type === 'bpmn:Process' && node.get('isExecutable') !== false) node.set('isExecutable', true);
  if (node.$type === 'bpmn:ReceiveTask' && node.get('messageRef') === undefined) {
    const message = create(definitions, 'bpmn:Message', {
      id: `trigger_${node.id ?? ''}`,
      name: `${TRIGGER}${node.id ?? ''}`,
    });
    (definitions.get('rootElements') as ModdleElement[]).push(message);
    node.set('messageRef', message);
  }
}

function feel(text: string): string {
  if (!/^\s*(\$\{|\w+ ==|\d+$)/.test(text)) return text;
  const plain = text
    .trim()
    .replace(/^\$\{([^]*)\}$/, '$1')
    .replace(/==/g, '=')
    .replace(/&&/g, ' and ')
    .replace(/\|\|/g, ' or ')
    .replace(/\b(not |!)(\w+)/g, 'not($2)')
    .replace(/'/g, '"');
  return `=${plain}`;
}

function isBpmn({ $type }: ModdleElement): boolean {
  return $type.startsWith('bpmn:');
}
