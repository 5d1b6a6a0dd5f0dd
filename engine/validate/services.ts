/** Rules about messages, operations and the data that goes with them (BPMN 2.0.2, 8.4.3, 10.3.3 and 10.4.1). */
import type { ModdleElement } from 'bpmn-moddle';
import { child, children, text } from '../bpmn/read.ts';
import { itemOf, sameItem } from './data.ts';
import { eventDefinitions, type Diagram, leadsNowhere } from './diagram.ts';
import { nameOf, type Found, type Rule } from './rule.ts';

/** The lists of an element's input and output; empty when it has none. */
function io(node: ModdleElement, list: string): ModdleElement[] {
  const specification = child(node, 'ioSpecification');
  return specification ? children(specification, list) : [];
}

/** Compares the one data input or output of a task with a message. */
function compare(task: ModdleElement, list: string, message: ModdleElement | undefined, found: Found): void {
  const item = message && child(message, 'itemRef');
  for (const data of io(task, list)) {
    if (item && !sameItem(itemOf(data), item))
      found(`${nameOf(data)} of ${nameOf(task)} and ${nameOf(message)} differ`);
  }
}

/** A rule about tasks of executable processes whose data nothing here reads. */
function taskRule(rule: Omit<Rule, 'standard' | 'executable' | 'deployment'>): Rule {
  return { ...rule, standard: '10.3.3', executable: true, deployment: 'silent' };
}

const serviceSets = taskRule({
  id: 'service-sets',
  on: ['bpmn:ServiceTask'],
  expects: 'one input set, and one output set where the operation answers, at a service task with an operation',
  remedy: 'Correct its input and output.',
  check(task, _diagram, found) {
    const operation = child(task, 'operationRef');
    if (!operation) return;
    const [into, out] = [io(task, 'inputSets').length, io(task, 'outputSets').length];
    if (into !== 1) found(`${nameOf(task)} has ${String(into)} input sets`);
    if (child(operation, 'outMessageRef') ? out !== 1 : out > 1)
      found(`${nameOf(task)} has ${String(out)} output sets`);
  },
});

const serviceData = taskRule({
  id: 'service-data',
  on: ['bpmn:ServiceTask'],
  expects: 'one data input and at most one data output with the types of the messages of the operation',
  remedy: 'Correct the item definitions.',
  check(task, _diagram, found) {
    const operation = child(task, 'operationRef');
    if (!operation) return;
    const [into, out] = [io(task, 'dataInputs').length, io(task, 'dataOutputs').length];
    if (into > 1 || out > 1) found(`${nameOf(task)} has ${String(into)} inputs and ${String(out)} outputs`);
    compare(task, 'dataInputs', child(operation, 'inMessageRef'), found);
    compare(task, 'dataOutputs', child(operation, 'outMessageRef'), found);
  },
});

const sendData = taskRule({
  id: 'send-data',
  on: ['bpmn:SendTask'],
  expects: 'at most one input set and one data input, of the type of the message, at a send task with a message',
  remedy: 'Correct its input.',
  check(task, _diagram, found) {
    const message = child(task, 'messageRef');
    if (!message) return;
    if (io(task, 'inputSets').length > 1) found(`${nameOf(task)} has several input sets`);
    if (io(task, 'dataInputs').length > 1) found(`${nameOf(task)} has several data inputs`);
    compare(task, 'dataInputs', message, found);
  },
});

const receiveData = taskRule({
  id: 'receive-data',
  on: ['bpmn:ReceiveTask'],
  expects: 'at most one output set and one data output, of the type of the message, at a receive task with a message',
  remedy: 'Correct its output.',
  check(task, _diagram, found) {
    const message = child(task, 'messageRef');
    if (!message) return;
    if (io(task, 'outputSets').length > 1) found(`${nameOf(task)} has several output sets`);
    if (io(task, 'dataOutputs').length > 1) found(`${nameOf(task)} has several data outputs`);
    compare(task, 'dataOutputs', message, found);
  },
});

