/** Rules about data objects, inputs, outputs and associations (BPMN 2.0.2, 10.4). */
import type { ModdleElement } from 'bpmn-moddle';
import { child, children, text } from '../bpmn/read.ts';
import { ids, nameOf, type Rule } from './rule.ts';

/** The item definition of data, through references to data objects and stores. */
export function itemOf(data: ModdleElement | undefined): ModdleElement | undefined {
  if (!data) return undefined;
  const behind = child(data, 'dataObjectRef') ?? child(data, 'dataStoreRef');
  return child(data, 'itemSubjectRef') ?? (behind && child(behind, 'itemSubjectRef'));
}

/** The same definition, or two that say the same. */
export function sameItem(a: ModdleElement | undefined, b: ModdleElement | undefined): boolean {
  if (a === b) return true;
  if (!a || !b || text(a, 'structureRef') === undefined) return false;
  return text(a, 'structureRef') === text(b, 'structureRef') && a.get('isCollection') === b.get('isCollection');
}

const collection: Rule = {
  id: 'collection',
  standard: '10.4.1',
  on: ['bpmn:DataObject', 'bpmn:DataInput', 'bpmn:DataOutput'],
  expects: 'isCollection to be what the item definition says',
  remedy: 'Correct one of the two.',
  deployment: 'silent',
  check(data, _diagram, found) {
    const item = child(data, 'itemSubjectRef');
    if (item && item.get('isCollection') !== data.get('isCollection')) {
      found(`${nameOf(data)} and ${nameOf(item)} differ`);
    }
  },
};

const stateName: Rule = {
  id: 'data-state-name',
  standard: '10.4.1',
  on: ['bpmn:DataObjectReference'],
  expects: 'a reference to a data object to have the name of the object and its state in brackets: Order [paid]',
  remedy: 'Rename it.',
  deployment: 'silent',
  check(reference, _diagram, found) {
    const object = child(reference, 'dataObjectRef');
    const state = child(reference, 'dataState');
    const [own, whole, name] = [text(reference, 'name'), object && text(object, 'name'), state && text(state, 'name')];
    if (own === undefined || whole === undefined) return;
    const wanted = name === undefined ? whole : `${whole} [${name}]`;
    if (own.replace(/\s+/g, ' ') !== wanted.replace(/\s+/g, ' ')) found(`${nameOf(reference)} is named "${own}"`);
  },
};

const stateOfObject: Rule = {
  id: 'data-state',
  standard: '10.4.1',
  on: ['bpmn:DataObject', 'bpmn:DataObjectReference'],
  expects: 'states at references to data objects, and item definitions at the objects',
  remedy: 'Move it.',
  deployment: 'silent',
  check(data, _diagram, found) {
    const wrong = data.$type === 'bpmn:DataObject' ? 'dataState' : 'itemSubjectRef';
    if (child(data, wrong)) found(`${nameOf(data)} has ${wrong}`);
  },
};

const loose: Rule = {
  id: 'data-object-reference',
  standard: '10.4.1',
  on: ['bpmn:DataObjectReference', 'bpmn:DataStoreReference'],
  expects: 'a reference to name the data object or data store that it stands for',
  remedy: 'Choose one.',
  severity: 'warning',
  deployment: 'silent',
  check(reference, _diagram, found) {
    if (!child(reference, 'dataObjectRef') && !child(reference, 'dataStoreRef'))
      found(`${nameOf(reference)} names none`);
  },
};

const LISTS = [
  ['inputSets', 'dataInputs', 'dataInputRefs', ['optionalInputRefs', 'whileExecutingInputRefs']],
  ['outputSets', 'dataOutputs', 'dataOutputRefs', ['optionalOutputRefs', 'whileExecutingOutputRefs']],
] as const;

const inSet: Rule = {
  id: 'data-set',
  standard: '10.4.1',
  on: ['bpmn:InputOutputSpecification', 'bpmn:CatchEvent', 'bpmn:ThrowEvent'],
  expects: 'every data input and output in one of the sets',
  remedy: 'Name it in a set.',
  deployment: 'silent',
  check(node, _diagram, found) {
    for (const [sets, list, references] of LISTS) {
      const own = node.$type === 'bpmn:InputOutputSpecification' ? children(node, sets) : singleSet(node, sets);
      for (const data of children(node, list)) {
        if (!own.some((set) => children(set, references).includes(data)))
          found(`${nameOf(data)} is in none`, owner(node));
      }
    }
  },
};

function singleSet(event: ModdleElement, sets: string): ModdleElement[] {
  const set = child(event, sets === 'inputSets' ? 'inputSet' : 'outputSet');
  return set ? [set] : [];
}

function owner(node: ModdleElement): ModdleElement | undefined {
  return node.$type === 'bpmn:InputOutputSpecification' ? node.$parent : node;
}

const listed: Rule = {
  id: 'data-set-optional',
  standard: '10.4.1',
  on: ['bpmn:InputSet', 'bpmn:OutputSet'],
  expects: 'data that is optional, or used while executing, to be listed among the data of its set',
  remedy: 'List it.',
  deployment: 'silent',
  check(set, _diagram, found) {
    const [, , references, more] = LISTS[set.$type === 'bpmn:InputSet' ? 0 : 1];
    for (const name of more) {
      const missing = children(set, name).filter((data) => !children(set, references).includes(data));
      if (missing.length > 0) found(`${name} names ${ids(missing)}, and ${references} does not`, set.$parent?.$parent);
    }
  },
};

