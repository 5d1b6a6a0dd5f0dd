/** What the XML schema of the standard demands and moddle does not check, as one table each. */
import type { ModdleElement } from 'bpmn-moddle';
import { children, text } from '../bpmn/read.ts';
import { leadsNowhere } from './diagram.ts';
import { nameOf, type Rule } from './rule.ts';

/** Attributes and elements that must be there, by type. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  'bpmn:Assignment': ['from', 'to'],
  'bpmn:Association': ['sourceRef', 'targetRef'],
  'bpmn:BoundaryEvent': ['attachedToRef'],
  'bpmn:ChoreographyActivity': ['initiatingParticipantRef'],
  'bpmn:ComplexBehaviorDefinition': ['condition'],
  'bpmn:ConditionalEventDefinition': ['condition'],
  'bpmn:ConversationAssociation': ['innerConversationNodeRef', 'outerConversationNodeRef'],
  'bpmn:ConversationLink': ['sourceRef', 'targetRef'],
  'bpmn:CorrelationProperty': ['correlationPropertyRetrievalExpression'],
  'bpmn:CorrelationPropertyBinding': ['correlationPropertyRef', 'dataPath'],
  'bpmn:CorrelationPropertyRetrievalExpression': ['messageRef', 'messagePath'],
  'bpmn:CorrelationSubscription': ['correlationKeyRef'],
  'bpmn:DataAssociation': ['targetRef'],
  'bpmn:Definitions': ['targetNamespace'],
  'bpmn:Import': ['namespace', 'location', 'importType'],
  'bpmn:Interface': ['name', 'operations'],
  'bpmn:InputOutputBinding': ['operationRef', 'inputDataRef', 'outputDataRef'],
  'bpmn:InputOutputSpecification': ['inputSets', 'outputSets'],
  'bpmn:LinkEventDefinition': ['name'],
  'bpmn:MessageFlow': ['sourceRef', 'targetRef'],
  'bpmn:MessageFlowAssociation': ['innerMessageFlowRef', 'outerMessageFlowRef'],
  'bpmn:Operation': ['name', 'inMessageRef'],
  'bpmn:ParticipantAssociation': ['innerParticipantRef', 'outerParticipantRef'],
  'bpmn:Relationship': ['type', 'source', 'target'],
  'bpmn:Resource': ['name'],
  'bpmn:ResourceAssignmentExpression': ['expression'],
  'bpmn:ResourceParameterBinding': ['parameterRef', 'expression'],
  'bpmn:SequenceFlow': ['sourceRef', 'targetRef'],
};

/** How many references there may be: at least, at most. */
const COUNTS: readonly (readonly [type: string, property: string, least: number, most: number])[] = [
  ['bpmn:SubChoreography', 'participantRef', 2, Infinity],
  ['bpmn:ChoreographyTask', 'participantRef', 2, 2],
  ['bpmn:ChoreographyTask', 'messageFlowRef', 1, 2],
  ['bpmn:CallChoreography', 'participantRef', 2, Infinity],
];

/** The values that an attribute may have. */
const VALUES: readonly (readonly [type: string, attribute: string, values: readonly string[]])[] = [
  ['bpmn:Process', 'processType', ['None', 'Public', 'Private']],
  ['bpmn:Gateway', 'gatewayDirection', ['Unspecified', 'Converging', 'Diverging', 'Mixed']],
  ['bpmn:EventBasedGateway', 'eventGatewayType', ['Parallel', 'Exclusive']],
  ['bpmn:Relationship', 'direction', ['None', 'Forward', 'Backward', 'Both']],
  ['bpmn:ItemDefinition', 'itemKind', ['Physical', 'Information']],
  ['bpmn:ChoreographyActivity', 'loopType', ['None', 'Standard', 'MultiInstanceSequential', 'MultiInstanceParallel']],
  ['bpmn:Association', 'associationDirection', ['None', 'One', 'Both']],
  ['bpmn:MultiInstanceLoopCharacteristics', 'behavior', ['None', 'One', 'All', 'Complex']],
  ['bpmn:AdHocSubProcess', 'ordering', ['Parallel', 'Sequential']],
];

/** Attributes that are addresses (xsd:anyURI). */
const ADDRESSES: readonly (readonly [type: string, attribute: string])[] = [
  ['bpmn:Definitions', 'targetNamespace'],
  ['bpmn:Definitions', 'expressionLanguage'],
  ['bpmn:Definitions', 'typeLanguage'],
  ['bpmn:FormalExpression', 'language'],
  ['bpmn:GlobalScriptTask', 'scriptLanguage'],
  ['bpmn:Import', 'namespace'],
  ['bpmn:Import', 'importType'],
  ['bpmn:Transaction', 'method'],
  ['bpmn:ServiceTask', 'implementation'],
  ['bpmn:SendTask', 'implementation'],
  ['bpmn:ReceiveTask', 'implementation'],
  ['bpmn:UserTask', 'implementation'],
  ['bpmn:BusinessRuleTask', 'implementation'],
];

