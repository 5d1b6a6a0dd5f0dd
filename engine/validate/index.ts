/** The validator: the rules of the standard and ours, over the moddle tree. The same in browser, server and shell. */
import type { ModdleElement } from 'bpmn-moddle';
import type { BpmnFile } from '../bpmn/read.ts';
import type { Problem } from '../problem.ts';
import { activityRules } from './activities.ts';
import { boundaryEventRules } from './boundary-events.ts';
import { collaborationRules } from './collaborations.ts';
import { dataRules } from './data.ts';
import { diagramOf, type Diagram } from './diagram.ts';
import { eventDefinitionRules } from './event-definitions.ts';
import { eventRules } from './events.ts';
import { expressionRules } from './expressions.ts';
import { flowNodeRules } from './flow-nodes.ts';
import { gatewayRules } from './gateways.ts';
import { laneworkRules } from './lanework.ts';
import { linkRules } from './links.ts';
import type { Rule } from './rule.ts';
import { schemaRules } from './schema.ts';
import { sequenceFlowRules } from './sequence-flows.ts';
import { serviceRules } from './services.ts';

/** All rules, by family. A new rule is one object in its family's file. */
export const families: Readonly<Record<string, readonly Rule[]>> = {
  'XML schema': schemaRules,
  'Sequence flows': sequenceFlowRules,
  'Flow nodes': flowNodeRules,
  Events: eventRules,
  'Event definitions': eventDefinitionRules,
  'Boundary events and compensation': boundaryEventRules,
  Links: linkRules,
  Gateways: gatewayRules,
  'Activities and loops': activityRules,
  Expressions: expressionRules,
  Data: dataRules,
  'Messages and services': serviceRules,
  'Collaborations, conversations, choreographies': collaborationRules,
  'Our own': laneworkRules,
};

/** All rules. */
export const rules: readonly Rule[] = Object.values(families).flat();

/**
 * Everything that is wrong with a file by the letter of the standard and by our rules, whether or not the file can be
 * executed: processes, choreographies, conversations and data alike.
 */
export function validateBpmn(file: BpmnFile): Problem[] {
  return check(file, (rule) => rule.severity ?? 'error');
}

/**
 * The same rules as a deployment reads them: what the engine can run all the same is a warning, or is not told; and
 * what lies in a process that is not executable never refuses the others.
 */
export function validateForDeployment(file: BpmnFile): Problem[] {
  return check(file, (rule, element, diagram) => {
    const severity = rule.deployment ?? rule.severity ?? 'error';
    if (severity === 'silent') return null;
    return severity === 'error' && diagram.executable(element) ? 'error' : 'warning';
  });
}

type Severity = (rule: Rule, element: ModdleElement, diagram: Diagram) => Problem['severity'] | null;

function check(file: BpmnFile, severityOf: Severity): Problem[] {
  const problems: Problem[] = [...file.problems];
  if (!file.definitions) return problems;
  const diagram = diagramOf(file);
  for (const rule of rules) {
    const checked = new Set(rule.on.flatMap((type) => diagram.of(type)));
    for (const node of checked) {
      if (rule.executable && !diagram.executable(node)) continue;
      rule.check(node, diagram, (found, element = node) => {
        const severity = severityOf(rule, element, diagram);
        const message = `Expected ${rule.expects}, but ${found}. ${rule.remedy}`;
        if (severity) problems.push({ rule: rule.id, severity, element: idOf(element), message });
      });
    }
  }
  return problems;
}

/** The id of the element, or of the nearest one around it that has one. */
function idOf(element: ModdleElement): string {
  for (let at: ModdleElement | undefined = element; at; at = at.$parent) {
    if (at.id !== undefined && at.$type !== 'bpmn:Definitions') return at.id;
  }
  return '';
}
