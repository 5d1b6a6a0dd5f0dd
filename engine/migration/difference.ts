import type { Element, ProcessModel } from '../model.ts';
import { counterpart, type Pair } from './counterpart.ts';

/** What differs between two versions of a process, for instances that go over from one to the other. BPMN ids. */
export interface Difference {
  /** In both, of the same kind and in the same place. */
  readonly same: string[];
  /** What has another id there, as far as that can be told: to be looked at by somebody who knows. */
  readonly renamed: { from: string; to: string }[];
  /** In both, but of another kind or in another place; `reason` is the end of a sentence. */
  readonly changed: { element: string; reason: string }[];
  readonly gone: string[];
  readonly added: string[];
}

/**
 * Compares two versions. An element that is gone is taken for one that is new when both are of the same type, in the same
 * place, and alone in having the same name, or else the same elements beside them.
 */
export function differenceOf(here: ProcessModel, there: ProcessModel): Difference {
  const names = new Map<string, string>();
  const pair: Pair = { here, there, idOf: (id) => names.get(id) ?? id };
  while (marks.some((mark) => findRenamed(pair, names, mark)));
  const [same, changed]: [string[], Difference['changed']] = [[], []];
  for (const element of here.elements) {
    if (names.has(element.id) || !there.byId.has(element.id)) continue;
    const after = counterpart(pair, element);
    if (typeof after === 'string') changed.push({ element: element.id, reason: after });
    else same.push(element.id);
  }
  return {
    same,
    renamed: [...names].map(([from, to]) => ({ from, to })),
    changed,
    gone: goneFrom(here, there, names).map(({ id }) => id),
    added: addedTo(here, there, names).map(({ id }) => id),
  };
}

function goneFrom(here: ProcessModel, there: ProcessModel, names: ReadonlyMap<string, string>): Element[] {
  return here.elements.filter(({ id }) => !names.has(id) && !there.byId.has(id));
}

function addedTo(here: ProcessModel, there: ProcessModel, names: ReadonlyMap<string, string>): Element[] {
  const taken = new Set(names.values());
  return there.elements.filter(({ id }) => !taken.has(id) && !here.byId.has(id));
}

/** Tells elements apart: what is alike in both versions is the same; '' tells nothing. */
type Mark = (element: Element, idOf: Pair['idOf']) => string;

const sourcesOf: Mark = ({ incoming, attachedTo }, idOf) => {
  const before = incoming.map(({ source }) => idOf(source));
  if (attachedTo !== null) before.push(idOf(attachedTo));
  return before.length === 0 ? '' : JSON.stringify(before.sort());
};

const targetsOf: Mark = ({ outgoing }, idOf) =>
  outgoing.length === 0 ? '' : JSON.stringify(outgoing.map(({ target }) => idOf(target)).sort());

const neighboursOf: Mark = (element, idOf) => {
  const [before, after] = [sourcesOf(element, idOf), targetsOf(element, idOf)];
  return before === '' && after === '' ? '' : `${before} ${after}`;
};

/** From what tells most to what tells least. */
const marks: readonly Mark[] = [({ name }) => name, neighboursOf, sourcesOf, targetsOf];

/** Finds one more; what is around and beside it can then be told too. */
function findRenamed({ here, there, idOf }: Pair, names: Map<string, string>, mark: Mark): boolean {
  const marked = (element: Element, model: ProcessModel, toId: Pair['idOf']): string => {
    const own = mark(element, toId);
    const parent = element.parent === model.id ? '' : toId(element.parent);
    return own === '' ? '' : JSON.stringify([element.type, parent, own]);
  };
  const gone = goneFrom(here, there, names).map((element) => ({ element, text: marked(element, here, idOf) }));
  const added = addedTo(here, there, names).map((element) => ({ element, text: marked(element, there, (id) => id) }));
  for (const { element, text } of gone) {
    if (text === '' || gone.filter((other) => other.text === text).length > 1) continue;
    const [one, ...others] = added.filter((other) => other.text === text);
    if (!one || others.length > 0) continue;
    names.set(element.id, one.element.id);
    return true;
  }
  return false;
}
