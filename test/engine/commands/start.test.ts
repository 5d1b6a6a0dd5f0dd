import { describe, expect, it } from '@jest/globals';
import { definitions, end, flows, message, node, on, process, start, user } from '../../support/bpmn.ts';
import { play } from '../../support/play.ts';

describe('starting an instance at other elements than its start event', () => {
  const inner = [start('in'), user('pick'), user('wrap'), end('out'), flows('in -> pick -> wrap -> out')];
  const file = definitions(
    process(
      'p',
      start(),
      user('order'),
      node('subProcess', 'pack', '', ...inner),
      user('send'),
      end(),
      flows('start -> order -> pack -> send -> end'),
      node(
        'subProcess',
        'stop',
        'triggeredByEvent="true"',
        start('stopped', on('message', 'm')),
        end('over'),
        flows('stopped -> over'),
      ),
    ),
    message('m', 'stop'),
  );

  it('opens what lies around them, arms the event sub-processes, and goes on from there', async () => {
    const game = await play(file, { n: 1 }, undefined, ['wrap', 'send']);
    expect(game.tasks()).toEqual(['send', 'wrap']);
    expect(game.at()).toEqual(['pack', 'send', 'wrap']);
    expect(game.variables()).toEqual({ n: 1 });
    expect(game.instance.messages.map(({ name }) => name)).toEqual(['stop']);
    game.complete('wrap');
    expect(game.tasks()).toEqual(['send', 'send']);
    game.complete('send');
    game.complete('send');
    expect(game.instance.status).toBe('completed');
  });

  it('refuses what nobody can activate by hand', async () => {
    await expect(play(file, {}, undefined, ['nowhere'])).rejects.toThrow(
      'Expected an element of process "p", but found "nowhere".',
    );
    await expect(play(file, {}, undefined, ['stopped'])).rejects.toThrow('that can be activated by hand');
  });
});
