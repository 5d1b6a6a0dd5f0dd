import { describe, expect, it } from '@jest/globals';
import {
  definitions,
  end,
  extensions,
  flows,
  mapping,
  message,
  node,
  process,
  service,
  start,
  timer,
  user,
} from '../../support/bpmn.ts';
import { play, problemsOf, type Play } from '../../support/play.ts';

const execution = (...events: string[]): string =>
  `<zeebe:executionListeners>${events.map((one) => `<zeebe:executionListener eventType="${one.split(':')[0] ?? ''}" type="${one.split(':')[1] ?? ''}" retries="2"/>`).join('')}</zeebe:executionListeners>`;
const task = (...events: string[]): string =>
  `<zeebe:taskListeners>${events.map((one) => `<zeebe:taskListener eventType="${one}" type="${one}"/>`).join('')}</zeebe:taskListeners>`;
const around = (middle: string): string =>
  definitions(process('p', start(), middle, user('after'), end(), flows('start -> x -> after -> end')));

/** The types of the open jobs. */
const jobs = (game: Play): string[] => game.instance.tokens.flatMap(({ job }) => job?.type ?? []);
const finish = (game: Play, variables = {}): void => {
  const token = game.instance.tokens.find((one) => one.job);
  game.do({ type: 'CompleteJob', job: token?.job?.id ?? token?.id ?? 0, variables });
};

describe('execution listeners', () => {
  it('activity/listeners: are done one by one before and after the work of the element', async () => {
    const game = await play(around(service('x', 'work', execution('start:one', 'start:two', 'end:three'))));
    for (const expected of ['one', 'two', 'work', 'three']) {
      expect(jobs(game)).toEqual([expected]);
      finish(game);
    }
    expect(game.tasks()).toEqual(['after']);
  });

  it('activity/listeners: give the element what they found out, and the case what they add to its result', async () => {
    const game = await play(
      around(service('x', 'work', mapping({}, { price: '=found * 2' }) + execution('start:look-up', 'end:note'))),
    );
    finish(game, { found: 4 });
    expect(game.variables()).toEqual({});
    finish(game);
    finish(game, { noted: true });
    expect(game.variables()).toEqual({ price: 8, noted: true });
  });

  it('stop at an incident when one fails for the last time, and go on from there', async () => {
    const game = await play(around(service('x', 'work', execution('start:one'))));
    const job = game.instance.tokens[0]?.job?.id ?? 0;
    game.do({ type: 'FailJob', job, message: 'no', retries: 0, retryAt: 0 });
    expect(game.instance.incidents).toMatchObject([{ kind: 'job', element: 'x' }]);
    game.do({ type: 'ResolveIncident', incident: game.instance.incidents[0]?.id ?? 0 });
    expect(jobs(game)).toEqual(['one']);
    finish(game);
    expect(jobs(game)).toEqual(['work']);
  });

  it('end with an element that is interrupted', async () => {
    const game = await play(around(node('subProcess', 'x', '', extensions(execution('start:one')), user('inner'))));
    expect(jobs(game)).toEqual(['one']);
    game.do({ type: 'Cancel', reason: 'no longer needed' });
    expect(game.events('JobCancelled')).toHaveLength(1);
  });

  it('of the end are told once: meanwhile the element does not hear again what it waited for', async () => {
    const receive = node('receiveTask', 'x', 'messageRef="m"', extensions(execution('end:told')));
    const game = await play(around(receive).replace('<bpmn:process', `${message('m', 'news')}<bpmn:process`));
    game.message('news');
    expect(jobs(game)).toEqual(['told']);
    expect(game.instance.messages).toEqual([]);
    finish(game);
    expect(game.tasks()).toEqual(['after']);
  });

  it('of the end are told while the event sub-processes of a sub-process no longer wait, but its boundary events do', async () => {
    const inside = [
      start('in'),
      end('out'),
      flows('in -> out'),
      node(
        'subProcess',
        'late',
        'triggeredByEvent="true"',
        node('startEvent', 'due', '', timer('Duration', 'PT1H')),
        user('never'),
        flows('due -> never'),
      ),
    ];
    const edge = node('boundaryEvent', 'edge', 'attachedToRef="x"', timer('Duration', 'PT2H'));
    const sub = node('subProcess', 'x', '', extensions(execution('end:told')), ...inside);
    const game = await play(around(sub + edge + user('slow') + flows('edge -> slow')));
    expect(game.instance.timers).toMatchObject([{ element: 'edge' }]);
    game.advance('PT3H');
    expect([game.tasks(), jobs(game)]).toEqual([['slow'], []]);
  });

  it('of the end are told once of a sub-process in which several things end in the same step', async () => {
    const ends = [start('in'), user('ask'), end('one'), end('two'), flows('in -> ask -> one', 'ask -> two')];
    const game = await play(around(node('subProcess', 'x', '', extensions(execution('end:told')), ...ends)));
    game.complete('ask');
    expect(game.events('JobRequested')).toHaveLength(1);
    finish(game);
    expect(game.tasks()).toEqual(['after']);
  });

  it('of the end are told once of an ad-hoc sub-process in which several things end in the same step', async () => {
    const both = [
      node('parallelGateway', 'fork'),
      node('task', 'a'),
      node('task', 'b'),
      flows('fork -> a', 'fork -> b'),
    ];
    const game = await play(around(node('adHocSubProcess', 'x', '', extensions(execution('end:told')), ...both)));
    expect(game.events('JobRequested')).toHaveLength(1);
    const scope = game.instance.tokens[0]?.id ?? 0;
    expect(() => game.do({ type: 'ActivateElements', scope, elements: ['fork'] })).toThrow(/to be active/);
    finish(game);
    expect(game.tasks()).toEqual(['after']);
  });

  it('are refused for an event that the element does not have', async () => {
    const xml = around(node('exclusiveGateway', 'x', '', extensions(execution('end:one'))));
    expect(await problemsOf(xml)).toMatchObject([{ rule: 'listener-event', element: 'x' }]);
  });
});

describe('task listeners', () => {
  it('activity/listeners: come before the task is there, before it is given to somebody, and before it is completed', async () => {
    const game = await play(around(user('x', extensions(task('creating', 'assigning', 'completing')))));
    expect([game.tasks(), jobs(game)]).toEqual([[], ['creating']]);
    finish(game);
    expect(game.tasks()).toEqual(['x']);
    const id = game.instance.tokens[0]?.id ?? 0;
    game.do({ type: 'AssignTask', task: id, assignee: 'anna' });
    expect(game.instance.tokens[0]?.task?.assignee).toBeNull();
    finish(game);
    expect(game.instance.tokens[0]?.task?.assignee).toBe('anna');
    game.complete('x', { done: true });
    expect(jobs(game)).toEqual(['completing']);
    expect(() => game.complete('x')).toThrow(/listener/);
    finish(game);
    expect([game.tasks(), game.variables()]).toEqual([['after'], { done: true }]);
  });

  it('are refused for events that do not happen here', async () => {
    const xml = around(user('x', extensions(task('canceling'))));
    expect(await problemsOf(xml)).toMatchObject([{ rule: 'listener-event', element: 'x' }]);
  });
});
