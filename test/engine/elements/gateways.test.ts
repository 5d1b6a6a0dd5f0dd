import { describe, expect, it } from '@jest/globals';
import { definitions, end, flows, node, process, start, user } from '../../support/bpmn.ts';
import { play, problemsOf } from '../../support/play.ts';

const choice = definitions(
  process(
    'p',
    start(),
    node('exclusiveGateway', 'gate', 'default="gate_other"'),
    user('big'),
    user('other'),
    end(),
    flows('start -> gate -[amount > 10]-> big -> end', 'gate -> other -> end'),
  ),
);

describe('exclusive gateway', () => {
  it('gateway/exclusive: takes the first flow whose condition holds and records what the condition saw', async () => {
    const game = await play(choice, { amount: 11 });
    expect(game.tasks()).toEqual(['big']);
    expect(game.events('GatewayDecided')).toMatchObject([{ flows: ['gate_big'], saw: { amount: 11 } }]);
  });

  it('gateway/exclusive: takes the default flow when no condition holds', async () => {
    expect((await play(choice, { amount: 3 })).tasks()).toEqual(['other']);
  });

  it('raises an incident when a condition reads an unknown variable, and goes on once it is set', async () => {
    const game = await play(choice);
    expect(game.instance.incidents).toMatchObject([{ element: 'gate', kind: 'expression' }]);
    expect(game.instance.incidents[0]?.message).toContain('amount');
    game.do({ type: 'SetVariables', variables: { amount: 50 } });
    game.do({ type: 'ResolveIncident', incident: game.instance.incidents[0]?.id ?? 0 });
    expect(game.instance.incidents).toEqual([]);
    expect(game.tasks()).toEqual(['big']);
  });

  it('raises an incident when no condition holds and there is no default flow', async () => {
    const bare = choice
      .replace('default="gate_other"', '')
      .replace(
        'sourceRef="gate" targetRef="other"/>',
        'sourceRef="gate" targetRef="other"><bpmn:conditionExpression>=amount = 0</bpmn:conditionExpression></bpmn:sequenceFlow>',
      );
    const game = await play(bare, { amount: 5 });
    expect(game.instance.incidents).toMatchObject([{ element: 'gate', kind: 'no-flow' }]);
  });

  it('takes a flow that has neither condition nor default as true', async () => {
    const game = await play(choice.replace('default="gate_other"', ''), { amount: 5 });
    expect(game.tasks()).toEqual(['other']);
  });
});

const fork = definitions(
  process(
    'p',
    start(),
    node('parallelGateway', 'fork'),
    user('a'),
    user('b'),
    node('parallelGateway', 'join'),
    user('after'),
    end(),
    flows('start -> fork -> a -> join -> after -> end', 'fork -> b -> join'),
  ),
);

describe('parallel gateway', () => {
  it('gateway/parallel: waits for one token on each incoming flow', async () => {
    const game = await play(fork);
    expect(game.tasks()).toEqual(['a', 'b']);
    game.complete('b');
    expect(game.at()).toEqual(['a', 'join']);
    game.complete('a');
    expect(game.at()).toEqual(['after']);
    game.complete('after');
    expect(game.instance.status).toBe('completed');
  });

  it('joins flows that have no id of their own', async () => {
    const game = await play(fork.replaceAll(/<bpmn:sequenceFlow id="\w+"/g, '<bpmn:sequenceFlow'));
    game.complete('a');
    expect(game.at()).toEqual(['b', 'join']);
    game.complete('b');
    expect(game.tasks()).toEqual(['after']);
  });

  it('gateway/parallel: does not take two tokens of the same flow for one of each', async () => {
    const loop = definitions(
      process(
        'p',
        start(),
        node('parallelGateway', 'fork'),
        user('a'),
        user('b'),
        user('c'),
        node('exclusiveGateway', 'merge'),
        node('parallelGateway', 'join'),
        end(),
        flows('start -> fork -> a -> merge -> join -> end', 'fork -> b -> merge', 'fork -> c -> join'),
      ),
    );
    const game = await play(loop);
    game.complete('a');
    game.complete('b');
    expect(game.at()).toEqual(['c', 'join', 'join']);
    game.complete('c');
    expect(game.at()).toEqual(['join']);
  });
});

const inclusive = definitions(
  process(
    'p',
    start(),
    node('inclusiveGateway', 'split', 'default="split_c"'),
    user('a'),
    user('b'),
    user('c'),
    node('exclusiveGateway', 'detour', 'default="detour_join"'),
    node('inclusiveGateway', 'join'),
    user('after'),
    end(),
    end('aside'),
    flows(
      'start -> split -[x > 0]-> a -> join -> after -> end',
      'split -[y > 0]-> b -> detour -> join',
      'detour -[away]-> aside',
      'split -> c -> join',
    ),
  ),
);

