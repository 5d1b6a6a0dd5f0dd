/** Work outside of the process: external tasks, Java delegates, connectors. */
import type { ModdleElement } from 'bpmn-moddle';
import { children } from '../../bpmn/read.ts';
import {
  addExtension,
  feelOf,
  make,
  note,
  takeAttribute,
  takeElements,
  trouble,
  valueOf,
  type Importer,
} from '../importer.ts';
import { childrenNamed, type LegacyElement } from '../legacy-element.ts';
import { isJuel, translateJuel } from '../juel/translate.ts';
import { isInLoop } from '../tree.ts';
import { addMappings } from './input-output.ts';

const TASKS = ['bpmn:ServiceTask', 'bpmn:SendTask', 'bpmn:BusinessRuleTask'];

/** What names the work, in the order in which the old engine looks. */
const JAVA = ['class', 'delegateExpression', 'expression'] as const;

export function translateJob(node: ModdleElement, c: Importer): void {
  if (TASKS.includes(node.$type)) return translateWork(node, node, c);
  if (!node.$instanceOf('bpmn:ThrowEvent')) return;
  // The implementation of a message event stands on its definition.
  for (const definition of children(node, 'eventDefinitions')) {
    if (definition.$type === 'bpmn:MessageEventDefinition') translateWork(node, definition, c);
  }
}

/** @param holder has the attributes @param node gets the job */
function translateWork(node: ModdleElement, holder: ModdleElement, c: Importer): void {
  const result = takeAttribute(c, holder, 'resultVariable') ?? takeAttribute(c, holder, 'resultVariableName');
  const [type, topic] = [takeAttribute(c, holder, 'type'), takeAttribute(c, holder, 'topic')];
  const java = JAVA.map((name) => ({ name, value: takeAttribute(c, holder, name) })).find(
    ({ value }) => value !== undefined,
  );
  const fields = takeElements(c, holder, 'field');
  const [connector] = takeElements(c, holder, 'connector');
  if (connector) translateConnector(node, connector, c);
  else if (type === 'external') {
    job(node, valueOf(c, holder, 'camunda:topic', topic ?? ''), c);
    note(c, node, 'camunda:topic', 'translated', `Topic "${topic ?? ''}" is now the type of the job.`);
  } else if (java?.name === 'expression' && translateExpression(node, holder, java.value ?? '', result, c)) {
    return;
  } else if (java) {
    const kind = nameOfWork(java.value ?? '');
    job(node, kind, c, [
      ...(isJuel(java.value ?? '') && java.name === 'expression'
        ? [{ key: 'expression', value: java.value ?? '' }]
        : []),
      ...(result === undefined ? [] : [{ key: 'resultVariable', value: result }]),
    ]);
    const what = `camunda:${java.name}`;
    note(c, node, what, 'replaced', `${java.value ?? ''} is Java. A job worker of type "${kind}" has to do its work.`);
  } else if (type !== undefined) {
    job(node, type, c);
    note(c, node, 'camunda:type', 'replaced', `A job worker of type "${type}" has to do what the engine did.`);
  }
  headers(node, fields, c);
}

/** A job, tried as often as the file says. */
function job(node: ModdleElement, type: string, c: Importer, entries: { key: string; value: string }[] = []): void {
  addExtension(c, node, 'zeebe:TaskDefinition', { type });
  addHeaders(node, entries, c);
}

function addHeaders(node: ModdleElement, entries: { key: string; value: string }[], c: Importer): void {
  if (entries.length === 0) return;
  const values = entries.map((entry) => make(c, node, 'zeebe:Header', entry));
  addExtension(c, node, 'zeebe:TaskHeaders', { values });
}

/** Fields of a Java class become headers of the job. */
function headers(node: ModdleElement, fields: readonly LegacyElement[], c: Importer): void {
  const entries = fields.map((field) => ({
    key: field.attributes.name ?? '',
    value:
      field.attributes.stringValue ??
      field.attributes.expression ??
      field.children.find(({ body }) => body !== '')?.body ??
      '',
  }));
  addHeaders(node, entries, c);
  for (const { key, value } of entries) {
    const what = `camunda:field ${key}`;
    if (isJuel(value)) {
      trouble(c, node, what, `Header "${key}" holds ${value} as it is written. Map an input instead.`, 'warning');
    } else note(c, node, what, 'replaced', `It is now header "${key}" of the job.`);
  }
}

/**
 * An expression that is only a calculation needs no worker: with a result it is a script task, without one it does
 * nothing. Gives false when it is something else.
 */
function translateExpression(
  node: ModdleElement,
  holder: ModdleElement,
  expression: string,
  result: string | undefined,
  c: Importer,
): boolean {
  if (node !== holder) return false;
  const found = translateJuel(expression, { loop: isInLoop(node) });
  if (found.kind !== 'feel') return false;
  if (result === undefined) {
    c.retyped.push({ node, type: 'bpmn:Task' });
    note(
      c,
      node,
      'camunda:expression',
      'replaced',
      `${expression} changes nothing, and its value was not used: a plain task.`,
    );
  } else {
    const feel = feelOf(c, node, 'camunda:expression', expression, found);
    addExtension(c, node, 'zeebe:Script', { expression: `=${feel}`, resultVariable: result });
    c.retyped.push({ node, type: 'bpmn:ScriptTask' });
    note(c, node, 'camunda:resultVariable', 'replaced', `A script task puts the value into "${result}".`);
  }
  return true;
}

/** `${mailDelegate}` is `mailDelegate`, `${orders.check(execution)}` is `orders.check`. */
function nameOfWork(java: string): string {
  const inner = java
    .replace(/^[$#]\{/u, '')
    .replace(/\}$/u, '')
    .trim();
  return /^[\w.$-]+/u.exec(inner)?.[0] ?? 'expression';
}

function translateConnector(node: ModdleElement, connector: LegacyElement, c: Importer): void {
  const kind = childrenNamed(connector, 'connectorId')[0]?.body ?? 'connector';
  job(node, kind, c);
  for (const inputOutput of childrenNamed(connector, 'inputOutput')) addMappings(node, inputOutput, c);
  note(c, node, 'camunda:connector', 'replaced', `A job worker of type "${kind}" has to do what the connector did.`);
}
