import { describe, expect, it } from '@jest/globals';
import { conditionalStarts } from '../../../../engine/index.ts';
import {
  definitions,
  end,
  escape,
  extensions,
  flows,
  mapping,
  message,
  node,
  on,
  process,
  service,
  start,
  user,
} from '../../../support/bpmn.ts';
import { boundary, catching, condition, eventSubProcess, starting } from '../../../support/events.ts';
import { MONDAY, play, problemsOf, releaseOf, type Play } from '../../../support/play.ts';

const set = (game: Play, variables: Record<string, number | string>): unknown =>
  game.do({ type: 'SetVariables', variables });

describe('catch', () => {
  it('catch/conditional: waits until a variable makes it true', async () => {
    const game = await play(catching(condition('amount > 10'), ''));
    expect(game.at()).toEqual(['wait']);
    set(game, { amount: 5 });
    expect(game.at()).toEqual(['wait']);
    set(game, { amount: 11 });
    expect(game.tasks()).toEqual(['handled']);
    expect(game.events('ConditionMet')).toMatchObject([{ saw: { amount: 11 } }]);
    expect(game.instance).not.toHaveProperty('conditions');
  });

  it('catch/conditional: goes on at once when it holds already', async () => {
    expect((await play(catching(condition('amount > 10'), ''), { amount: 11 })).tasks()).toEqual(['handled']);
  });

  it('catch/conditional: an unknown variable and what is no truth value do not hold, and are no incident', async () => {
    const game = await play(catching(condition('amount'), ''));
    set(game, { amount: 3 });
    expect(game.at()).toEqual(['wait']);
    expect(game.instance.incidents).toEqual([]);
  });

  it('catch/conditional: is one of the events behind an event-based gateway', async () => {
    const game = await play(
      definitions(
        message('m', 'reply'),
        process(
          'p',
          start(),
          node('eventBasedGateway', 'race'),
          node('intermediateCatchEvent', 'c', '', condition('done = true')),
          node('intermediateCatchEvent', 'd', '', on('message', 'm')),
          user('x'),
          user('y'),
          end(),
          flows('start -> race -> c -> x -> end', 'race -> d -> y -> end'),
        ),
      ),
    );
    game.do({ type: 'SetVariables', variables: { done: true } });
    expect(game.tasks()).toEqual(['x']);
    expect(game.instance.messages).toEqual([]);
  });

  it('catch/conditional: is looked at when a parallel branch sets the variable', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          node('parallelGateway', 'fork'),
          node('intermediateCatchEvent', 'wait', '', condition('n = 1')),
          service('job'),
          user('x'),
          user('y'),
          end(),
          flows('start -> fork -> wait -> x -> end', 'fork -> job -> y -> end'),
        ),
      ),
    );
    game.completeJob('job', { n: 1 });
    expect(game.tasks()).toEqual(['x', 'y']);
  });
});