describe('inclusive gateway', () => {
  it('gateway/inclusive: takes every flow whose condition holds and joins just those', async () => {
    const game = await play(inclusive, { x: 1, y: 1, away: false });
    expect(game.tasks()).toEqual(['a', 'b']);
    game.complete('a');
    expect(game.at()).toEqual(['b', 'join']);
    game.complete('b');
    expect(game.tasks()).toEqual(['after']);
    expect(game.events('ElementEntered').filter(({ joined }) => joined && joined.length > 0)).toHaveLength(1);
  });

  it('gateway/inclusive: takes the default flow alone when no condition holds', async () => {
    const game = await play(inclusive, { x: 0, y: 0 });
    expect(game.tasks()).toEqual(['c']);
    game.complete('c');
    expect(game.tasks()).toEqual(['after']);
  });

  it('gateway/inclusive: fires the join for the next tokens too when nothing goes on behind the first', async () => {
    const lines = flows('start -> a', 'start -> b', 'a -> a', 'a -> join', 'b -> join', 'join -[false]-> end');
    const gates = [node('inclusiveGateway', 'join'), user('a'), user('b')];
    const game = await play(definitions(process('p', start(), ...gates, end(), lines)));
    for (const task of ['a', 'a', 'b']) game.complete(task);
    expect(game.instance.incidents).toMatchObject([{ kind: 'no-flow' }, { kind: 'no-flow' }]);
  });

  it('gateway/inclusive: fires the join as soon as the missing token is diverted elsewhere', async () => {
    const game = await play(inclusive, { x: 1, y: 1, away: true });
    game.complete('a');
    expect(game.at()).toEqual(['b', 'join']);
    game.complete('b');
    expect(game.tasks()).toEqual(['after']);
  });

  it('fires the join when the missing token is cancelled', async () => {
    const withTimer = inclusive.replace(
      '</bpmn:process>',
      '<bpmn:boundaryEvent id="late" attachedToRef="b"><bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>' +
        `${end('given-up')}${flows('late -> given-up')}</bpmn:process>`,
    );
    const game = await play(withTimer, { x: 1, y: 1, away: false });
    game.complete('a');
    game.advance('PT1H');
    expect(game.tasks()).toEqual(['after']);
  });

  it('is an incident when it waits for a task that waits for it', async () => {
    const circle = definitions(
      process(
        'p',
        start(),
        node('inclusiveGateway', 'gate'),
        user('once'),
        node('task', 'pair', 'startQuantity="2"'),
        flows('start -> once -> pair -> gate -> once', 'start -> gate'),
      ),
    );
    const game = await play(circle);
    expect([game.at(), game.instance.incidents]).toEqual([['gate', 'once'], []]);
    game.complete('once');
    expect(game.instance.incidents.map(({ element, kind }) => [element, kind])).toEqual([
      ['gate', 'join'],
      ['pair', 'join'],
    ]);
  });
});

const race = definitions(
  '<bpmn:message id="m" name="reply"/>',
  process(
    'p',
    start(),
    node('eventBasedGateway', 'gate'),
    node('intermediateCatchEvent', 'reply', '', '<bpmn:messageEventDefinition messageRef="m"/>'),
    node(
      'intermediateCatchEvent',
      'late',
      '',
      '<bpmn:timerEventDefinition><bpmn:timeDuration>PT2H</bpmn:timeDuration></bpmn:timerEventDefinition>',
    ),
    user('answered'),
    user('silent'),
    end(),
    flows('start -> gate -> reply -> answered -> end', 'gate -> late -> silent -> end'),
  ),
);

describe('event-based gateway', () => {
  it('gateway/event-based: goes the way of the event that comes first and gives up the others', async () => {
    const game = await play(race);
    expect(game.at()).toEqual(['gate']);
    game.message('reply', { text: 'yes' });
    expect(game.tasks()).toEqual(['answered']);
    expect(game.instance.timers).toEqual([]);
    expect(game.variables()).toEqual({ text: 'yes' });
  });

  it('gateway/event-based: goes the way of the timer when nothing else came', async () => {
    const game = await play(race);
    game.advance('PT2H');
    expect(game.tasks()).toEqual(['silent']);
    expect(game.instance.messages).toEqual([]);
  });

  it('is refused with nothing behind it', async () => {
    const xml = definitions(process('p', start(), node('eventBasedGateway', 'gate'), flows('start -> gate')));
    expect(await problemsOf(xml)).toMatchObject([{ rule: 'event-gateway', element: 'gate' }]);
  });

  it('is refused with a task behind it', async () => {
    expect(
      await problemsOf(
        race
          .replaceAll('intermediateCatchEvent id="late"', 'task id="late"')
          .replaceAll(
            /<bpmn:timerEvent.*?<\/bpmn:timerEventDefinition><\/bpmn:intermediateCatchEvent>/g,
            '</bpmn:task>',
          ),
      ),
    ).toMatchObject([{ rule: 'event-gateway-target', element: 'late' }]);
  });
});
