/** Expressions of the standard: conditions, timers, loop cardinalities. */
import type { ModdleElement } from 'bpmn-moddle';
import { text } from '../../bpmn/read.ts';
import { feelOf, note, takeAttribute, trouble, type Importer } from '../importer.ts';
import { isCron, translateCron } from '../cron.ts';
import { isJuel, translateJuel, translateScript, type Place, type Translation } from '../juel/translate.ts';
import { isInLoop, ownerId } from '../tree.ts';

/** Conditions are expressions even where `${}` was forgotten; a timer's text is text. */
const CONDITIONS = ['conditionExpression', 'condition', 'completionCondition', 'loopCondition', 'activationCondition'];
const VALUES = ['timeDate', 'timeDuration', 'timeCycle', 'loopCardinality'];

export function translateExpression(node: ModdleElement, c: Importer): void {
  const parent = node.$parent;
  if (!parent || !node.$instanceOf('bpmn:Expression')) return;
  const property = [...CONDITIONS, ...VALUES].find((name) => Object.hasOwn(parent, name) && parent.get(name) === node);
  if (property === undefined) return;
  const resource = takeAttribute(c, node, 'resource');
  const body = text(node, 'body');
  if (resource !== undefined) {
    const message = `Expected ${property} of "${ownerId(node)}" in the diagram, but it is in "${resource}". Write it in FEEL.`;
    trouble(c, node, property, message);
    node.set('body', `=\${${resource}}`);
  }
  if (body === undefined) return;
  const outside = property === 'loopCardinality' ? parent.$parent?.$parent : node;
  const native = nativeBody(node, property, body, { loop: isInLoop(outside) }, c);
  if (native === body) return;
  node.set('body', native);
  if (node.$type === 'bpmn:FormalExpression') node.set('language', undefined);
}

function nativeBody(node: ModdleElement, property: string, body: string, place: Place, c: Importer): string {
  const language = (node.$type === 'bpmn:FormalExpression' ? text(node, 'language') : undefined) ?? '';
  const isScript = language !== '' && !/juel|feel/iu.test(language);
  if (/feel/iu.test(language) || body.trim().startsWith('=')) return body;
  if (!isJuel(body) && VALUES.includes(property)) {
    if (property !== 'timeCycle' || !isCron(body)) return body.trim();
    const cron = translateCron(body);
    note(c, node, property, 'translated', `The cron text ${body.trim()} is now ${cron}.`);
    return cron;
  }
  const found: Translation = isJuel(body) ? translateJuel(body, place) : translateScript(body, place);
  if (found.kind === 'text') return found.text;
  if (!isJuel(body) && !isScript && found.kind === 'feel') {
    note(c, node, property, 'replaced', `"${body.trim()}" is read as an expression, although it has no \${}.`);
  }
  return `=${feelOf(c, node, property, body, found)}`;
}
