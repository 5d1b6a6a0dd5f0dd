import { describe, expect, it } from '@jest/globals';
import { definitions, end, flows, node, process, start, user } from '../../support/bpmn.ts';
import { play, problemsOf, type Play } from '../../support/play.ts';

const condition = (text: string): string =>
  `<bpmn:activationCondition>${text.replace('>', '&gt;')}</bpmn:activationCondition>`;

/** Three branches that the gateway joins. */
const discriminator = (activation: string, ...lines: string[]): string =>
  definitions(
    process(
      'p',
      start(),
      node('parallelGateway', 'fork'),
      user('a'),
      user('b'),
      user('c'),
      node('complexGateway', 'join', '', condition(activation)),
      user('next'),
      user('late'),
      end(),
      flows('start -> fork', 'fork -> a -> join', 'fork -> b -> join', 'fork -> c -> join', 'next -> end', ...lines),
    ),
  );

const simple = (activation: string): Promise<Play> =>
  play(discriminator(activation, 'join -> next', 'join -[not(waitingForStart)]-> late', 'late -> end'));

/** An inclusive join before the gateway, which itself leads back to the join by way of `b`; now `b` leads elsewhere. */
const crossed = (elsewhere: string): Promise<Play> =>
  play(
    definitions(
      process(
        'p',
        start(),
        node('parallelGateway', 'fork'),
        user('a'),
        user('b'),
        node('inclusiveGateway', 'meet'),
        node('complexGateway', 'join', 'default="join_next"', condition('activationCount >= 1')),
        user('next'),
        end(),
        flows(
          'start -> fork -> a -> join -> next -> end',
          'fork -> meet -> join -[again]-> b',
          `fork -> b -[not(again)]-> ${elsewhere}`,
          'b -[again]-> meet',
        ),
      ),
    ),
    { again: false },
  );

describe('complex gateway', () => {
  it('gateway/complex: fires at the first token of three, and resets when the others have come', async () => {
    const game = await simple('activationCount >= 1');
    game.complete('b');
    expect(game.tasks()).toEqual(['a', 'c', 'next']);
    game.complete('a');
    expect(game.tasks()).toEqual(['c', 'next']);
    game.complete('c');
    expect(game.tasks()).toEqual(['late', 'next']);
    game.complete('next');
    game.complete('late');
    expect(game.instance.status).toBe('completed');
  });

  it('gateway/complex: waits for as many branches as its condition says', async () => {
    const game = await simple('activationCount >= 2');
    game.complete('a');
    expect(game.tasks()).toEqual(['b', 'c']);
    game.complete('b');
    expect(game.tasks()).toEqual(['c', 'next']);
  });

  it('gateway/complex: resets when no token can come any more, so that the case ends', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          node('parallelGateway', 'fork'),
          user('a'),
          user('b'),
          node('exclusiveGateway', 'or', 'default="or_join"'),
          node('complexGateway', 'join', '', condition('activationCount >= 1')),
          user('next'),
          end(),
          end('elsewhere'),
          flows(
            'start -> fork',
            'fork -> a -> join',
            'fork -> b -> or',
            'or -> join',
            'or -[gone]-> elsewhere',
            'join -> next -> end',
          ),
        ),
      ),
    );
    game.complete('a');
    game.complete('next');
    expect(game.instance.status).toBe('active');
    game.complete('b', { gone: true });
    expect(game.instance.status).toBe('completed');
  });

  it('gateway/complex: takes every outgoing flow whose condition holds, else the default', async () => {
    const xml = definitions(
      process(
        'p',
        start(),
        node('complexGateway', 'split', 'default="split_c"'),
        user('a'),
        user('b'),
        user('c'),
        flows('start -> split', 'split -[x > 1]-> a', 'split -[x > 2]-> b', 'split -> c'),
      ),
    );
    expect((await play(xml, { x: 3 })).tasks()).toEqual(['a', 'b']);
    expect((await play(xml, { x: 1 })).tasks()).toEqual(['c']);
  });

  it('begins one round after the other with what came while one was not over', async () => {
    const branch = (id: string): string => user(id) + node('task', `${id}_done`);
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          node('parallelGateway', 'fork'),
          ...['a', 'b', 'c'].map(branch),
          node('complexGateway', 'join', '', condition('activationCount >= 1')),
          user('next'),
          end(),
          flows(
            'start -> fork',
            ...['a', 'b', 'c'].map((id) => `fork -> ${id} -> ${id}_done -> join`),
            'join -> next -> end',
          ),
        ),
      ),
    );
    game.complete('a');
    expect(game.tasks()).toEqual(['b', 'c', 'next']);
    const twice = ['a_done', 'b_done', 'c_done'].flatMap((element) => [{ element }, { element }]);
    game.do({ type: 'Modify', activate: twice });
    // The reset of the first, a second that is whole, and a third.
    expect(game.tasks()).toEqual(['b', 'c', 'next', 'next', 'next']);
  });

  it('is not waited for by a join behind which it has sent its tokens already', async () => {
    const game = await crossed('end');
    game.complete('a');
    expect(game.at()).toEqual(['b', 'join', 'meet', 'next']);
    game.complete('b');
    expect(game.at()).toEqual(['next']);
    expect(game.instance.incidents).toEqual([]);
    game.complete('next');
    expect(game.instance.status).toBe('completed');
  });

  it('is an incident of the join that waits for what comes before the reset, which waits for the join', async () => {
    const game = await crossed('join');
    game.complete('a');
    game.do({ type: 'Modify', activate: [{ element: 'a' }] });
    game.complete('a');
    game.complete('next');
    game.complete('b');
    expect(game.at()).toEqual(['join', 'join', 'join', 'meet']);
    expect(game.instance.incidents).toMatchObject([{ element: 'meet', kind: 'join' }]);
  });

  it('is an incident when its condition can never hold', async () => {
    const game = await simple('activationCount >= 4');
    for (const task of ['a', 'b', 'c']) game.complete(task);
    expect(game.instance.incidents).toMatchObject([{ kind: 'join', element: 'join' }]);
  });

  it('is refused as a join without activation condition', async () => {
    const xml = discriminator('', 'join -> next').replace(
      /<bpmn:activationCondition>.*?<\/bpmn:activationCondition>/,
      '',
    );
    expect(await problemsOf(xml)).toContainEqual(
      expect.objectContaining({ rule: 'activation-condition', element: 'join' }),
    );
  });
});