const operationMessage: Rule = {
  id: 'operation-message',
  standard: '10.3.3, 10.5.5',
  on: ['bpmn:SendTask', 'bpmn:ReceiveTask', 'bpmn:MessageEventDefinition'],
  executable: true,
  expects: 'the message to be one of the operation',
  remedy: 'Choose another message or operation.',
  severity: 'warning',
  deployment: 'silent',
  check(node, _diagram, found) {
    const [message, operation] = [child(node, 'messageRef'), child(node, 'operationRef')];
    if (!message || !operation) return;
    const own = [child(operation, 'inMessageRef'), child(operation, 'outMessageRef')];
    if (!own.includes(message)) found(`${nameOf(operation)} does not know ${nameOf(message)}`, event(node));
  },
};

function event(node: ModdleElement): ModdleElement | undefined {
  return node.$type === 'bpmn:MessageEventDefinition' ? node.$parent : node;
}

const CARRIES = /^bpmn:(Message|Signal|Escalation|Error)EventDefinition$/;

/** What an event definition carries: the item of its message, signal, escalation or error. */
function carried(definition: ModdleElement): ModdleElement | undefined {
  const message = child(definition, 'messageRef');
  if (message) return child(message, 'itemRef');
  const other = child(definition, 'signalRef') ?? child(definition, 'escalationRef') ?? child(definition, 'errorRef');
  return other && child(other, 'structureRef');
}

const eventCount: Rule = {
  id: 'event-data',
  standard: '10.4.1',
  on: ['bpmn:Event'],
  executable: true,
  expects: 'data for each event definition of an event that has data',
  remedy: 'Add the missing one, in the order of the definitions.',
  deployment: 'silent',
  check(node, _diagram, found) {
    const data = children(node, node.$instanceOf('bpmn:CatchEvent') ? 'dataOutputs' : 'dataInputs').length;
    const needed = eventDefinitions(node).filter(({ $type }) => CARRIES.test($type)).length;
    if (data > 0 && data < needed) found(`${nameOf(node)} has ${String(data)} for ${String(needed)}`);
  },
};

const eventTypes: Rule = {
  id: 'event-data-type',
  standard: '10.4.1',
  on: ['bpmn:Event'],
  executable: true,
  expects: 'the data of an event to have the type of what it catches or throws',
  remedy: 'Correct the item definitions.',
  deployment: 'silent',
  check(node, _diagram, found) {
    const data = children(node, node.$instanceOf('bpmn:CatchEvent') ? 'dataOutputs' : 'dataInputs');
    const definitions = eventDefinitions(node).filter(({ $type }) => CARRIES.test($type));
    definitions.forEach((definition, index) => {
      const [one, item] = [data[index], carried(definition)];
      if (one && item && !sameItem(itemOf(one), item))
        found(`${nameOf(one)} of ${nameOf(node)} and ${nameOf(item)} differ`);
    });
  },
};

/** What a call activity calls, in this file. */
function called(call: ModdleElement, diagram: Diagram): ModdleElement | undefined {
  const id = text(call, 'calledElement')?.replace(/^.*:/, '');
  return id === undefined ? undefined : diagram.of('bpmn:CallableElement').find((element) => element.id === id);
}

const calledStart: Rule = {
  id: 'called-start',
  standard: '10.3.6, 10.5.2',
  on: ['bpmn:CallActivity'],
  expects: 'a start event without trigger in the process that is called',
  remedy: 'Draw one there.',
  check(call, diagram, found) {
    const process = called(call, diagram);
    if (process?.$type !== 'bpmn:Process') return;
    const starts = children(process, 'flowElements').filter((node) => node.$instanceOf('bpmn:StartEvent'));
    if (starts.length > 0 && starts.every((node) => eventDefinitions(node).length > 0)) {
      found(`${nameOf(process)}, called by "${call.id ?? ''}", has none`);
    }
  },
};

