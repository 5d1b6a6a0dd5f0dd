/**
 * Diagrams of the Camunda 7 family, as the product imports them. Only what the scenarios say of their own is done here:
 * what a delegate would do is nothing.
 */
import { decodeXml, importCamunda, readBpmn, type BpmnFile } from '../../engine/index.ts';

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
  return { ...file, problems: [...imported.problems, ...file.problems] };
}
