import { describe, expect, it } from '@jest/globals';
import { differenceOf, type Difference } from '../../../engine/index.ts';
import { definitions, end, flows, node, process, service, start, user } from '../../support/bpmn.ts';
import { releaseOf } from '../../support/play.ts';

const named = (id: string, name: string): string => node('userTask', id, `name="${name}"`);

async function compare(here: string[], there: string[]): Promise<Difference> {
  const [one, other] = await Promise.all(
    [here, there].map(async (inner) => (await releaseOf(definitions(process('p', ...inner)))).processes.get('p')),
  );
  if (!one || !other) throw new Error('No process.');
  return differenceOf(one, other);
}

describe('the difference of two versions', () => {
  it('tells what is the same, another, gone and new', async () => {
    const found = await compare(
      [start(), user('a'), user('b'), user('c'), end(), flows('start -> a -> b -> c -> end')],
      [
        start(),
        user('a'),
        service('b'),
        node('receiveTask', 'd', 'messageRef="m"'),
        end(),
        flows('start -> a -> b -> d -> end'),
      ].map((one) => one.replace(/<bpmn:receiveTask.*$/, '<bpmn:manualTask id="d"/>')),
    );
    expect(found).toEqual({
      same: ['start', 'a', 'end'],
      renamed: [],
      changed: [{ element: 'b', reason: '"b" is a bpmn:ServiceTask there, not a bpmn:UserTask' }],
      gone: ['c'],
      added: ['d'],
    });
  });

  it('finds what has another id by its name, and by what is beside it', async () => {
    const found = await compare(
      [
        start(),
        named('a1', 'Call back'),
        named('b1', 'Same'),
        named('c1', 'Same'),
        end(),
        flows('start -> a1 -> b1 -> c1 -> end'),
      ],
      [
        start(),
        named('a2', 'Call back'),
        named('b2', 'Same'),
        named('c2', 'Same'),
        end(),
        flows('start -> a2 -> b2 -> c2 -> end'),
      ],
    );
    expect(found.renamed).toEqual([
      { from: 'a1', to: 'a2' },
      { from: 'b1', to: 'b2' },
      { from: 'c1', to: 'c2' },
    ]);
    expect([found.gone, found.added]).toEqual([[], []]);
  });

  it('looks inside what is renamed, and at what sits on it', async () => {
    const sub = (id: string, inner: string): string =>
      node('subProcess', id, '', start(`${inner}_start`), named(inner, 'Do it'), flows(`${inner}_start -> ${inner}`)) +
      node('boundaryEvent', `on_${id}`, `attachedToRef="${id}"`, '<bpmn:escalationEventDefinition/>');
    const found = await compare(
      [start(), sub('s', 'x'), end(), flows('start -> s -> end', 'on_s -> end')],
      [start(), sub('t', 'y'), end(), flows('start -> t -> end', 'on_t -> end')],
    );
    expect(found.renamed).toEqual(
      expect.arrayContaining([
        { from: 's', to: 't' },
        { from: 'x', to: 'y' },
        { from: 'on_s', to: 'on_t' },
        { from: 'x_start', to: 'y_start' },
      ]),
    );
  });

  it('guesses nothing where several could be meant', async () => {
    const found = await compare(
      [start(), named('a', 'Same'), named('b', 'Same'), flows('start -> a', 'start -> b')],
      [start(), named('c', 'Same'), named('d', 'Same'), flows('start -> c', 'start -> d')],
    );
    expect(found.renamed).toEqual([]);
  });
});
