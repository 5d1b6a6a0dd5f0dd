/** Call activities: the called process and what goes in and out. */
import type { ModdleElement } from 'bpmn-moddle';
import { text } from '../../bpmn/read.ts';
import {
  addExtension,
  expressionOf,
  note,
  takeAttribute,
  takeElements,
  trouble,
  valueOf,
  type Importer,
} from '../importer.ts';
import { nameText } from '../juel/feel.ts';
import type { LegacyElement } from '../legacy-element.ts';
import { addMapping } from './input-output.ts';

/** Runs before the io mapping: what comes out of the called process is mapped first. */
export function translateCallActivity(node: ModdleElement, c: Importer): void {
  if (node.$type !== 'bpmn:CallActivity') return;
  refuseJava(node, c);
  const called = text(node, 'calledElement');
  const [into, out] = [takeElements(c, node, 'in'), takeElements(c, node, 'out')];
  if (called !== undefined) {
    node.set('calledElement', undefined);
    addExtension(c, node, 'zeebe:CalledElement', {
      processId: valueOf(c, node, 'calledElement', called),
      propagateAllParentVariables: into.some(isAll),
      propagateAllChildVariables: out.some(isAll),
    });
    note(
      c,
      node,
      'calledElement',
      'translated',
      `Process "${called}" is called, in the version of the same deployment.`,
    );
  }
  addMapping(node, 'inputParameters', 'zeebe:Input', entriesOf(node, into, 'in', c), c);
  addMapping(node, 'outputParameters', 'zeebe:Output', entriesOf(node, out, 'out', c), c);
}

function isAll({ attributes }: LegacyElement): boolean {
  return attributes.variables === 'all';
}

/** Mappings by name or expression. */
export function entriesOf(
  node: ModdleElement,
  mappings: readonly LegacyElement[],
  direction: 'in' | 'out',
  c: Importer,
): { source: string; target: string }[] {
  const what = `camunda:${direction}`;
  return mappings.flatMap(({ attributes }) => {
    const { source, sourceExpression, target, businessKey, variables, local } = attributes;
    if (businessKey !== undefined) note(c, node, what, 'left-out', `Cases have no business key (${businessKey}) here.`);
    if (variables === 'all') note(c, node, what, 'translated', 'All variables are passed on.');
    if (local === 'true') note(c, node, what, 'left-out', 'local="true": variables of all levels are seen.');
    if (target === undefined) return [];
    if (source !== undefined) c.reads.add(source);
    const feel = source === undefined ? expressionOf(c, node, what, sourceExpression ?? '') : nameText(source);
    note(c, node, what, 'translated', `${feel} is passed on as "${target}".`);
    return [{ source: `=${feel}`, target }];
  });
}

function refuseJava(node: ModdleElement, c: Importer): void {
  for (const name of ['caseRef', 'variableMappingClass', 'variableMappingDelegateExpression']) {
    const value = takeAttribute(c, node, name);
    if (value === undefined) continue;
    const instead =
      name === 'caseRef'
        ? 'Cases of CMMN cannot be called; call a process.'
        : 'It is Java; map the variables one by one.';
    trouble(c, node, `camunda:${name}`, `Expected "${node.id ?? ''}" without ${name} ("${value}"). ${instead}`);
  }
}
