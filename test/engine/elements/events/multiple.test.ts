import { describe, expect, it } from '@jest/globals';
import {
  definitions,
  end,
  error,
  escalation,
  extensions,
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
import { boundary, catching, condition, eventSubProcess, starting, thrown } from '../../../support/events.ts';
import { MONDAY, play, problemsOf, releaseOf } from '../../../support/play.ts';

const HOUR = 3_600_000;
const ROOTS = [message('m', 'reply'), signal('s', 'alarm'), error('e', 'E1'), escalation('u', 'up')];
const BOTH = on('message', 'm') + on('signal', 's');
const PARALLEL = 'parallelMultiple="true"';

describe('catch', () => {
  it('catch/multiple: the first of its events lets it go on, and the others are given up', async () => {
    const game = await play(catching(BOTH + timer('Duration', 'PT1H'), '', ...ROOTS));
    game.signal('alarm', { level: 2 });
    expect(game.tasks()).toEqual(['handled']);
    expect(game.instance).toMatchObject({ messages: [], signals: [], timers: [] });
    expect(game.variables()).toEqual({ level: 2 });
  });

  it('catch/parallel-multiple: goes on when all of its events have come, with what each of them brought', async () => {
    const game = await play(catching(BOTH + timer('Duration', 'PT1H'), PARALLEL, ...ROOTS));
    game.signal('alarm', { level: 2 });
    game.signal('alarm', { level: 3 });
    expect(game.at()).toEqual(['wait']);
    expect(game.instance.signals).toEqual([]);
    game.advance('PT1H');
    expect(game.at()).toEqual(['wait']);
    game.message('reply', { answer: 'yes' });
    expect(game.tasks()).toEqual(['handled']);
    expect(game.variables()).toEqual({ level: 2, answer: 'yes' });
  });

  it('catch/parallel-multiple: holds its conditions once they were met', async () => {
    const game = await play(catching(condition('n = 1') + on('signal', 's') + condition('k = 1'), PARALLEL, ...ROOTS), {
      n: 1,
    });
    expect(game.instance.conditions).toMatchObject([{ definition: 2 }]);
    game.do({ type: 'SetVariables', variables: { n: 0, k: 1 } });
    game.signal('alarm');
    expect(game.tasks()).toEqual(['handled']);
  });

  it('catch/parallel-multiple: cannot wait for a cycle, or for what is thrown', async () => {
    const cycle = catching(on('signal', 's') + timer('Cycle', 'R/PT1H'), PARALLEL, ...ROOTS);
    expect(await problemsOf(cycle)).toMatchObject([{ rule: 'parallel-multiple', element: 'wait' }]);
    const thrownError = boundary(on('signal', 's') + on('error', 'e'), true, PARALLEL, ...ROOTS);
    expect(await problemsOf(thrownError)).toMatchObject([{ rule: 'parallel-multiple', element: 'edge' }]);
  });
});

describe('boundary', () => {
  it('boundary/multiple/interrupting: any of its events ends the activity', async () => {
    const game = await play(boundary(BOTH, true, '', ...ROOTS));
    game.message('reply');
    expect(game.tasks()).toEqual(['handled']);
    expect(game.instance.signals).toEqual([]);
  });

  it('boundary/multiple/interrupting: catches an error by its closest definition', async () => {
    const game = await play(thrown('end', on('error', 'e'), on('signal', 's') + on('error', 'e'), true, ...ROOTS));
    expect(game.tasks()).toEqual(['handled']);
    expect(game.events('ErrorThrown')).toMatchObject([{ caughtBy: 'edge' }]);
  });

  it('boundary/multiple/non-interrupting: each of its events starts the branch', async () => {
    const game = await play(boundary(BOTH, false, '', ...ROOTS));
    game.message('reply');
    game.signal('alarm');
    game.signal('alarm');
    expect(game.tasks()).toEqual(['handled', 'handled', 'handled', 'work']);
  });

  it('boundary/parallel-multiple/interrupting: ends the activity when all of its events have come', async () => {
    const game = await play(boundary(BOTH, true, PARALLEL, ...ROOTS));
    game.message('reply');
    expect(game.tasks()).toEqual(['work']);
    game.signal('alarm');
    expect(game.tasks()).toEqual(['handled']);
  });

  it('boundary/parallel-multiple/non-interrupting: waits for all of them again once they have come', async () => {
    const game = await play(boundary(BOTH + condition('n = 1'), false, PARALLEL, ...ROOTS), { n: 1 });
    for (const round of [1, 2]) {
      game.message('reply');
      if (round === 2) game.do({ type: 'SetVariables', variables: { n: 1 } });
      expect(game.tasks()).toHaveLength(round);
      game.signal('alarm');
      expect(game.tasks()).toHaveLength(round + 1);
    }
    expect(game.events('ElementTerminated')).toEqual([]);
  });

  it('boundary/parallel-multiple/non-interrupting: comes once when one of its events is a moment in time', async () => {
    const game = await play(boundary(on('signal', 's') + timer('Duration', 'PT1H'), false, PARALLEL, ...ROOTS));
    game.signal('alarm');
    game.advance('PT1H');
    expect(game.tasks()).toEqual(['handled', 'work']);
    expect(game.instance).toMatchObject({ signals: [], timers: [] });
  });
});

describe('event sub-process', () => {
  it('event-sub-process/multiple/interrupting: any of its events begins it', async () => {
    const game = await play(eventSubProcess(BOTH, true, '', ...ROOTS));
    game.signal('alarm');
    expect(game.tasks()).toEqual(['handled']);
    expect(game.instance.messages).toEqual([]);
  });

  it('event-sub-process/multiple/non-interrupting: each of its events begins it once more', async () => {
    const game = await play(eventSubProcess(BOTH, false, '', ...ROOTS));
    game.signal('alarm');
    game.message('reply');
    expect(game.tasks()).toEqual(['handled', 'handled', 'work']);
  });

  it('event-sub-process/parallel-multiple/interrupting: begins when all have come', async () => {
    const game = await play(eventSubProcess(BOTH, true, PARALLEL, ...ROOTS));
    game.signal('alarm', { a: 1 });
    expect(game.tasks()).toEqual(['work']);
    game.message('reply', { b: 2 });
    expect(game.tasks()).toEqual(['handled']);
    expect(game.variables()).toEqual({ a: 1, b: 2 });
  });

  it('event-sub-process/parallel-multiple/non-interrupting: waits for all of them again', async () => {
    const game = await play(eventSubProcess(BOTH, false, PARALLEL, ...ROOTS));
    for (const tasks of [2, 3]) {
      game.message('reply');
      game.signal('alarm');
      expect(game.tasks()).toHaveLength(tasks);
    }
  });
});

describe('throw and end', () => {
  it('throw/multiple: throws all in order and goes on once', async () => {
    const game = await play(
      thrown('throw', on('signal', 's') + on('message', 'm') + on('escalation', 'u'), '', false, ...ROOTS),
    );
    expect(game.tasks()).toEqual(['after', 'beside']);
    expect(game.history.flatMap(({ events }) => events.map(({ type }) => type))).toEqual(
      expect.arrayContaining(['SignalSent', 'MessageSent', 'EscalationThrown']),
    );
    expect(
      game
        .events('ElementCompleted')
        .filter(({ token }) =>
          game.events('FlowTaken').some((flow) => flow.token === token && flow.element === 'throw'),
        ),
    ).toHaveLength(1);
  });

  it('throw/multiple: a thrower that one of them interrupts throws nothing more', async () => {
    const game = await play(
      thrown('throw', on('escalation', 'u') + on('message', 'm'), on('escalation', 'u'), true, ...ROOTS),
    );
    expect(game.tasks()).toEqual(['handled']);
    expect(game.events('MessageSent')).toEqual([]);
  });

  it('end/multiple: throws its error last, so that everything else is thrown too', async () => {
    const game = await play(
      thrown('end', on('error', 'e') + on('message', 'm') + on('signal', 's'), on('error', 'e'), true, ...ROOTS),
    );
    expect(game.tasks()).toEqual(['handled']);
    expect(game.events('MessageSent')).toHaveLength(1);
    expect(game.events('SignalSent')).toHaveLength(1);
  });

  it('end/multiple: that terminates does so at last', async () => {
    const game = await play(
      thrown('end', '<bpmn:terminateEventDefinition/>' + on('message', 'm'), '', false, ...ROOTS),
    );
    expect(game.instance.status).toBe('completed');
    expect(game.events('MessageSent')).toHaveLength(1);
  });

  it('end/multiple: cannot have two definitions after which it does not go on', async () => {
    const two = thrown('end', on('error', 'e') + '<bpmn:terminateEventDefinition/>', '', false, ...ROOTS);
    expect(await problemsOf(two)).toMatchObject([{ rule: 'multiple', element: 'throw' }]);
  });

  it('throw/multiple: leaves its message to a job and goes on when that is done', async () => {
    const xml = definitions(
      ...ROOTS,
      process(
        'p',
        start(),
        node(
          'intermediateThrowEvent',
          'throw',
          '',
          extensions('<zeebe:taskDefinition type="send"/>'),
          on('message', 'm') + on('signal', 's'),
        ),
        user('after'),
        end(),
        flows('start -> throw -> after -> end'),
      ),
    );
    const game = await play(xml);
    expect(game.events('SignalSent')).toHaveLength(1);
    game.completeJob('throw');
    expect(game.tasks()).toEqual(['after']);
  });
});

describe('start', () => {
  const triggers = [
    { element: 'begin', kind: 'message', message: 'reply', definition: 0 },
    { element: 'begin', kind: 'signal', signal: 'alarm', definition: 1 },
  ];

  it('start/multiple: names all of its triggers, and any of them starts an instance', async () => {
    const xml = starting(BOTH, '', ...ROOTS);
    expect((await releaseOf(xml)).processes.get('p')?.starts).toEqual(triggers);
    expect((await play(xml, {}, undefined, 'begin')).tasks()).toEqual(['handled']);
  });

  it('start/parallel-multiple: the first trigger starts the instance, which waits for the others', async () => {
    const xml = starting(BOTH, PARALLEL, ...ROOTS);
    const game = await play(xml, { first: 1 }, undefined, 'begin', 0);
    expect(game.at()).toEqual(['begin']);
    expect(game.instance).toMatchObject({ messages: [], signals: [{ name: 'alarm' }] });
    game.signal('alarm', { second: 2 });
    expect(game.tasks()).toEqual(['handled']);
    expect(game.variables()).toEqual({ first: 1, second: 2 });
  });

  it('start/parallel-multiple: with a timer waits for it from the start of the instance', async () => {
    const game = await play(
      starting(on('signal', 's') + timer('Duration', 'PT1H'), PARALLEL, ...ROOTS),
      {},
      undefined,
      'begin',
      0,
    );
    expect(game.instance.timers).toMatchObject([{ due: MONDAY + HOUR }]);
    game.advance('PT1H');
    expect(game.tasks()).toEqual(['handled']);
  });
});

describe('an event definition of the file', () => {
  it('is used by the events that refer to it', async () => {
    const xml = boundary('<bpmn:eventDefinitionRef>shared</bpmn:eventDefinitionRef>', true, '', ...ROOTS).replace(
      '<bpmn:process',
      '<bpmn:signalEventDefinition id="shared" signalRef="s"/><bpmn:process',
    );
    const game = await play(xml);
    game.signal('alarm');
    expect(game.tasks()).toEqual(['handled']);
  });
});
