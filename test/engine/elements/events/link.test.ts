import { describe, expect, it } from '@jest/globals';
import { definitions, end, flows, node, process, service, start, user } from '../../../support/bpmn.ts';
import { play, problemsOf } from '../../../support/play.ts';

const link = (name: string): string => `<bpmn:linkEventDefinition name="${name}"/>`;
const throwing = (id: string, name: string): string => node('intermediateThrowEvent', id, '', link(name));
const catching = (id: string, name: string): string => node('intermediateCatchEvent', id, '', link(name));

describe('link', () => {
  it('throw/link: goes on where the link of its name is caught', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          throwing('out', 'A'),
          catching('in', 'A'),
          user('work'),
          end(),
          flows('start -> out', 'in -> work -> end'),
        ),
      ),
    );
    expect(game.tasks()).toEqual(['work']);
    expect(game.events('FlowTaken').map(({ flow }) => flow)).toEqual(['start_out', 'out->in', 'in_work']);
  });

  it('catch/link: is reached from several links of its name', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          node('parallelGateway', 'fork'),
          throwing('a', 'A'),
          throwing('b', 'A'),
          catching('in', 'A'),
          user('work'),
          end(),
          flows('start -> fork -> a', 'fork -> b', 'in -> work -> end'),
        ),
      ),
    );
    expect(game.tasks()).toEqual(['work', 'work']);
  });

  it('throw/link: goes where it refers to, whatever the names say', async () => {
    const to = (id: string, target: string): string =>
      `<bpmn:linkEventDefinition id="${id}" name="A"><bpmn:target>${target}</bpmn:target></bpmn:linkEventDefinition>`;
    const from = (id: string, source: string): string =>
      `<bpmn:linkEventDefinition id="${id}" name="A"><bpmn:source>${source}</bpmn:source></bpmn:linkEventDefinition>`;
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          node('intermediateThrowEvent', 'out', '', to('out_link', 'far_link')),
          node('intermediateCatchEvent', 'near', '', from('near_link', 'back_link')),
          node('intermediateCatchEvent', 'far', '', from('far_link', 'out_link')),
          node('intermediateThrowEvent', 'back', '', to('back_link', 'near_link')),
          user('wrong'),
          user('work'),
          end(),
          flows('start -> out', 'near -> wrong -> end', 'far -> work -> back'),
        ),
      ),
    );
    expect(game.tasks()).toEqual(['work']);
    game.complete('work');
    expect(game.tasks()).toEqual(['wrong']);
  });

  it('throw/link: goes by its name beside one that refers to the same end', async () => {
    const link = (id: string, ...inner: string[]): string =>
      `<bpmn:linkEventDefinition id="${id}" name="A">${inner.join('')}</bpmn:linkEventDefinition>`;
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          node('intermediateThrowEvent', 'one', '', link('one_link', '<bpmn:target>in_link</bpmn:target>')),
          node('intermediateThrowEvent', 'other', '', link('other_link')),
          node('intermediateCatchEvent', 'in', '', link('in_link')),
          user('work'),
          end(),
          flows('start -> one', 'start -> other', 'in -> work -> end'),
        ),
      ),
    );
    expect(game.tasks()).toEqual(['work', 'work']);
  });

  it('catch/link: is seen by an inclusive join, which waits for what can still come by the link', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          node('parallelGateway', 'fork'),
          service('slow'),
          throwing('out', 'A'),
          catching('in', 'A'),
          service('fast'),
          node('inclusiveGateway', 'join'),
          user('work'),
          end(),
          flows('start -> fork -> fast -> join -> work -> end', 'fork -> slow -> out', 'in -> join'),
        ),
      ),
    );
    game.completeJob('fast');
    expect(game.tasks()).toEqual([]);
    game.completeJob('slow');
    expect(game.tasks()).toEqual(['work']);
  });

  it('throw/link: is refused without its other end, with two of them, and where a flow leads on', async () => {
    const xml = (...ends: string[]): string =>
      definitions(process('p', start(), throwing('out', 'A'), user('work'), end(), ...ends, flows('start -> out')));
    expect(await problemsOf(xml(catching('in', 'B'), flows('in -> work -> end')))).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ rule: 'link-target', element: 'out' }),
        expect.objectContaining({ rule: 'link', element: 'in' }),
      ]),
    );
    const two = xml(catching('in', 'A'), catching('in2', 'A'), flows('in -> work -> end', 'in2 -> end'));
    expect(await problemsOf(two)).toEqual(expect.arrayContaining([expect.objectContaining({ element: 'out' })]));
    expect(await problemsOf(xml(catching('in', 'A'), flows('in -> work -> end', 'out -> end')))).toMatchObject([
      { rule: 'link-flows', element: 'out' },
    ]);
  });
});