const calledElement: Rule = {
  id: 'called-element',
  standard: '10.3.6',
  on: ['bpmn:CallActivity'],
  expects: 'a call activity to call a process or a global task',
  remedy: 'Choose another.',
  // The called process may be in another file of the deployment, under the same id.
  deployment: 'silent',
  check(call, diagram, found) {
    const id = text(call, 'calledElement')?.replace(/^.*:/, '');
    const element = id === undefined ? undefined : diagram.nodes.find((node) => node.id === id);
    if (element && !element.$instanceOf('bpmn:CallableElement')) found(`"${call.id ?? ''}" calls ${nameOf(element)}`);
  },
};

const calledData: Rule = {
  id: 'called-data',
  standard: '10.3.6',
  on: ['bpmn:CallActivity'],
  executable: true,
  expects: 'the input and output of a call activity to be those of what it calls',
  remedy: 'Make them alike.',
  deployment: 'silent',
  check(call, diagram, found) {
    const element = called(call, diagram);
    if (!element || (!child(element, 'ioSpecification') && !child(call, 'ioSpecification'))) return;
    for (const list of ['dataInputs', 'dataOutputs', 'inputSets', 'outputSets']) {
      const [own, other] = [io(call, list), io(element, list)];
      const open = [...other];
      const unmatched = own.filter((one) => {
        const match = open.findIndex((it) => list.endsWith('Sets') || sameItem(itemOf(it), itemOf(one)));
        if (match >= 0) open.splice(match, 1);
        return match < 0;
      });
      if (unmatched.length > 0 || open.length > 0) found(`${list} of ${nameOf(call)} and ${nameOf(element)} differ`);
    }
  },
};

const binding: Rule = {
  id: 'service-binding',
  standard: '8.4.3, 10.4.1',
  on: ['bpmn:CallableElement'],
  executable: true,
  expects: 'a binding to an operation for each service interface that a process or global task offers',
  remedy: 'Add an ioBinding, or take the interface off.',
  deployment: 'silent',
  check(element, diagram, found) {
    const open = leadsNowhere(diagram, element, 'supportedInterfaceRef');
    if (children(element, 'supportedInterfaceRef').length === 0 && !open) return;
    if (children(element, 'ioBinding').length === 0) found(`${nameOf(element)} has none`);
  },
};

const bound: Rule = {
  id: 'service-binding-data',
  standard: '10.4.1',
  on: ['bpmn:InputOutputBinding'],
  executable: true,
  expects: 'a binding of own input and output to an operation of an offered interface with the same types',
  remedy: 'Choose another operation or data.',
  deployment: 'silent',
  check(node, _diagram, found) {
    const element = node.$parent;
    const operation = child(node, 'operationRef');
    if (!element || !operation) return;
    const offered = children(element, 'supportedInterfaceRef');
    if (operation.$parent && !offered.includes(operation.$parent))
      found(`${nameOf(operation)} is not offered`, element);
    for (const [reference, lists, message] of [
      ['inputDataRef', ['dataInputs', 'inputSets'], 'inMessageRef'],
      ['outputDataRef', ['dataOutputs', 'outputSets'], 'outMessageRef'],
    ] as const) {
      const data = child(node, reference);
      if (data && !lists.some((list) => io(element, list).includes(data)))
        found(`${reference} is ${nameOf(data)}`, element);
      const sent = child(operation, message);
      const item = sent && child(sent, 'itemRef');
      const isSet = data?.$type.endsWith('Set') === true;
      const all = isSet
        ? children(data, reference === 'inputDataRef' ? 'dataInputRefs' : 'dataOutputRefs')
        : data
          ? [data]
          : [];
      for (const one of all)
        if (item && !sameItem(itemOf(one), item)) found(`${nameOf(one)} and ${nameOf(sent)} differ`, element);
    }
  },
};

export const serviceRules: readonly Rule[] = [
  serviceSets,
  serviceData,
  sendData,
  receiveData,
  operationMessage,
  eventCount,
  eventTypes,
  calledElement,
  calledStart,
  calledData,
  binding,
  bound,
];