/** Integers and the least they may be. */
const LEAST: readonly (readonly [type: string, attribute: string, least: number])[] = [
  ['bpmn:Activity', 'startQuantity', 1],
  ['bpmn:Activity', 'completionQuantity', 1],
  ['bpmn:StandardLoopCharacteristics', 'loopMaximum', 1],
  ['bpmn:ParticipantMultiplicity', 'minimum', 0],
  ['bpmn:ParticipantMultiplicity', 'maximum', 1],
  ['bpmn:DataStore', 'capacity', 0],
];

/** References that the execution follows. Where another one leads nowhere, the diagram means the same. */
const FOLLOWED =
  /^bpmn:(sourceRef|targetRef|default|attachedToRef|(message|signal|error|escalation|activity|dataObject|eventDefinition|loopData(In|Out)put)Ref)$/;

/** References that tools leave open; the type of a correlation property may be one of XML Schema. */
const OPEN = /^bpmn:(operationRef|implementationRef|type|definition)$/;

/** Flows that an element names are compared with the flows themselves. */
const LISTED = /^bpmn:(incoming|outgoing)$/;

function isMissing(node: ModdleElement, property: string): boolean {
  const value: unknown = node.get(property);
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

const required: Rule = {
  id: 'required',
  standard: '15.3 (XML schema)',
  on: Object.keys(REQUIRED),
  expects: 'all attributes and elements that the schema of the standard requires',
  remedy: 'Fill it in, or take the element out.',
  check(node, diagram, found) {
    for (const [type, properties] of Object.entries(REQUIRED)) {
      if (!node.$instanceOf(type)) continue;
      for (const property of properties) {
        const named = leadsNowhere(diagram, node, property);
        if (isMissing(node, property) && !named) found(`${nameOf(node)} has no ${property}`);
      }
    }
  },
};

const counts: Rule = {
  id: 'cardinality',
  standard: '15.3 (XML schema)',
  on: COUNTS.map(([type]) => type),
  expects: 'as many references as the standard asks for',
  remedy: 'Correct their number.',
  check(node, { file }, found) {
    for (const [type, property, least, most] of COUNTS) {
      if (!node.$instanceOf(type)) continue;
      const open =
        file.unresolved?.filter((it) => it.element === node && it.property === `bpmn:${property}`).length ?? 0;
      const count = children(node, property).length + open;
      if (count < least || count > most) found(`${nameOf(node)} has ${String(count)} ${property}`);
    }
  },
};

const values: Rule = {
  id: 'value',
  standard: '15.3 (XML schema)',
  on: VALUES.map(([type]) => type),
  expects: 'attributes with one of the values that the standard lists',
  remedy: 'Choose one of them.',
  check(node, _diagram, found) {
    for (const [type, attribute, allowed] of VALUES) {
      const value = node.$instanceOf(type) ? text(node, attribute) : undefined;
      if (value !== undefined && !allowed.includes(value)) {
        found(`${attribute} of ${nameOf(node)} is "${value}" and not one of ${allowed.join(', ')}`);
      }
    }
  },
};

const addresses: Rule = {
  id: 'address',
  standard: '15.3 (XML schema)',
  on: ADDRESSES.map(([type]) => type),
  expects: 'a valid URI',
  remedy: 'Correct it.',
  deployment: 'warning',
  check(node, _diagram, found) {
    for (const [type, attribute] of ADDRESSES) {
      const value = node.$instanceOf(type) ? text(node, attribute) : undefined;
      if (value !== undefined && !isAddress(value)) found(`${attribute} of ${nameOf(node)} is "${value}"`);
    }
  },
};

/** As the schema checks anyURI: escapes are complete, and nothing stands in it that no URI can hold. */
function isAddress(value: string): boolean {
  return !/%(?![0-9a-f]{2})/i.test(value) && !/[<>"{}|\\^`]/.test(value) && (value.match(/#/g)?.length ?? 0) <= 2;
}

const textFormat: Rule = {
  id: 'text-format',
  standard: '8.2.1, 8.4.1',
  on: ['bpmn:Documentation', 'bpmn:TextAnnotation'],
  expects: 'a media type as the format of a text',
  remedy: 'Correct it: text/plain, text/html.',
  deployment: 'silent',
  check(node, _diagram, found) {
    const format = text(node, 'textFormat');
    if (format !== undefined && !/^[\w.+-]+\/[\w.+-]+\s*(;.*)?$/.test(format)) {
      found(`textFormat of ${nameOf(node)} is "${format}"`);
    }
  },
};

const least: Rule = {
  id: 'quantity',
  standard: '10.3, 9.3.1',
  on: LEAST.map(([type]) => type),
  expects: 'a whole number that is large enough',
  remedy: 'Correct the number.',
  check(node, _diagram, found) {
    for (const [type, attribute, smallest] of LEAST) {
      if (!node.$instanceOf(type)) continue;
      const value: unknown = node.get(attribute);
      if (typeof value === 'number' && !(value >= smallest)) {
        found(`${attribute} of ${nameOf(node)} is ${String(value)}, and ${String(smallest)} is the least`);
      }
    }
  },
};

/** A rule about references to what is not in the file. */
function unresolvedRule(
  rule: Omit<Rule, 'standard' | 'on' | 'expects' | 'remedy' | 'check'>,
  isMeant: (property: string, id: string) => boolean,
): Rule {
  return {
    ...rule,
    standard: '15.3 (XML schema)',
    on: ['bpmn:Definitions'],
    expects: 'references to elements of the file',
    remedy: 'Choose an element that exists, or take the reference out.',
    check(_node, { file }, found) {
      for (const { element, property, id } of file.unresolved ?? []) {
        if (LISTED.test(property) || !isMeant(property, id)) continue;
        found(`${property.replace(/^.*:/, '')} of ${nameOf(element)} names "${id}", which is not there`, element);
      }
    },
  };
}

/** Another file or language defines what a prefix stands before; a drawing refers to what was taken out. */
function isOpen(property: string, id: string): boolean {
  return OPEN.test(property) || id.includes(':') || !property.startsWith('bpmn:');
}

const unresolved = unresolvedRule({ id: 'unresolved-reference' }, (property) => FOLLOWED.test(property));

const unread = unresolvedRule(
  { id: 'unread-reference', deployment: 'warning' },
  (property, id) => !FOLLOWED.test(property) && !isOpen(property, id),
);

const open = unresolvedRule(
  { id: 'open-reference', severity: 'warning', deployment: 'silent' },
  (property, id) => !FOLLOWED.test(property) && isOpen(property, id),
);

const referenceType: Rule = {
  id: 'reference-type',
  standard: '8 to 12 (class diagrams)',
  on: ['bpmn:BaseElement', 'bpmn:InputOutputBinding'],
  expects: 'a reference to an element of the right kind',
  remedy: 'Choose another element.',
  check(node, _diagram, found) {
    for (const { isReference, type, ns } of node.$descriptor.properties) {
      // The schema takes input and output of a binding for sets, tools and the text of the standard for data.
      if (isReference !== true || !type.startsWith('bpmn:') || /^(in|out)putDataRef$/.test(ns.localName)) continue;
      const value: unknown = node.get(ns.localName);
      for (const target of (Array.isArray(value) ? value : [value]) as (ModdleElement | undefined)[]) {
        if (typeof target !== 'object' || !('$instanceOf' in target) || fits(target, type)) continue;
        found(`${ns.localName} of ${nameOf(node)} is ${nameOf(target)} and not a ${type.slice('bpmn:'.length)}`);
      }
    }
  },
};

function fits(target: ModdleElement, type: string): boolean {
  if (type === 'bpmn:Element' || type === 'bpmn:BaseElement' || target.$instanceOf(type)) return true;
  // A collaboration may show a choreography between its pools (11.7), which the class diagrams leave out.
  return type === 'bpmn:InteractionNode' && target.$instanceOf('bpmn:ChoreographyActivity');
}

const nodeId: Rule = {
  id: 'node-id',
  standard: '8.2.1',
  on: ['bpmn:FlowNode', 'bpmn:Process', 'bpmn:Participant'],
  expects: 'an id',
  remedy: 'Give it one.',
  check(node, _diagram, found) {
    if (text(node, 'id') === undefined && node.$type !== 'bpmn:ImplicitThrowEvent') found(`${nameOf(node)} has none`);
  },
};

const mustUnderstand: Rule = {
  id: 'must-understand',
  standard: '8.3.3',
  on: ['bpmn:Extension'],
  expects: 'no extension that a reader must understand, because none is known here',
  remedy: 'Take it out, or take mustUnderstand off.',
  severity: 'warning',
  deployment: 'error',
  check(extension, _diagram, found) {
    if (extension.get('mustUnderstand') === true) found('the file declares one');
  },
};

export const schemaRules: readonly Rule[] = [
  required,
  counts,
  values,
  addresses,
  textFormat,
  least,
  unresolved,
  unread,
  open,
  referenceType,
  nodeId,
  mustUnderstand,
];
