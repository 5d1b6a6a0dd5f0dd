/**
 * The diagrams of the engine bench, in the words of both engines.
 * W1: start, service task, end. W2: exclusive gateway with three conditions, service task, parallel fork of two, join.
 * W3: user task with an armed boundary timer, second user task.
 */

/** Of the same flow, what the two dialects write differently. */
interface Dialect {
  readonly service: string;
  /** The condition of a flow: priority, and the amount from which it holds. */
  readonly condition: (priority: string, amount: number) => string;
}

export const ZEEBE: Dialect = {
  service: '<bpmn:extensionElements><zeebe:taskDefinition type="work"/></bpmn:extensionElements>',
  condition: (priority, amount) => `=priority = "${priority}" and amount &gt;= ${amount}`,
};

/** Conditions are plain functions here, found by the flow's id: the least that an expression can cost. */
export const SCRIPTED: Dialect = { service: '', condition: () => 'next(null, true);' };

const ATTRIBUTES = {
  service: (dialect: Dialect): string => (dialect === ZEEBE ? '' : ' implementation="${environment.services.work}"'),
  language: (dialect: Dialect): string => (dialect === ZEEBE ? '' : ' language="function"'),
};

export const WORKLOADS = ['W1', 'W2', 'W3'] as const;
export type Workload = (typeof WORKLOADS)[number];

/** The diagram of a workload; the process has its name. */
export function diagram(workload: Workload, dialect: Dialect): string {
  const inner = { W1: first, W2: second, W3: third }[workload](dialect);
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  id="${workload}-file" targetNamespace="http://lanework.bench">
  <bpmn:process id="${workload}" isExecutable="true">${inner}</bpmn:process>
</bpmn:definitions>`;
}

const node = (type: string, id: string, inner = '', attributes = ''): string =>
  `<bpmn:${type} id="${id}"${attributes}>${inner}</bpmn:${type}>`;

function flow(source: string, target: string, condition?: string, dialect?: Dialect): string {
  const inner =
    condition === undefined
      ? ''
      : `<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression"${dialect ? ATTRIBUTES.language(dialect) : ''}>${condition}</bpmn:conditionExpression>`;
  return node('sequenceFlow', `${source}-${target}`, inner, ` sourceRef="${source}" targetRef="${target}"`);
}

const service = (id: string, dialect: Dialect): string =>
  node('serviceTask', id, dialect.service, ATTRIBUTES.service(dialect));

function first(dialect: Dialect): string {
  return [
    node('startEvent', 'start'),
    service('call', dialect),
    node('endEvent', 'end'),
    flow('start', 'call'),
    flow('call', 'end'),
  ].join('');
}

function second(dialect: Dialect): string {
  const { condition } = dialect;
  return [
    node('startEvent', 'start'),
    node('exclusiveGateway', 'grade', '', ' default="grade-low"'),
    ...['top', 'high', 'middle', 'low'].map((id) => node('task', id)),
    node('exclusiveGateway', 'merge'),
    service('call', dialect),
    node('parallelGateway', 'fork'),
    node('task', 'left'),
    node('task', 'right'),
    node('parallelGateway', 'join'),
    node('endEvent', 'end'),
    flow('start', 'grade'),
    flow('grade', 'top', condition('P1', 100), dialect),
    flow('grade', 'high', condition('P2', 100), dialect),
    flow('grade', 'middle', condition('P2', 10), dialect),
    flow('grade', 'low'),
    ...['top', 'high', 'middle', 'low'].map((id) => flow(id, 'merge')),
    flow('merge', 'call'),
    flow('call', 'fork'),
    flow('fork', 'left'),
    flow('fork', 'right'),
    flow('left', 'join'),
    flow('right', 'join'),
    flow('join', 'end'),
  ].join('');
}

function third(): string {
  const timer =
    '<bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>';
  return [
    node('startEvent', 'start'),
    node('userTask', 'first'),
    node('userTask', 'second'),
    node('boundaryEvent', 'late', timer, ' attachedToRef="first" cancelActivity="false"'),
    node('endEvent', 'end'),
    node('endEvent', 'told'),
    flow('start', 'first'),
    flow('first', 'second'),
    flow('second', 'end'),
    flow('late', 'told'),
  ].join('');
}