describe('boundary', () => {
  it('boundary/conditional/interrupting: ends the activity', async () => {
    const game = await play(boundary(condition('n = 1'), true, ''));
    set(game, { other: 1 });
    expect(game.tasks()).toEqual(['work']);
    set(game, { n: 1 });
    expect(game.tasks()).toEqual(['handled']);
    expect(game.instance).not.toHaveProperty('conditions');
  });

  it('boundary/conditional/interrupting: that holds already goes before what the activity does', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          service('work'),
          node('boundaryEvent', 'edge', 'attachedToRef="work"', condition('true')),
          user('handled'),
          end(),
          flows('start -> work -> end', 'edge -> handled -> end'),
        ),
      ),
    );
    expect(game.tasks()).toEqual(['handled']);
    expect(game.events('JobRequested')).toEqual([]);
  });

  it('boundary/conditional/non-interrupting: comes with each change of a variable that it reads while it holds', async () => {
    const game = await play(boundary(condition('n > 1'), false, ''), { n: 2 });
    expect(game.tasks()).toEqual(['handled', 'work']);
    set(game, { other: 1 });
    expect(game.tasks()).toEqual(['handled', 'work']);
    set(game, { n: 3 });
    expect(game.tasks()).toEqual(['handled', 'handled', 'work']);
    set(game, { n: 1 });
    expect(game.tasks()).toEqual(['handled', 'handled', 'work']);
  });

  it('boundary/conditional/non-interrupting: looks only at the changes that its filter names', async () => {
    const filter = '<zeebe:conditionalFilter variableNames="go" variableEvents="update"/>';
    const game = await play(boundary(condition('n > 1', filter), false, ''));
    set(game, { n: 2 });
    set(game, { go: 1 });
    expect(game.tasks()).toEqual(['work']);
    set(game, { go: 2 });
    expect(game.tasks()).toEqual(['handled', 'work']);
  });

  it('boundary/conditional/interrupting: on a sub-process sees the variables of its inside', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          node(
            'subProcess',
            'sub',
            '',
            extensions(mapping({ level: '=0' })),
            start('s1'),
            service('inner'),
            user('never'),
            end('e1'),
            flows('s1 -> inner -> never -> e1'),
          ),
          node('boundaryEvent', 'edge', 'attachedToRef="sub"', condition('level = 2')),
          user('handled'),
          end(),
          flows('start -> sub -> end', 'edge -> handled -> end'),
        ),
      ),
    );
    game.completeJob('inner', { level: 2 });
    expect(game.tasks()).toEqual(['handled']);
    expect(game.variables()).toEqual({});
  });

  it('boundary/conditional/interrupting: on a call activity does not see the variables of the called process', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          node(
            'callActivity',
            'call',
            '',
            extensions('<zeebe:calledElement processId="q" propagateAllParentVariables="false"/>'),
          ),
          node('boundaryEvent', 'edge', 'attachedToRef="call"', condition('level = 2')),
          user('handled'),
          end(),
          flows('start -> call -> end', 'edge -> handled -> end'),
        ),
        process('q', start('qs'), service('inner'), user('inside'), end('qe'), flows('qs -> inner -> inside -> qe')),
      ),
    );
    game.completeJob('inner', { level: 2 });
    expect(game.tasks()).toEqual(['inside']);
    set(game, { level: 2 });
    expect(game.tasks()).toEqual(['handled']);
  });
});

describe('event sub-process', () => {
  it('event-sub-process/conditional/interrupting: ends what goes on beside it', async () => {
    const game = await play(eventSubProcess(condition('n = 1'), true, ''));
    expect(game.tasks()).toEqual(['work']);
    set(game, { n: 1 });
    expect(game.tasks()).toEqual(['handled']);
    expect(game.instance).not.toHaveProperty('conditions');
  });

  it('event-sub-process/conditional/interrupting: that holds already goes before the first activity', async () => {
    const game = await play(eventSubProcess(condition('n = 1'), true, ''), { n: 1 });
    expect(game.tasks()).toEqual(['handled']);
    expect(game.events('TaskCreated')).toMatchObject([{ element: 'handled' }]);
  });

  it('event-sub-process/conditional/non-interrupting: begins beside what goes on', async () => {
    const game = await play(eventSubProcess(condition('n = 1'), false, ''));
    set(game, { n: 1 });
    expect(game.tasks()).toEqual(['handled', 'work']);
    game.complete('handled');
    game.complete('work');
    expect(game.instance.status).toBe('completed');
  });
});

describe('start', () => {
  it('start/conditional: is what the variables from outside would begin', async () => {
    const xml = starting(condition('stock < 3'), '');
    const model = (await releaseOf(xml)).processes.get('p');
    if (!model) throw new Error('no process');
    expect(model.starts).toEqual([{ element: 'begin', kind: 'conditional', condition: 'stock < 3' }]);
    expect(conditionalStarts(model, { stock: 4 }, MONDAY)).toEqual([]);
    expect(conditionalStarts(model, {}, MONDAY)).toEqual([]);
    expect(conditionalStarts(model, { stock: 2 }, MONDAY)).toEqual(model.starts);
    expect((await play(xml, { stock: 2 }, undefined, 'begin')).tasks()).toEqual(['handled']);
  });
});

describe('a conditional event', () => {
  it('is refused without condition, and with an unknown event in its filter', async () => {
    expect(await problemsOf(boundary('<bpmn:conditionalEventDefinition/>', true, ''))).toMatchObject([
      { rule: 'required', element: 'edge' },
    ]);
    const filter = '<zeebe:conditionalFilter variableEvents="delete"/>';
    expect(await problemsOf(boundary(condition(escape('n'), filter), true, ''))).toMatchObject([
      { rule: 'condition-filter', element: 'edge' },
    ]);
  });
});
