import { describe, expect, it } from '@jest/globals';
import {
  definitions,
  end,
  error,
  escalation,
  extensions,
  flows,
  mapping,
  message,
  node,
  on,
  process,
  service,
  signal,
  start,
  timer,
  user,
} from '../../support/bpmn.ts';
import { MONDAY, play, problemsOf } from '../../support/play.ts';

const HOUR = 3_600_000;

/** A user task `work` with one boundary event that leads to user task `handled`. */
function bounded(definition: string, interrupting: boolean, ...roots: string[]): string {
  return definitions(
    ...roots,
    process(
      'p',
      start(),
      user('work'),
      node('boundaryEvent', 'edge', `attachedToRef="work" cancelActivity="${interrupting}"`, definition),
      user('handled'),
      end(),
      end('end2'),
      flows('start -> work -> end', 'edge -> handled -> end2'),
    ),
  );
}

describe('timer', () => {
  it('boundary/timer/interrupting: interrupts the activity when it is due', async () => {
    const game = await play(bounded(timer('Duration', 'PT30M'), true));
    expect(game.instance.timers).toMatchObject([{ element: 'edge', due: MONDAY + HOUR / 2 }]);
    game.advance('PT30M');
    expect(game.tasks()).toEqual(['handled']);
    expect(game.events('TaskCancelled')).toHaveLength(1);
  });

  it('boundary/timer/non-interrupting: leaves the activity running when it does not interrupt', async () => {
    const game = await play(bounded(timer('Duration', 'PT30M'), false));
    game.advance('PT30M');
    expect(game.tasks()).toEqual(['handled', 'work']);
  });

  it('boundary/timer/interrupting: is cancelled when the activity completes first', async () => {
    const game = await play(bounded(timer('Duration', 'PT30M'), true));
    game.complete('work');
    expect(game.instance.timers).toEqual([]);
    expect(game.events('TimerCancelled')).toHaveLength(1);
    expect(game.instance.status).toBe('completed');
  });

  it('boundary/timer/non-interrupting: fires as often as its cycle says, counted from when it was due', async () => {
    const game = await play(bounded(timer('Cycle', 'R3/PT1H'), false));
    game.advance('PT10H');
    expect(game.events('TimerFired')).toHaveLength(3);
    expect(game.events('TimerSet').map(({ due }) => due)).toEqual([1, 2, 3].map((hours) => MONDAY + hours * HOUR));
  });

  it('does not run at all with a cycle of zero', async () => {
    const game = await play(bounded(timer('Cycle', 'R0/PT1H'), false));
    expect(game.instance.timers).toEqual([]);
    expect(game.events('TimerNotSet')).toHaveLength(1);
  });

  it('reads its duration from a variable', async () => {
    const game = await play(bounded(timer('Duration', '=target'), true), { target: 'PT2H' });
    expect(game.instance.timers).toMatchObject([{ due: MONDAY + 2 * HOUR }]);
  });

  it('is not armed on an activity when its expression gives an explicit null', async () => {
    const game = await play(bounded(timer('Duration', '=target'), true), { target: null });
    expect(game.instance.timers).toEqual([]);
    expect(game.events('TimerNotSet')).toMatchObject([{ element: 'edge' }]);
    expect(game.tasks()).toEqual(['work']);
  });

  it('raises an incident when its variable is unknown, and arms it after the incident is resolved', async () => {
    const game = await play(bounded(timer('Duration', '=target'), true));
    expect(game.tasks()).toEqual([]);
    game.do({ type: 'SetVariables', variables: { target: 'PT1H' } });
    game.do({ type: 'ResolveIncident', incident: game.instance.incidents[0]?.id ?? 0 });
    expect(game.tasks()).toEqual(['work']);
    expect(game.instance.timers).toHaveLength(1);
  });

  it('does not fire before it is due', async () => {
    const game = await play(bounded(timer('Duration', 'PT30M'), true));
    const id = game.instance.timers[0]?.id ?? 0;
    expect(() => game.do({ type: 'FireTimer', timer: id })).toThrow(/due/);
  });

  it('is refused with a fixed text that is no ISO 8601', async () => {
    expect(await problemsOf(bounded(timer('Duration', 'soon'), true))).toMatchObject([
      { rule: 'timer', element: 'edge' },
    ]);
  });

  it('catch/timer: waits for a date', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          node('intermediateCatchEvent', 'wait', '', timer('Date', '2026-03-03T00:00:00+08:00')),
          end(),
          flows('start -> wait -> end'),
        ),
      ),
    );
    expect(game.instance.timers).toMatchObject([{ due: Date.UTC(2026, 2, 2, 16) }]);
    game.advance('P1D');
    expect(game.instance.status).toBe('completed');
  });
});

