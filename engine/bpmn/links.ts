/**
 * Link events (BPMN 2.0, 10.5.5): a pair stands for a flow from the one that throws to the one that catches, so it becomes
 * one, with the id `THROW->CATCH`. Everything that follows flows sees it.
 */
import type { LinkEnd } from '../events/definition.ts';
import type { Element } from '../model.ts';

/** Joins the link events of one level: by their references where they have some, else by their names. */
export function connectLinks(elements: readonly Element[], report: (element: string, message: string) => void): void {
  const ends = elements.flatMap((element) => {
    const link = element.behaviour.link?.(element);
    return link ? [{ element, ...link }] : [];
  });
  if (ends.length === 0) return;
  for (const { element, end } of ends) {
    const own = end === 'source' ? element.outgoing : element.incoming;
    if (own[0]) report(element.id, `Expected no flow at the far side of link "${element.id}", but found ${own[0].id}.`);
  }
  for (const source of ends) {
    if (source.end === 'target') {
      if (!ends.some((other) => other.end === 'source' && (refer(other, source) || other.name === source.name))) {
        report(source.element.id, `Expected a link that throws "${source.name}" at the same level. Draw it.`);
      }
      continue;
    }
    const all = ends.filter(({ end }) => end === 'target');
    const referred = all.filter((target) => refer(source, target));
    const targets = referred.length > 0 ? referred : all.filter(({ name }) => name === source.name);
    const [target] = targets;
    if (target && targets.length === 1) join(source.element, target.element);
    else {
      report(
        source.element.id,
        `Expected exactly one link that catches "${source.name}" at the same level, but found ` +
          `${targets.map(({ element }) => element.id).join(', ') || 'none'}. Give the pair one name.`,
      );
    }
  }
}

/** Whether one of the two names the other. */
function refer(one: LinkEnd, other: LinkEnd): boolean {
  return one.others.includes(other.id) || other.others.includes(one.id);
}

function join(source: Element, target: Element): void {
  const flow = { id: `${source.id}->${target.id}`, name: '', source: source.id, target: target.id };
  source.outgoing.push(flow);
  target.incoming.push(flow);
}
