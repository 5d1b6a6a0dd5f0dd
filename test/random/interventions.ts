/** What people do to an instance from outside of its diagram: they move tokens, and let it go over to another release. */
import type { Element, Instance, Release } from '../../engine/index.ts';
import type { Asked } from './schedule.ts';

/** A model, and the same under other names: an instance that goes over from one to the other is the same as before. */
export interface Twins {
  readonly releases: readonly [Release, Release];
  /** From the names of each to those of the other. */
  readonly names: readonly [Record<string, string>, Record<string, string>];
}

/** The file with other names for all elements and flows of process `p`. */
export function renamed(xml: string, { processes }: Release): string {
  const elements = processes.get('p')?.elements ?? [];
  const ids = new Set(elements.flatMap(({ id, outgoing }) => [id, ...outgoing.map((flow) => flow.id)]));
  const [before = '', inside = '', after = ''] = parts(xml);
  return before + inside.replace(/"([^"]*)"/g, (text, id: string) => (ids.has(id) ? `"${id}_r"` : text)) + after;
}

function parts(xml: string): string[] {
  const begin = xml.indexOf('<bpmn:process id="p"');
  const end = xml.indexOf('</bpmn:process>', begin);
  return [xml.slice(0, begin), xml.slice(begin, end), xml.slice(end)];
}

export function twins(one: Release, other: Release): Twins {
  const ids = (one.processes.get('p')?.elements ?? []).map(({ id }) => id);
  return {
    releases: [one, other],
    names: [Object.fromEntries(ids.map((id) => [id, `${id}_r`])), Object.fromEntries(ids.map((id) => [`${id}_r`, id]))],
  };
}

/** To the other of the two. */
export function goOver({ releases, names }: Twins, { release }: Instance): Asked {
  const here = releases[0].id === release ? 0 : 1;
  return { type: 'Migrate', release: releases[1 - here]?.id ?? '', process: 'p', elements: names[here] };
}

/** Moves tokens at random; much of it is refused. */
export function meddle(release: Release, instance: Instance, pick: number): Asked {
  const { tokens, scopes } = instance;
  const token = tokens[pick % Math.max(1, tokens.length)];
  const number = Math.floor(pick / 7);
  const elements = [...(release.processes.get('p')?.elements ?? [])];
  const element = elements[number % elements.length]?.id ?? '';
  const scope = scopes[number % scopes.length]?.id ?? 0;
  const terminate = token ? [token.id] : [];
  const variables = [{ variables: { dice: number % 10 } }, { scope: element, variables: { own: number } }];
  switch (pick % 6) {
    case 0:
      return { type: 'Modify', terminate };
    case 1:
      return { type: 'Modify', activate: [{ element, variables }] };
    case 2:
      return {
        type: 'Modify',
        activate: [{ element: insideOf(release, instance, scope, number)?.id ?? element, scope }],
      };
    case 3:
      return { type: 'Modify', activate: [{ element }, { element: elements[0]?.id ?? '' }], terminate };
    case 4: {
      const to = insideOf(release, instance, token?.scope ?? 0, number)?.id ?? element;
      return { type: 'Modify', move: [{ from: token?.element ?? '', to }] };
    }
    default:
      return { type: 'SetVariables', scope: token?.id ?? 0, local: true, variables: { own: number } };
  }
}

/** Some element of the process of a scope. */
function insideOf(release: Release, { scopes }: Instance, scope: number, pick: number): Element | undefined {
  const process = scopes.find(({ id }) => id === scope)?.process ?? '';
  const elements = release.processes.get(process)?.elements ?? [];
  return elements[pick % Math.max(1, elements.length)];
}
