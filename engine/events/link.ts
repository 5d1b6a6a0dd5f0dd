/** Link event definition (BPMN 2.0, 10.5.5): joined to its other end when the process is compiled (see bpmn/links.ts). */
import { text } from '../bpmn/read.ts';
import type { EventDefinition } from './definition.ts';

interface LinkData {
  readonly name: string;
}

export const link: EventDefinition<LinkData> = {
  type: 'bpmn:LinkEventDefinition',
  places: ['catch', 'throw'],
  alone: true,
  compile(node, event, c) {
    const name = text(node, 'name');
    if (name === undefined) {
      c.problem(event, 'link', `Expected link event "${event.id ?? ''}" to have a name. Give both ends the same.`);
    }
    return { name: name ?? '' };
  },
  link: ({ name }) => name,
};