describe('message', () => {
  it('is caught by the key that the variables give', async () => {
    const game = await play(bounded(on('message', 'm'), true, message('m', 'reply', 'number')), { number: 'R-1' });
    expect(game.instance.messages).toMatchObject([{ name: 'reply', key: 'R-1' }]);
    game.message('reply', { answer: 42 });
    expect(game.tasks()).toEqual(['handled']);
    expect(game.variables()).toMatchObject({ answer: 42 });
  });

  it('boundary/message/non-interrupting: can come again to a boundary event that does not interrupt', async () => {
    const game = await play(bounded(on('message', 'm'), false, message('m', 'reply')));
    game.message('reply');
    game.message('reply');
    expect(game.tasks()).toEqual(['handled', 'handled', 'work']);
  });

  it('throw/message: is thrown with the variables that were mapped in', async () => {
    const game = await play(
      definitions(
        message('m', 'order', 'id'),
        process(
          'p',
          start(),
          node('intermediateThrowEvent', 'tell', '', extensions(mapping({ amount: '=total * 2' })), on('message', 'm')),
          end(),
          flows('start -> tell -> end'),
        ),
      ),
      { id: 'o1', total: 4 },
    );
    expect(game.events('MessageSent')).toMatchObject([{ name: 'order', key: 'o1', variables: { amount: 8 } }]);
    expect(game.instance.status).toBe('completed');
  });

  const passing = (type: string): string =>
    definitions(
      message('m', 'ping'),
      process(
        'p',
        start(),
        node(type, 'x', 'messageRef="m"'),
        user('after'),
        end(),
        flows('start -> x -> after -> end'),
      ),
    );

  it('activity/send-task: sends its message and goes on', async () => {
    const game = await play(passing('sendTask'));
    expect(game.events('MessageSent')).toMatchObject([{ name: 'ping' }]);
    expect(game.tasks()).toEqual(['after']);
  });

  it('activity/receive-task: waits for its message and goes on with what that brought', async () => {
    const game = await play(passing('receiveTask'));
    expect(game.at()).toEqual(['x']);
    game.message('ping', { level: 3 });
    expect(game.tasks()).toEqual(['after']);
    expect(game.variables()).toEqual({ level: 3 });
  });

  it('start/message: starts a process at its message start event', async () => {
    const xml = definitions(
      message('m', 'go'),
      process(
        'p',
        start('a'),
        node('startEvent', 'b', '', on('message', 'm')),
        user('x'),
        user('y'),
        end(),
        flows('a -> x -> end', 'b -> y -> end'),
      ),
    );
    expect((await play(xml)).tasks()).toEqual(['x']);
    const game = await play(xml, {}, undefined, 'b');
    expect(game.tasks()).toEqual(['y']);
    expect(game.release.processes.get('p')?.starts).toEqual([
      { element: 'a', kind: 'none' },
      { element: 'b', kind: 'message', message: 'go' },
    ]);
  });
});

describe('a receive task that has its message', () => {
  it('does not take another one while an incident keeps it from going on', async () => {
    const game = await play(
      definitions(
        message('m', 'news'),
        process(
          'p',
          start(),
          node('receiveTask', 'wait', 'messageRef="m"'),
          user('after'),
          end(),
          flows('start -> wait', 'wait -[go = true]-> after -> end'),
        ),
      ),
      { go: false },
    );
    game.message('news');
    expect(game.instance).toMatchObject({ messages: [], incidents: [{ kind: 'no-flow', phase: 'leave' }] });
    game.do({ type: 'SetVariables', variables: { go: true } });
    game.do({ type: 'ResolveIncident', incident: game.instance.incidents[0]?.id ?? 0 });
    expect(game.tasks()).toEqual(['after']);
  });
});

