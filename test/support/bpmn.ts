/** Small BPMN texts for tests: the inside of a process, with flows written as arrows. */

const NAMESPACES =
  'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" ' +
  'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="http://lanework.test"';

/** A file: `roots` are messages, signals, errors and further processes. */
export function definitions(...roots: string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions ${NAMESPACES}>${roots.join('')}</bpmn:definitions>`;
}

/** An executable process. */
export function process(id: string, ...inner: string[]): string {
  return `<bpmn:process id="${id}" isExecutable="true">${inner.join('')}</bpmn:process>`;
}

/** `start -> task -> end`, or `gate -[x > 1]-> task`; the id of a flow is `source_target`. */
export function flows(...lines: string[]): string {
  return lines.flatMap(flowsOf).join('');
}

function flowsOf(line: string): string[] {
  const parts = line.split(/\s*-(?:\[(.*?)\]-)?>\s*/);
  const found: string[] = [];
  for (let index = 0; index + 2 < parts.length; index += 2) {
    const [source, condition, target] = parts.slice(index, index + 3);
    found.push(flow(source?.trim() ?? '', target?.trim() ?? '', condition));
  }
  return found;
}

function flow(source: string, target: string, condition: string | undefined): string {
  const open = `<bpmn:sequenceFlow id="${source}_${target}" sourceRef="${source}" targetRef="${target}"`;
  if (condition === undefined) return `${open}/>`;
  const body = escape(`=${condition}`);
  return `${open}><bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${body}</bpmn:conditionExpression></bpmn:sequenceFlow>`;
}

/** Text that is safe inside XML. */
export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Any element: `node('userTask', 'fix', 'default="x"', inner...)`. */
export function node(type: string, id: string, attributes = '', ...inner: string[]): string {
  return `<bpmn:${type} id="${id}" ${attributes}>${inner.join('')}</bpmn:${type}>`;
}

export const start = (id = 'start', ...inner: string[]): string => node('startEvent', id, '', ...inner);
export const end = (id = 'end', ...inner: string[]): string => node('endEvent', id, '', ...inner);
export const user = (id: string, ...inner: string[]): string => node('userTask', id, '', ...inner);

/** Extension elements, with the io mappings written as `source -> target`. */
export function extensions(...inner: string[]): string {
  return `<bpmn:extensionElements>${inner.join('')}</bpmn:extensionElements>`;
}
export function mapping(inputs: Record<string, string>, outputs: Record<string, string> = {}): string {
  const list = (tag: string, entries: Record<string, string>): string =>
    Object.entries(entries)
      .map(([target, source]) => `<zeebe:${tag} source="${escape(source)}" target="${target}"/>`)
      .join('');
  return `<zeebe:ioMapping>${list('input', inputs)}${list('output', outputs)}</zeebe:ioMapping>`;
}

/** A service task with a job type. */
export const service = (id: string, type = id, more = ''): string =>
  node('serviceTask', id, '', extensions(`<zeebe:taskDefinition type="${type}" retries="2"/>${more}`));

/** Event definitions. */
export const timer = (kind: 'Date' | 'Duration' | 'Cycle', text: string): string =>
  `<bpmn:timerEventDefinition><bpmn:time${kind} xsi:type="bpmn:tFormalExpression">${escape(text)}</bpmn:time${kind}></bpmn:timerEventDefinition>`;
export const on = (kind: 'message' | 'signal' | 'error' | 'escalation', ref: string): string =>
  `<bpmn:${kind}EventDefinition ${kind}Ref="${ref}"/>`;

/** Root elements. A message's correlation key is FEEL. */
export const message = (id: string, name: string, key = '"k"'): string =>
  `<bpmn:message id="${id}" name="${name}"><bpmn:extensionElements><zeebe:subscription correlationKey="${escape(`=${key}`)}"/></bpmn:extensionElements></bpmn:message>`;
export const signal = (id: string, name: string): string => `<bpmn:signal id="${id}" name="${name}"/>`;
export const error = (id: string, code: string): string => `<bpmn:error id="${id}" errorCode="${code}"/>`;
export const escalation = (id: string, code: string): string =>
  `<bpmn:escalation id="${id}" escalationCode="${code}"/>`;

/** What undoes an activity: its compensation boundary event, the handler `undo_ID` and the association between them. */
export const undoneBy = (activity: string, handler = user(`undo_${activity}`)): string =>
  node('boundaryEvent', `edge_${activity}`, `attachedToRef="${activity}"`, compensation()) +
  handler.replace(/^<(\S+) /, '<$1 isForCompensation="true" ') +
  association(`edge_${activity}`, `undo_${activity}`);
export const association = (source: string, target: string): string =>
  `<bpmn:association id="${source}_${target}" associationDirection="One" sourceRef="${source}" targetRef="${target}"/>`;
export const compensation = (attributes = ''): string => `<bpmn:compensateEventDefinition ${attributes}/>`;
export const cancel = (): string => '<bpmn:cancelEventDefinition/>';
