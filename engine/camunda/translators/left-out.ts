/** Everything of the old engine that no translator took: named in the report, and taken away. */
import type { ModdleElement } from 'bpmn-moddle';
import { child, extensions } from '../../bpmn/read.ts';
import { note, trouble, type Importer } from '../importer.ts';
import { legacyElement } from '../legacy-element.ts';
import { isEngine } from '../namespaces.ts';

const STORED = 'Every step is stored as it is taken, so that nothing has to be marked as a save point.';
const VERSION = 'What belongs together is deployed together; the version of the same deployment is used.';
const TEMPLATE = 'Templates of another modeler are not kept.';
const PRIORITY = 'Jobs are handed out in the order in which they are due.';
const STARTERS = 'Who may start a process is not written in the diagram.';

/** What has no meaning here, and why that changes nothing for the case. */
const HARMLESS: Readonly<Record<string, string>> = {
  async: STORED,
  asyncBefore: STORED,
  asyncAfter: STORED,
  exclusive: STORED,
  jobPriority: PRIORITY,
  taskPriority: PRIORITY,
  historyTimeToLive: 'How long histories are kept is not written in the diagram.',
  isStartableInTasklist: STARTERS,
  candidateStarterUsers: STARTERS,
  candidateStarterGroups: STARTERS,
  potentialStarter: STARTERS,
  modelerTemplate: TEMPLATE,
  modelerTemplateVersion: TEMPLATE,
  modelerTemplateIcon: TEMPLATE,
  diagramRelationId: TEMPLATE,
  formRefBinding: VERSION,
  formRefVersion: VERSION,
  decisionRefBinding: VERSION,
  decisionRefVersion: VERSION,
  decisionRefVersionTag: VERSION,
  decisionRefTenantId: VERSION,
  calledElementBinding: VERSION,
  calledElementVersion: VERSION,
  calledElementVersionTag: VERSION,
  calledElementTenantId: VERSION,
  caseBinding: VERSION,
  caseVersion: VERSION,
  caseTenantId: VERSION,
  errorMessage: 'An error is known by its code.',
  formHandlerClass: 'Forms are not handled by Java here.',
  mapDecisionResult: 'There is no decision to map the result of.',
  resultVariable: 'There is no value that could go there.',
};

export function leaveOut(node: ModdleElement, c: Importer): void {
  const mine = `${c.prefix}:`;
  for (const [key, value] of Object.entries(node.$attrs)) {
    if (key.startsWith('xmlns') && isEngine(String(value))) delete node.$attrs[key];
    if (!key.startsWith(mine)) continue;
    delete node.$attrs[key];
    report(node, key.slice(mine.length), String(value), c);
  }
  const all = extensions(node);
  const rest = all.filter(({ $type }) => !$type.startsWith(mine));
  for (const generic of all.filter(({ $type }) => $type.startsWith(mine))) {
    const { name, body } = legacyElement(generic);
    report(node, name, body, c);
  }
  const wrapper = child(node, 'extensionElements');
  wrapper?.set('values', rest);
  if (wrapper && rest.length === 0 && Object.keys(wrapper.$attrs).length === 0)
    node.set('extensionElements', undefined);
}

function report(node: ModdleElement, name: string, value: string, c: Importer): void {
  const [what, reason] = [`camunda:${name}`, HARMLESS[name]];
  const said = value === '' ? '' : ` "${value}"`;
  if (reason !== undefined) return note(c, node, what, 'left-out', `${name}${said}: ${reason}`);
  trouble(
    c,
    node,
    what,
    `${what}${said} is not known here and is left out. Check whether something has to take its place.`,
    'warning',
  );
}
