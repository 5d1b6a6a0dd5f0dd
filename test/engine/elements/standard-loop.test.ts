import { describe, expect, it } from '@jest/globals';
import { definitions, end, escape, extensions, flows, node, process, start, user } from '../../support/bpmn.ts';
import { play, problemsOf } from '../../support/play.ts';

const loop = (condition: string | null, attributes = ''): string =>
  `<bpmn:standardLoopCharacteristics ${attributes}>${
    condition === null ? '' : `<bpmn:loopCondition>${escape(condition)}</bpmn:loopCondition>`
  }</bpmn:standardLoopCharacteristics>`;

const counting = (marker: string): string =>
  definitions(
    process(
      'p',
      start(),
      node('scriptTask', 'count', '', extensions('<zeebe:script expression="=n + 1" resultVariable="n"/>'), marker),
      user('after'),
      end(),
      flows('start -> count -> after -> end'),
    ),
  );

const asking = (marker: string, ...more: string[]): string =>
  definitions(
    process(
      'p',
      start(),
      node('userTask', 'ask', '', marker),
      user('after'),
      end(),
      flows('start -> ask -> after -> end'),
      ...more,
    ),
  );

describe('standard loop', () => {
  it.each([
    [3, 4],
    [1, 3],
    [0, 3],
  ])('does the task and then tests: from %d it ends at %d', async (n, after) => {
    const game = await play(counting(loop('n < 3')), { n });
    expect(game.variables()).toMatchObject({ n: after });
    expect(game.tasks()).toEqual(['after']);
  });

  it('activity/standard-loop: tests before the first time too when it is drawn so', async () => {
    const game = await play(counting(loop('n < 3', 'testBefore="true"')), { n: 3 });
    expect(game.variables()).toEqual({ n: 3 });
    expect(game.events('IterationStarted')).toEqual([]);
    expect(game.tasks()).toEqual(['after']);
    expect((await play(counting(loop('n < 3', 'testBefore="true"')), { n: 1 })).variables()).toEqual({ n: 3 });
  });

  it('activity/standard-loop: ends at its maximum, with and without a condition', async () => {
    expect((await play(counting(loop('true', 'loopMaximum="4"')), { n: 0 })).variables()).toEqual({ n: 4 });
    expect((await play(counting(loop(null, 'loopMaximum="2"')), { n: 0 })).variables()).toEqual({ n: 2 });
  });

  it('activity/standard-loop: opens one task at a time and shows which time it is', async () => {
    const game = await play(asking(loop('loopCounter < 2 or again')), { again: false });
    expect(game.tasks()).toEqual(['ask']);
    expect(game.instance.scopes.at(-1)?.variables).toEqual({ loopCounter: 1 });
    game.complete('ask');
    expect(game.tasks()).toEqual(['ask']);
    game.complete('ask', { again: true });
    game.complete('ask', { again: false });
    expect(game.tasks()).toEqual(['after']);
    expect(game.variables()).toEqual({ again: false });
  });

  it('counts the times for a test before', async () => {
    const game = await play(counting(loop('loopCounter < 5', 'testBefore="true"')), { n: 0 });
    expect(game.variables()).toEqual({ n: 5 });
  });

  it('repeats a sub-process with all that is in it', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          node(
            'subProcess',
            'sub',
            '',
            loop('not(done)'),
            start('in'),
            user('work'),
            end('out'),
            flows('in -> work -> out'),
          ),
          end(),
          flows('start -> sub -> end'),
        ),
      ),
    );
    game.complete('work', { done: false });
    expect(game.tasks()).toEqual(['work']);
    game.complete('work', { done: true });
    expect(game.instance.status).toBe('completed');
  });

  it('stops a loop that never rests with an incident, but not one with a maximum', async () => {
    const endless = await play(counting(loop('true')), { n: 0 });
    expect(endless.instance.incidents).toMatchObject([{ element: 'count', kind: 'loop' }]);
    const long = await play(
      definitions(
        process(
          'p',
          start(),
          node('task', 'x', '', loop(null, 'loopMaximum="12000"')),
          end(),
          flows('start -> x -> end'),
        ),
      ),
    );
    expect(long.instance.status).toBe('completed');
    expect(long.events('IterationStarted')).toHaveLength(12_000);
  });

  it('raises an incident where the condition cannot tell, and tests again once it is resolved', async () => {
    const game = await play(asking(loop('again')));
    game.complete('ask');
    expect(game.instance.incidents).toMatchObject([{ element: 'ask', kind: 'expression', phase: 'leave' }]);
    game.do({ type: 'SetVariables', variables: { again: false } });
    game.do({ type: 'ResolveIncident', incident: game.instance.incidents[0]?.id ?? 0 });
    expect(game.tasks()).toEqual(['after']);
  });

  it('raises an incident where the test before the first time cannot tell', async () => {
    const game = await play(asking(loop('again', 'testBefore="true"')));
    expect(game.instance.incidents).toMatchObject([{ element: 'ask', kind: 'expression', phase: 'enter' }]);
    expect(game.instance.scopes).toHaveLength(1);
    game.do({ type: 'SetVariables', variables: { again: true } });
    game.do({ type: 'ResolveIncident', incident: game.instance.incidents[0]?.id ?? 0 });
    expect(game.tasks()).toEqual(['ask']);
  });

  it('is refused where it would never end or its maximum is none', async () => {
    expect(await problemsOf(asking(loop(null)))).toMatchObject([{ rule: 'loop', element: 'ask' }]);
    for (const maximum of ['0', 'many']) {
      const problems = await problemsOf(asking(loop('true', `loopMaximum="${maximum}"`)));
      expect(problems).toMatchObject([{ rule: 'quantity', element: 'ask' }]);
    }
    expect(await problemsOf(asking(loop(' ', 'loopMaximum="3"')))).toMatchObject([{ rule: 'loop' }]);
    expect(await problemsOf(asking(loop('1 +')))).toMatchObject([
      {
        rule: 'expression-syntax',
        element: 'ask',
        message: expect.stringMatching(/^Expected a FEEL expression in "ask", but found the end of the text in "1 \+"/),
      },
    ]);
  });
});