describe('signal', () => {
  it('reaches every subscription of its name', async () => {
    const game = await play(bounded(on('signal', 's'), false, signal('s', 'alarm')));
    game.signal('other');
    expect(game.tasks()).toEqual(['work']);
    game.signal('alarm', { level: 3 });
    expect(game.tasks()).toEqual(['handled', 'work']);
    expect(game.variables()).toMatchObject({ level: 3 });
  });

  it('throw/signal: is thrown when all tokens rest, and a thrower that it interrupts does not go on', async () => {
    const game = await play(
      definitions(
        signal('s', 'alarm'),
        process(
          'p',
          start(),
          node(
            'subProcess',
            'sub',
            '',
            start('s1'),
            node('intermediateThrowEvent', 'throw', '', on('signal', 's')),
            user('never'),
            end('e1'),
            flows('s1 -> throw -> never -> e1'),
          ),
          node('boundaryEvent', 'edge', 'attachedToRef="sub"', on('signal', 's')),
          user('handled'),
          end(),
          flows('start -> sub -> end', 'edge -> handled -> end'),
        ),
      ),
    );
    expect(game.tasks()).toEqual(['handled']);
    expect(game.events('SignalSent')).toHaveLength(1);
  });
});

/** A sub-process whose inner end event throws; an edge catches. */
function throwing(definition: string, edge: string, interrupting: boolean, ...roots: string[]): string {
  return definitions(
    ...roots,
    process(
      'p',
      start(),
      node(
        'subProcess',
        'sub',
        '',
        start('s1'),
        node('parallelGateway', 'fork'),
        user('beside'),
        node('endEvent', 'throw', '', definition),
        end('e1'),
        flows('s1 -> fork -> beside -> e1', 'fork -> throw'),
      ),
      node('boundaryEvent', 'edge', `attachedToRef="sub" cancelActivity="${interrupting}"`, edge),
      user('handled'),
      end(),
      flows('start -> sub -> end', 'edge -> handled -> end'),
    ),
  );
}

describe('error', () => {
  it('boundary/error/interrupting: ends the sub-process and goes on where it is caught', async () => {
    const game = await play(throwing(on('error', 'e'), on('error', 'e'), true, error('e', 'E1')));
    expect(game.tasks()).toEqual(['handled']);
    expect(game.events('ErrorThrown')).toMatchObject([{ code: 'E1', caughtBy: 'edge' }]);
  });

  it('boundary/error/interrupting: is caught by an event without code', async () => {
    const game = await play(throwing(on('error', 'e'), '<bpmn:errorEventDefinition/>', true, error('e', 'E1')));
    expect(game.tasks()).toEqual(['handled']);
  });

  it('end/error: fails the instance when nothing catches it', async () => {
    const game = await play(throwing(on('error', 'e'), on('error', 'f'), true, error('e', 'E1'), error('f', 'E2')));
    expect(game.instance.status).toBe('failed');
    expect(game.instance.tokens).toEqual([]);
    expect(game.events('InstanceEnded')[0]?.reason).toContain('E1');
  });

  it('thrown by a job is caught at its task, and is an incident where nothing catches it', async () => {
    const xml = definitions(
      error('e', 'E1'),
      process(
        'p',
        start(),
        service('call'),
        node('boundaryEvent', 'edge', 'attachedToRef="call"', on('error', 'e')),
        user('handled'),
        end(),
        flows('start -> call -> end', 'edge -> handled -> end'),
      ),
    );
    const thrown = { type: 'ThrowError', message: 'down', variables: { why: 'x' } } as const;
    const game = await play(xml);
    game.do({ ...thrown, job: game.instance.tokens[0]?.id ?? 0, code: 'E1' });
    expect(game.tasks()).toEqual(['handled']);
    expect(game.variables()).toEqual({ why: 'x' });
    const other = await play(xml);
    other.do({ ...thrown, job: other.instance.tokens[0]?.id ?? 0, code: 'E9' });
    expect(other.instance.incidents).toMatchObject([{ kind: 'error', element: 'call' }]);
    expect(other.events('JobFailed')).toMatchObject([{ retries: 0 }]);
  });
});

