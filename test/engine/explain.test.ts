import { describe, expect, it } from '@jest/globals';
import { explain, type Resting } from '../../engine/index.ts';
import { definitions, end, flows, message, node, on, process, service, start, timer, user } from '../support/bpmn.ts';
import { play, MONDAY, type Play } from '../support/play.ts';

const reasons = (game: Play, element: string): Resting['waitsFor'] | undefined =>
  explain(game.release, game.instance).find((one) => one.element === element)?.waitsFor;

describe('why is it not moving', () => {
  it('names the people, the worker, the message, the time and the missing flow', async () => {
    const game = await play(
      definitions(
        message('m', 'news', '"order-1"'),
        process(
          'p',
          start(),
          node('parallelGateway', 'fork'),
          user(
            'ask',
            '<bpmn:extensionElements><zeebe:assignmentDefinition candidateGroups="desk"/></bpmn:extensionElements>',
          ),
          service('call', 'phone'),
          node('intermediateCatchEvent', 'hear', '', on('message', 'm')),
          node('boundaryEvent', 'late', 'attachedToRef="ask" cancelActivity="false"', timer('Duration', 'PT1H')),
          end('told'),
          node('task', 'quick'),
          node('parallelGateway', 'join'),
          end(),
          flows(
            'start -> fork',
            'fork -> ask -> join',
            'fork -> call -> join',
            'fork -> hear -> join',
            'fork -> quick -> join',
            'join -> end',
            'late -> told',
          ),
        ),
      ),
    );
    expect(reasons(game, 'ask')).toEqual([
      { kind: 'task', assignee: null, groups: ['desk'], users: [] },
      { kind: 'timer', element: 'late', due: MONDAY + 3_600_000 },
    ]);
    expect(reasons(game, 'call')).toEqual([{ kind: 'job', type: 'phone', retries: 2 }]);
    expect(reasons(game, 'hear')).toEqual([{ kind: 'message', element: 'hear', name: 'news', key: 'order-1' }]);
    expect(reasons(game, 'join')).toEqual([
      {
        kind: 'join',
        flows: ['ask_join', 'call_join', 'hear_join'],
        all: true,
        from: expect.arrayContaining([expect.objectContaining({ element: 'ask' })]),
      },
    ]);
  });

  it('points inside a sub-process, and at the incident that stops a token', async () => {
    const game = await play(
      definitions(
        process('p', start(), node('subProcess', 'sub', '', service('call')), end(), flows('start -> sub -> end')),
      ),
    );
    expect(reasons(game, 'sub')).toMatchObject([{ kind: 'inside', tokens: [{ element: 'call' }] }]);
    const job = game.instance.tokens.find(({ element }) => element === 'call')?.id ?? 0;
    game.do({ type: 'FailJob', job, message: 'no line', retries: 0, retryAt: 0 });
    expect(reasons(game, 'call')).toMatchObject([{ kind: 'incident', message: expect.stringContaining('no line') }]);
  });
});
