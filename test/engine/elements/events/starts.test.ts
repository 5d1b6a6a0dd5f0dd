import { describe, expect, it } from '@jest/globals';
import {
  definitions,
  end,
  flows,
  message,
  node,
  on,
  process,
  signal,
  start,
  timer,
  user,
} from '../../../support/bpmn.ts';
import { starting } from '../../../support/events.ts';
import { play, problemsOf, releaseOf } from '../../../support/play.ts';
import type { Problem } from '../../../../engine/index.ts';

const ROOTS = [message('m', 'reply'), message('n', 'order'), signal('s', 'alarm')];

describe('start events of a process', () => {
  it('say how instances begin', async () => {
    const model = (
      await releaseOf(
        definitions(
          ...ROOTS,
          process(
            'p',
            start('none'),
            node('startEvent', 'mail', '', on('message', 'm')),
            node('startEvent', 'clock', '', timer('Cycle', 'R/PT1H')),
            node('startEvent', 'siren', '', on('signal', 's')),
            user('work'),
            end(),
            flows('none -> work -> end', 'mail -> work', 'clock -> work', 'siren -> work'),
          ),
        ),
      )
    ).processes.get('p');
    expect(model?.starts).toEqual([
      { element: 'none', kind: 'none' },
      { element: 'mail', kind: 'message', message: 'reply' },
      { element: 'clock', kind: 'timer', timer: { kind: 'cycle', text: 'R/PT1H' } },
      { element: 'siren', kind: 'signal', signal: 'alarm' },
    ]);
  });

  it('are refused where the name is an expression, because there are no variables yet', async () => {
    const named = (name: string): Promise<Problem[]> =>
      problemsOf(
        definitions(
          message('m', name),
          signal('s', name),
          process(
            'p',
            node('startEvent', 'mail', '', on('message', 'm')),
            node('startEvent', 'siren', '', on('signal', 's')),
            node('intermediateCatchEvent', 'catch', '', on('message', 'm')),
            end(),
            flows('mail -> catch -> end', 'siren -> end'),
          ),
        ),
      );
    expect((await named('= region')).map(({ rule, element }) => [rule, element])).toEqual([
      ['start-name', 'mail'],
      ['start-name', 'siren'],
    ]);
    expect(await named('region = north')).toEqual([]);
  });

  it('start/signal: begins at the start event that the signal reached', async () => {
    expect((await play(starting(on('signal', 's'), '', ...ROOTS), {}, undefined, 'begin')).tasks()).toEqual([
      'handled',
    ]);
  });
});

describe('a receive task that begins the process', () => {
  const xml = definitions(
    ...ROOTS,
    process(
      'p',
      node('receiveTask', 'first', 'messageRef="m" instantiate="true"'),
      user('work'),
      end(),
      flows('first -> work -> end'),
    ),
  );

  it('activity/receive-task/instantiating: is one of its starts, and has received its message when the instance begins', async () => {
    expect((await releaseOf(xml)).processes.get('p')?.starts).toEqual([
      { element: 'first', kind: 'message', message: 'reply' },
    ]);
    const game = await play(xml, { a: 1 }, undefined, 'first');
    expect(game.tasks()).toEqual(['work']);
    expect(game.instance.messages).toEqual([]);
  });

  it('has no flow into it', async () => {
    const looped = xml.replace('</bpmn:process>', `${flows('work -> first')}</bpmn:process>`);
    expect(await problemsOf(looped)).toMatchObject([{ rule: 'receive-start', element: 'first' }]);
  });
});

describe('an event-based gateway that begins the process', () => {
  const gateway = (type: string): string =>
    definitions(
      ...ROOTS,
      process(
        'p',
        node('eventBasedGateway', 'race', `instantiate="true" eventGatewayType="${type}"`),
        node('intermediateCatchEvent', 'a', '', on('message', 'm')),
        node('receiveTask', 'b', 'messageRef="n"'),
        node('intermediateCatchEvent', 'c', '', on('signal', 's')),
        user('x'),
        user('y'),
        user('z'),
        end(),
        flows('race -> a -> x -> end', 'race -> b -> y -> end', 'race -> c -> z -> end'),
      ),
    );

  it('gateway/event-based/instantiating-exclusive: starts at the first of its events, and waits for no other', async () => {
    const xml = gateway('Exclusive');
    expect((await releaseOf(xml)).processes.get('p')?.starts).toEqual([
      { element: 'a', kind: 'message', message: 'reply', gateway: 'race' },
      { element: 'b', kind: 'message', message: 'order', gateway: 'race' },
      { element: 'c', kind: 'signal', signal: 'alarm', gateway: 'race' },
    ]);
    const game = await play(xml, {}, undefined, 'b');
    expect(game.tasks()).toEqual(['y']);
    expect(game.instance).toMatchObject({ messages: [], signals: [] });
  });

  it('gateway/event-based/instantiating-parallel: of the parallel kind lets each event go on when it comes, and the instance does not end before all have come', async () => {
    const game = await play(gateway('Parallel'), {}, undefined, 'a');
    expect(game.tasks()).toEqual(['x']);
    game.complete('x');
    game.message('order');
    expect(game.tasks()).toEqual(['y']);
    game.complete('y');
    expect(game.instance.status).toBe('active');
    game.signal('alarm');
    expect(game.at()).toEqual(['z']);
    game.complete('z');
    expect(game.instance.status).toBe('completed');
  });

  it('is refused as parallel in the middle of a process', async () => {
    const xml = gateway('Parallel')
      .replace('instantiate="true"', '')
      .replace('</bpmn:process>', `${start()}${flows('start -> race')}</bpmn:process>`);
    expect(await problemsOf(xml)).toMatchObject([{ rule: 'event-gateway-parallel', element: 'race' }]);
  });
});
