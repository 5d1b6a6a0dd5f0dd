/** Rules about link events (BPMN 2.0.2, 10.5.5): off-page connectors within one level. */
import type { ModdleElement } from 'bpmn-moddle';
import { child, children, text } from '../bpmn/read.ts';
import { eventDefinitions, has, kindOf, type Diagram } from './diagram.ts';
import { ids, nameOf, type Rule } from './rule.ts';

interface Link {
  readonly event: ModdleElement;
  readonly definition: ModdleElement;
}

function links(diagram: Diagram, type: string): Link[] {
  return diagram.of(type).flatMap((event) =>
    eventDefinitions(event)
      .filter((definition) => kindOf(definition) === 'link')
      .map((definition) => ({ event, definition })),
  );
}

const sources = (diagram: Diagram): Link[] => links(diagram, 'bpmn:IntermediateThrowEvent');
const targets = (diagram: Diagram): Link[] => links(diagram, 'bpmn:IntermediateCatchEvent');

/** By the references of the definitions where there are some, else by name within the level. */
function joined(source: Link, target: Link): boolean {
  const named = child(source.definition, 'target');
  const back = children(target.definition, 'source');
  if (named && named !== target.definition) return false;
  if (back.length > 0 && !back.includes(source.definition)) return false;
  if (named || back.length > 0) return true;
  const sameName = text(source.definition, 'name') === text(target.definition, 'name');
  return sameName && source.event.$parent === target.event.$parent;
}

const flows: Rule = {
  id: 'link-flows',
  standard: '10.5.4',
  on: ['bpmn:IntermediateCatchEvent', 'bpmn:IntermediateThrowEvent'],
  expects: 'no sequence flow into the target of a link, and none out of its source',
  remedy: 'Take the flow out.',
  check(event, diagram, found) {
    if (!has(event, 'link')) return;
    const catches = event.$type === 'bpmn:IntermediateCatchEvent';
    const wrong = catches ? diagram.incoming(event) : diagram.outgoing(event);
    if (wrong.length > 0) found(`${nameOf(event)} has ${ids(wrong)}`);
  },
};

const target: Rule = {
  id: 'link-target',
  standard: '10.5.5',
  on: ['bpmn:IntermediateThrowEvent'],
  expects: 'exactly one target for the source of a link',
  remedy: 'Draw a link catch event of the same name on the same level.',
  check(event, diagram, found) {
    for (const source of sources(diagram).filter((link) => link.event === event)) {
      const ends = targets(diagram).filter((other) => joined(source, other));
      if (ends.length !== 1)
        found(`${nameOf(event)} has ${ends.length === 0 ? 'none' : ids(ends.map((it) => it.event))}`);
    }
  },
};

const source: Rule = {
  id: 'link-source',
  standard: '10.5.5',
  on: ['bpmn:IntermediateCatchEvent'],
  expects: 'a source for the target of a link',
  remedy: 'Draw a link throw event of the same name on the same level.',
  deployment: 'warning',
  check(event, diagram, found) {
    for (const end of targets(diagram).filter((link) => link.event === event)) {
      if (!sources(diagram).some((other) => joined(other, end))) found(`${nameOf(event)} has none`);
    }
  },
};

const references: Rule = {
  id: 'link-references',
  standard: '10.5.5',
  on: ['bpmn:IntermediateCatchEvent', 'bpmn:IntermediateThrowEvent'],
  expects: 'source and target of a link to name each other',
  remedy: 'Name the other definition on both sides, or on none.',
  deployment: 'silent',
  check(event, _diagram, found) {
    for (const definition of eventDefinitions(event).filter((it) => kindOf(it) === 'link')) {
      const named = child(definition, 'target');
      if (named && !children(named, 'source').includes(definition))
        found(`${nameOf(named)} does not name ${nameOf(definition)}`);
      for (const back of children(definition, 'source')) {
        if (child(back, 'target') !== definition) found(`${nameOf(back)} does not name ${nameOf(definition)}`);
      }
    }
  },
};

const level: Rule = {
  id: 'link-level',
  standard: '10.5.5',
  on: ['bpmn:IntermediateThrowEvent'],
  expects: 'source and target of a link on the same level of the same process',
  remedy: 'Move one of them, or draw a sequence flow out of the sub-process.',
  check(event, diagram, found) {
    for (const begin of sources(diagram).filter((link) => link.event === event)) {
      for (const end of targets(diagram).filter((other) => joined(begin, other))) {
        if (end.event.$parent !== event.$parent) found(`${nameOf(event)} leads to ${nameOf(end.event)}`);
      }
    }
  },
};

const twice: Rule = {
  id: 'link-name',
  standard: '10.5.5',
  on: ['bpmn:IntermediateCatchEvent'],
  expects: 'one link target of a name on a level',
  remedy: 'Rename one.',
  check(event, diagram, found) {
    const all = targets(diagram).filter((link) => link.event.$parent === event.$parent);
    for (const { definition } of all.filter((link) => link.event === event)) {
      const name = text(definition, 'name');
      const first = all.find((link) => text(link.definition, 'name') === name);
      // Where references join the two ends, names are for people only.
      const byName = [definition, first?.definition].every((one) => !one || children(one, 'source').length === 0);
      if (name !== undefined && byName && first && first.definition !== definition) {
        found(`${nameOf(event)} and ${nameOf(first.event)} are both "${name}"`);
      }
    }
  },
};

export const linkRules: readonly Rule[] = [flows, target, source, references, level, twice];