const pairs: Rule = {
  id: 'data-set-pair',
  standard: '10.4.1',
  on: ['bpmn:InputSet', 'bpmn:OutputSet'],
  expects: 'input and output sets that name each other',
  remedy: 'Name the set on both sides.',
  deployment: 'silent',
  check(set, _diagram, found) {
    const [there, back] =
      set.$type === 'bpmn:InputSet' ? ['outputSetRefs', 'inputSetRefs'] : ['inputSetRefs', 'outputSetRefs'];
    for (const other of children(set, there)) {
      if (!children(other, back).includes(set))
        found(`${nameOf(other)} does not name ${nameOf(set)}`, set.$parent?.$parent);
    }
  },
};

const ownSets: Rule = {
  id: 'data-set-own',
  standard: '10.4.1',
  on: ['bpmn:InputSet', 'bpmn:OutputSet'],
  expects: 'sets of data inputs and outputs of their own element',
  remedy: 'Choose others.',
  deployment: 'silent',
  check(set, _diagram, found) {
    const [, , references] = LISTS[set.$type === 'bpmn:InputSet' ? 0 : 1];
    const foreign = children(set, references).filter((data) => data.$parent !== set.$parent);
    if (foreign.length > 0)
      found(`${nameOf(set)} of ${nameOf(set.$parent)} names ${ids(foreign)}`, set.$parent?.$parent);
  },
};

const types: Rule = {
  id: 'data-association-type',
  standard: '10.4.2',
  on: ['bpmn:DataAssociation'],
  expects: 'the same type on both sides of a data association, or a transformation',
  remedy: 'Correct the item definitions, or write a transformation.',
  deployment: 'silent',
  check(association, _diagram, found) {
    const [sources, target] = [children(association, 'sourceRef'), child(association, 'targetRef')];
    if (child(association, 'transformation')) return;
    for (const source of sources) {
      const [from, to] = [itemOf(source), itemOf(target)];
      if (from && to && !sameItem(from, to))
        found(`${nameOf(source)} and ${nameOf(target)} differ`, association.$parent);
    }
  },
};

const single: Rule = {
  id: 'data-association-source',
  standard: '10.4.2',
  on: ['bpmn:DataAssociation'],
  expects: 'one source of a data association without transformation',
  remedy: 'Keep one, or write a transformation.',
  deployment: 'silent',
  check(association, _diagram, found) {
    const sources = children(association, 'sourceRef');
    if (sources.length > 1 && !child(association, 'transformation'))
      found(`it has ${ids(sources)}`, association.$parent);
  },
};

/** Is the data the process's own, rather than an activity's or an event's? */
function ofProcess(data: ModdleElement): boolean {
  return (
    data.$parent?.$instanceOf('bpmn:InputOutputSpecification') === true &&
    data.$parent.$parent?.$type === 'bpmn:Process'
  );
}

const inward: Rule = {
  id: 'data-association-direction',
  standard: '10.4.1, 10.4.2',
  on: ['bpmn:DataAssociation'],
  expects: 'nothing to be written to the inputs of a process, and nothing to be read from its outputs',
  remedy: 'Choose another source or target.',
  deployment: 'silent',
  check(association, _diagram, found) {
    const target = child(association, 'targetRef');
    if (target?.$type === 'bpmn:DataInput' && ofProcess(target))
      found(`${nameOf(target)} is written`, association.$parent);
    for (const source of children(association, 'sourceRef')) {
      if (source.$type === 'bpmn:DataOutput' && ofProcess(source))
        found(`${nameOf(source)} is read`, association.$parent);
    }
  },
};

const subProcess: Rule = {
  id: 'sub-process-data',
  standard: '10.4.1',
  on: ['bpmn:SubProcess'],
  expects: 'no data inputs and outputs at an embedded sub-process, which sees the data around it',
  remedy: 'Move them to the activities inside, or to a called process.',
  deployment: 'silent',
  check(level, _diagram, found) {
    if (child(level, 'ioSpecification')) found(`${nameOf(level)} has some`);
  },
};

const ownTarget: Rule = {
  id: 'data-association-target',
  standard: '10.4.2',
  on: ['bpmn:DataInputAssociation'],
  expects: 'a data input association to lead to an input of its own element',
  remedy: 'Choose one of its inputs.',
  deployment: 'silent',
  check(association, _diagram, found) {
    const [target, node] = [child(association, 'targetRef'), association.$parent];
    if (!target || !node || target.$type === 'bpmn:Property') return;
    for (let at: ModdleElement | undefined = target; at; at = at.$parent) if (at === node) return;
    found(`that of ${nameOf(node)} leads to ${nameOf(target)}`, node);
  },
};

export const dataRules: readonly Rule[] = [
  collection,
  stateName,
  stateOfObject,
  loose,
  inSet,
  listed,
  pairs,
  ownSets,
  types,
  single,
  inward,
  subProcess,
  ownTarget,
];
