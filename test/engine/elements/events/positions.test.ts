import { describe, expect, it } from '@jest/globals';
import {
  definitions,
  end,
  error,
  escalation,
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
import { boundary, catching, eventSubProcess, starting, thrown } from '../../../support/events.ts';
import { play, type Play } from '../../../support/play.ts';

const ROOTS = [message('m', 'reply'), signal('s', 'alarm'), error('e', 'E1'), escalation('u', 'up')];

/** What is sent from outside, by event definition. */
const SENT = {
  message: { definition: on('message', 'm'), send: (game: Play) => game.message('reply', { level: 3 }) },
  signal: { definition: on('signal', 's'), send: (game: Play) => game.signal('alarm', { level: 3 }) },
};

/** A sub-process or process that throws beside task `work`, caught by an event sub-process of the process. */
function throwingBeside(caught: string, throws: string, interrupting: boolean): string {
  return eventSubProcess(caught, interrupting, '', ...ROOTS).replace(
    flows('start -> work -> end'),
    node('parallelGateway', 'fork') +
      node('subProcess', 'sub', '', start('s1'), node('endEvent', 'throw', '', throws), flows('s1 -> throw')) +
      flows('start -> fork -> work -> end', 'fork -> sub -> end'),
  );
}

describe('start', () => {
  it('start/none: begins by itself', async () => {
    expect((await play(starting('', ''))).tasks()).toEqual(['handled']);
  });

  it('start/message: begins with what the message brought', async () => {
    const game = await play(starting(on('message', 'm'), '', ...ROOTS), { level: 3 }, undefined, 'begin');
    expect(game.tasks()).toEqual(['handled']);
    expect(game.variables()).toEqual({ level: 3 });
  });

  it('start/timer: begins when it is due', async () => {
    expect((await play(starting(timer('Cycle', 'R/PT1H'), ''), {}, undefined, 'begin')).tasks()).toEqual(['handled']);
  });

  it('start/signal: begins when the signal was told', async () => {
    const game = await play(starting(on('signal', 's'), '', ...ROOTS), { level: 3 }, undefined, 'begin');
    expect(game.tasks()).toEqual(['handled']);
  });

  it('start/none: does not begin where only triggers begin the process', async () => {
    await expect(play(starting(on('signal', 's'), '', ...ROOTS))).rejects.toThrow(/without trigger/);
  });
});

describe('what is sent from outside', () => {
  type Sent = keyof typeof SENT;

  const letsGoOn = async (name: Sent): Promise<void> => {
    const { definition, send } = SENT[name];
    const game = await play(catching(definition, '', ...ROOTS));
    expect(game.tasks()).toEqual([]);
    send(game);
    expect(game.tasks()).toEqual(['handled']);
    expect(game.variables()).toEqual({ level: 3 });
  };
  const endsActivity = async (name: Sent): Promise<void> => {
    const { definition, send } = SENT[name];
    const game = await play(boundary(definition, true, '', ...ROOTS));
    send(game);
    expect(game.tasks()).toEqual(['handled']);
    expect(game.instance).toMatchObject({ messages: [], signals: [] });
  };
  const startsBranch = async (name: Sent): Promise<void> => {
    const { definition, send } = SENT[name];
    const game = await play(boundary(definition, false, '', ...ROOTS));
    send(game);
    send(game);
    expect(game.tasks()).toEqual(['handled', 'handled', 'work']);
  };
  const endsOthers = async (name: Sent): Promise<void> => {
    const { definition, send } = SENT[name];
    const game = await play(eventSubProcess(definition, true, '', ...ROOTS));
    send(game);
    expect(game.tasks()).toEqual(['handled']);
  };
  const beginsBeside = async (name: Sent): Promise<void> => {
    const { definition, send } = SENT[name];
    const game = await play(eventSubProcess(definition, false, '', ...ROOTS));
    send(game);
    send(game);
    expect(game.tasks()).toEqual(['handled', 'handled', 'work']);
  };

  it('catch/message: lets the token go on, with what it brought', () => letsGoOn('message'));
  it('boundary/message/interrupting: ends the activity', () => endsActivity('message'));
  it('boundary/message/non-interrupting: starts its branch each time', () => startsBranch('message'));
  it('event-sub-process/message/interrupting: ends what goes on beside it', () => endsOthers('message'));
  it('event-sub-process/message/non-interrupting: begins each time beside what goes on', () => beginsBeside('message'));

  it('catch/signal: lets the token go on, with what it brought', () => letsGoOn('signal'));
  it('boundary/signal/interrupting: ends the activity', () => endsActivity('signal'));
  it('boundary/signal/non-interrupting: starts its branch each time', () => startsBranch('signal'));
  it('event-sub-process/signal/interrupting: ends what goes on beside it', () => endsOthers('signal'));
  it('event-sub-process/signal/non-interrupting: begins each time beside what goes on', () => beginsBeside('signal'));
});

describe('what is thrown', () => {
  it('boundary/error/interrupting: ends the sub-process that threw', async () => {
    const game = await play(thrown('end', on('error', 'e'), on('error', 'e'), true, ...ROOTS));
    expect(game.tasks()).toEqual(['handled']);
  });

  it('boundary/escalation/interrupting: ends the sub-process that threw', async () => {
    const game = await play(thrown('throw', on('escalation', 'u'), on('escalation', 'u'), true, ...ROOTS));
    expect(game.tasks()).toEqual(['handled']);
  });

  it('boundary/escalation/non-interrupting: lets the sub-process that threw go on', async () => {
    const game = await play(thrown('throw', on('escalation', 'u'), on('escalation', 'u'), false, ...ROOTS));
    expect(game.tasks()).toEqual(['after', 'beside', 'handled']);
  });

  it('event-sub-process/error/interrupting: ends what goes on beside it', async () => {
    const game = await play(throwingBeside(on('error', 'e'), on('error', 'e'), true));
    expect(game.tasks()).toEqual(['handled']);
  });

  it('event-sub-process/escalation/interrupting: ends what goes on beside it', async () => {
    const game = await play(throwingBeside(on('escalation', 'u'), on('escalation', 'u'), true));
    expect(game.tasks()).toEqual(['handled']);
  });

  it('event-sub-process/escalation/non-interrupting: begins beside what goes on', async () => {
    const game = await play(throwingBeside(on('escalation', 'u'), on('escalation', 'u'), false));
    expect(game.tasks()).toEqual(['handled', 'work']);
  });

  it('throw/none: goes on', async () => {
    expect((await play(thrown('throw', '', '', false))).tasks()).toEqual(['after', 'beside']);
  });

  it('throw/message: sends it and goes on', async () => {
    const game = await play(thrown('throw', on('message', 'm'), '', false, ...ROOTS));
    expect(game.events('MessageSent')).toMatchObject([{ name: 'reply' }]);
    expect(game.tasks()).toEqual(['after', 'beside']);
  });

  it('throw/escalation: goes on when nothing catches it', async () => {
    const game = await play(thrown('throw', on('escalation', 'u'), '', false, ...ROOTS));
    expect(game.events('EscalationThrown')).toHaveLength(1);
    expect(game.tasks()).toEqual(['after', 'beside']);
  });

  it('throw/signal: reaches what waits in the same instance, and goes on', async () => {
    const game = await play(thrown('throw', on('signal', 's'), on('signal', 's'), false, ...ROOTS));
    expect(game.tasks()).toEqual(['after', 'beside', 'handled']);
  });

  const throwsOnce = async (
    definition: string,
    type: 'MessageSent' | 'EscalationThrown' | 'SignalSent',
  ): Promise<void> => {
    const game = await play(thrown('end', definition, '', false, ...ROOTS));
    expect(game.events(type)).toHaveLength(1);
    expect(game.tasks()).toEqual(['beside']);
    game.complete('beside');
    expect(game.instance.status).toBe('completed');
  };

  it('end/message: sends it once, then its branch is over', () => throwsOnce(on('message', 'm'), 'MessageSent'));
  it('end/escalation: throws once, then its branch is over', () =>
    throwsOnce(on('escalation', 'u'), 'EscalationThrown'));
  it('end/signal: is sent once, then its branch is over', () => throwsOnce(on('signal', 's'), 'SignalSent'));

  it('end/signal: is caught at the edge of its own sub-process, which it ends', async () => {
    const game = await play(thrown('end', on('signal', 's'), on('signal', 's'), true, ...ROOTS));
    expect(game.tasks()).toEqual(['handled']);
  });

  it('end/error: fails the instance when nothing catches it', async () => {
    const game = await play(thrown('end', on('error', 'e'), '', false, ...ROOTS));
    expect(game.instance.status).toBe('failed');
  });

  it('end/none: ends its own branch only', async () => {
    const game = await play(thrown('end', '', '', false));
    expect(game.tasks()).toEqual(['beside']);
  });

  it('end/terminate: ends everything in its scope', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          node('parallelGateway', 'fork'),
          user('beside'),
          node('endEvent', 'stop', '', '<bpmn:terminateEventDefinition/>'),
          end(),
          flows('start -> fork -> beside -> end', 'fork -> stop'),
        ),
      ),
    );
    expect(game.instance.status).toBe('completed');
    expect(game.events('TaskCancelled')).toHaveLength(1);
  });
});
