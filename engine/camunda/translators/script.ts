/** Script tasks: what is only a calculation becomes FEEL, every other script is left to a job worker. */
import type { ModdleElement } from 'bpmn-moddle';
import { text } from '../../bpmn/read.ts';
import { addExtension, feelOf, make, note, takeAttribute, trouble, type Importer } from '../importer.ts';
import { isJuel, translateJuel, translateScript } from '../juel/translate.ts';
import { isInLoop } from '../tree.ts';

export function translateScriptTask(node: ModdleElement, c: Importer): void {
  if (node.$type !== 'bpmn:ScriptTask') return;
  const result = takeAttribute(c, node, 'resultVariable');
  const resource = takeAttribute(c, node, 'resource');
  const script = text(node, 'script')?.trim();
  const format = text(node, 'scriptFormat') ?? 'script';
  if (script === undefined && resource === undefined) return;
  node.set('scriptFormat', undefined);
  node.set('script', undefined);
  if (script !== undefined && result !== undefined && resource === undefined) {
    const place = { loop: isInLoop(node) };
    const found = isJuel(script) ? translateJuel(script, place) : translateScript(script, place);
    if (found.kind === 'feel') {
      const feel = feelOf(c, node, 'bpmn:script', script, found);
      addExtension(c, node, 'zeebe:Script', { expression: `=${feel}`, resultVariable: result });
      return;
    }
  }
  leaveToWorker(node, format, { script, resource, resultVariable: result }, c);
}

function leaveToWorker(
  node: ModdleElement,
  format: string,
  given: Record<string, string | undefined>,
  c: Importer,
): void {
  const values = Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => make(c, node, 'zeebe:Header', { key, value }));
  addExtension(c, node, 'zeebe:TaskDefinition', { type: format });
  addExtension(c, node, 'zeebe:TaskHeaders', { values });
  const message = `The ${format} script is not run here. A job worker of type "${format}" has to do its work; the script is in the headers of the job.`;
  note(c, node, 'bpmn:script', 'replaced', message);
  if (given.resource !== undefined) {
    trouble(
      c,
      node,
      'camunda:resource',
      `The script is in "${given.resource}", which is not part of the diagram.`,
      'warning',
    );
  }
}