describe('an error event that would not interrupt', () => {
  it('is refused', async () => {
    const xml = throwing(on('error', 'e'), on('error', 'e'), false, error('e', 'E1'));
    expect(await problemsOf(xml)).toMatchObject([{ rule: 'interrupting', element: 'edge' }]);
  });
});

describe('escalation', () => {
  it('boundary/escalation/non-interrupting: lets the thrower go on when it does not interrupt', async () => {
    const game = await play(throwing(on('escalation', 'e'), on('escalation', 'e'), false, escalation('e', 'up')));
    expect(game.tasks()).toEqual(['beside', 'handled']);
    game.complete('beside');
    game.complete('handled');
    expect(game.instance.status).toBe('completed');
  });

  it('boundary/escalation/interrupting: ends the thrower when it interrupts', async () => {
    const game = await play(throwing(on('escalation', 'e'), on('escalation', 'e'), true, escalation('e', 'up')));
    expect(game.tasks()).toEqual(['handled']);
  });

  it('thrown in an event sub-process is caught by another one beside it, but not by itself', async () => {
    const group = (id: string, caught: string, thrown: string): string =>
      node(
        'subProcess',
        id,
        'triggeredByEvent="true"',
        node('startEvent', `${id}s`, 'isInterrupting="false"', on('escalation', caught)),
        user(`${id}t`),
        node('endEvent', `${id}e`, '', on('escalation', thrown)),
        flows(`${id}s -> ${id}t -> ${id}e`),
      );
    const game = await play(
      definitions(
        escalation('e1', 'one'),
        escalation('e2', 'two'),
        process(
          'p',
          start(),
          node('intermediateThrowEvent', 'throw', '', on('escalation', 'e1')),
          user('work'),
          end(),
          flows('start -> throw -> work -> end'),
          group('a', 'e1', 'e2'),
          group('b', 'e2', 'e2'),
        ),
      ),
    );
    expect(game.tasks()).toEqual(['at', 'work']);
    game.complete('at');
    expect(game.tasks()).toEqual(['bt', 'work']);
    game.complete('bt');
    expect(game.tasks()).toEqual(['work']);
  });

  it('that nobody catches only goes on record', async () => {
    const game = await play(
      throwing(on('escalation', 'e'), on('escalation', 'f'), true, escalation('e', 'up'), escalation('f', 'other')),
    );
    expect(game.tasks()).toEqual(['beside']);
    expect(game.events('EscalationThrown')).toEqual([expect.not.objectContaining({ caughtBy: expect.anything() })]);
  });
});

describe('terminate', () => {
  it('end/terminate: ends everything in its own scope only', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          node(
            'subProcess',
            'sub',
            '',
            start('s1'),
            node('parallelGateway', 'fork'),
            user('beside'),
            node('endEvent', 'stop', '', '<bpmn:terminateEventDefinition/>'),
            end('e1'),
            flows('s1 -> fork -> beside -> e1', 'fork -> stop'),
          ),
          user('after'),
          end(),
          flows('start -> sub -> after -> end'),
        ),
      ),
    );
    expect(game.tasks()).toEqual(['after']);
    expect(game.events('TaskCancelled')).toHaveLength(1);
  });
});

describe('an event that has no meaning where it stands', () => {
  it('is refused with its element and the choices', async () => {
    const problems = await problemsOf(bounded('<bpmn:terminateEventDefinition/>', true));
    expect(problems).toMatchObject([{ rule: 'boundary-trigger', element: 'edge' }]);
    expect(problems[0]?.message).toContain('timer');
  });
});
