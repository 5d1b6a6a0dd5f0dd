/**
 * Diagrams of the Camunda 7 family, as the product imports them. Only what the scenarios say of their own is done here:
 * what a delegate would do is nothing, and a receive task without a message waits for the step `trigger`.
 */
import type { ModdleElement } from 'bpmn-moddle';
import { decodeXml, importCamunda, readBpmn, type BpmnFile } from '../../engine/index.ts';
import { everything } from './diagram.ts';

/** Begins the name of the message that continues a receive task without one; its id follows. */
export const TRIGGER = 'trigger:';

/** Done at once, as nothing: the start tag with its attributes, and the end tag. */
const DELEGATED =
  /<(\/?)((?:\w+:)?)(?:serviceTask|scriptTask|sendTask|businessRuleTask|manualTask)(?=[\s/>])((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)/g;

/** What names the delegate. */
const DELEGATE = /\s(?:\w+:\w+|scriptFormat|implementation|messageRef|operationRef)\s*=\s*(?:"[^"]*"|'[^']*')/g;
const INSIDE = /<((?:\w+:)?)(?:field|script)\b(?:[^>]*\/>|[^]*?<\/\1(?:field|script)>)/g;

/** Reads a diagram. */
export async function readScenario(bytes: Uint8Array): Promise<BpmnFile> {
  const xml = decodeXml(bytes)
    .replace(DELEGATED, (_tag, close: string, prefix: string, rest: string) => {
      return `<${close}${prefix}task${rest.replace(DELEGATE, '')}`;
    })
    .replace(INSIDE, '');
  const imported = await importCamunda(xml);
  const file = await readBpmn(imported.xml);
  if (file.definitions) for (const node of everything(file.definitions)) awaitTrigger(node);
  return { ...file, problems: [...imported.problems, ...file.problems] };
}

/** The import lets such a task wait for a message that is named like it; here the name says what it stands for. */
function awaitTrigger(node: ModdleElement): void {
  if (node.$type !== 'bpmn:ReceiveTask') return;
  const [id, message] = [node.id ?? '', node.get('messageRef') as ModdleElement | undefined];
  if (message?.id === `Message_${id}`) message.set('name', `${TRIGGER}${id}`);
}
