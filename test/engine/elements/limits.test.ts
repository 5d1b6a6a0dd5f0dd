import { describe, expect, it } from '@jest/globals';
import type { Value } from '../../../engine/index.ts';
import {
  definitions,
  end,
  extensions,
  flows,
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
import { play, problemsOf } from '../../support/play.ts';

describe('what would go on for ever', () => {
  it.each([0, 1])('joins once when it is resolved, wherever the limit of steps stopped it (%i)', async (before) => {
    const tasks = Array.from({ length: before }, (_none, index) => `t${index}`);
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          ...tasks.map((id) => node('task', id)),
          node('exclusiveGateway', 'm'),
          node('parallelGateway', 'f'),
          node('task', 'c'),
          node('parallelGateway', 'j'),
          node('exclusiveGateway', 'x', 'default="x_m"'),
          end(),
          flows(
            ['start', ...tasks, 'm'].join(' -> '),
            'm -> f',
            'f -> c -> j',
            'f -> j',
            'j -> x',
            'x -> m',
            'x -[done]-> end',
          ),
        ),
      ),
      { done: false },
    );
    game.do({ type: 'SetVariables', variables: { done: true } });
    for (;;) {
      const [incident] = game.instance.incidents;
      if (!incident || game.instance.status !== 'active') break;
      game.do({ type: 'ResolveIncident', incident: incident.id });
    }
    expect(game.instance.status).toBe('completed');
    expect(game.events('FlowTaken').filter(({ flow }) => flow === 'x_end')).toHaveLength(1);
  });

  it('is refused as a quantity, and an incident as a number of instances', async () => {
    const quantity = definitions(
      process('p', start(), node('task', 't', 'completionQuantity="20000"'), end(), flows('start -> t -> end')),
    );
    expect(await problemsOf(quantity)).toMatchObject([{ rule: 'quantity', element: 't' }]);
    const many =
      '<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>n</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>';
    const game = await play(
      definitions(process('p', start(), node('task', 't', '', many), end(), flows('start -> t -> end'))),
      { n: 1e9 },
    );
    expect(game.instance.incidents).toMatchObject([{ element: 't', kind: 'expression' }]);
  });

  it('is refused as a value that is nested too deep', async () => {
    let deep: Value = 1;
    for (let level = 0; level < 1500; level += 1) deep = [deep];
    const xml = definitions(process('p', start(), user('t'), end(), flows('start -> t -> end')));
    await expect(play(xml, { deep })).rejects.toThrow(/nested at most/);
  });
});

describe('a name that is too long to be looked for', () => {
  const task = (definition: string): string => user('t', extensions(`<zeebe:userTask/>${definition}`));
  const waiting = node('intermediateCatchEvent', 't', '', on('message', 'm'));
  it.each([
    ['of a job', service('t', '=name')],
    ['of an assignee', task('<zeebe:assignmentDefinition assignee="=name"/>')],
    ['of a group', task('<zeebe:assignmentDefinition candidateGroups="=[name]"/>')],
    ['of a user', task('<zeebe:assignmentDefinition candidateUsers="=name"/>')],
    ['of a message', waiting],
  ])('is an incident until it is shorter: %s', async (_of, element) => {
    const p = process('p', start(), element, end(), flows('start -> t -> end'));
    const game = await play(definitions(message('m', 'paid', 'name'), p), { name: 'x'.repeat(501) });
    expect(game.instance.incidents).toMatchObject([{ element: 't' }]);
    expect(game.instance.incidents[0]?.message).toContain('at most 500 characters, but found 501');
    game.do({ type: 'SetVariables', variables: { name: 'x'.repeat(500) } });
    game.do({ type: 'ResolveIncident', incident: game.instance.incidents[0]?.id ?? -1 });
    expect(game.instance.incidents).toEqual([]);
    expect(game.instance.tokens).toMatchObject([{ element: 't', state: 'active' }]);
  });

  it('is an incident in a signal; so are more retries than can be counted', async () => {
    const thrown = node('intermediateThrowEvent', 't', '', on('signal', 's'));
    const tried = node(
      'serviceTask',
      't',
      '',
      extensions('<zeebe:taskDefinition type="x" retries="=if name = &quot;&quot; then 1 else 1000000000000"/>'),
    );
    for (const element of [thrown, tried]) {
      const p = process('p', start(), element, end(), flows('start -> t -> end'));
      const game = await play(definitions(signal('s', '=name'), p), { name: 'x'.repeat(501) });
      expect(game.instance.incidents).toMatchObject([{ element: 't' }]);
    }
  });
});

describe('joins inside an ad-hoc sub-process', () => {
  const adHoc = (attributes: string, active: string): string =>
    definitions(
      process(
        'p',
        start(),
        node(
          'adHocSubProcess',
          'work',
          attributes,
          `<bpmn:extensionElements><zeebe:adHoc activeElementsCollection="=${active.replaceAll('"', '&quot;')}"/></bpmn:extensionElements>`,
          user('a'),
          user('b'),
          node('parallelGateway', 'j'),
          flows('a -> j', 'b -> j'),
        ),
        user('after'),
        end(),
        flows('start -> work -> after -> end'),
      ),
    );

  it('wait for what somebody may still begin', async () => {
    const game = await play(adHoc('', '["a"]'));
    game.complete('a');
    expect(game.instance.incidents).toEqual([]);
    const scope = game.instance.tokens.find(({ element }) => element === 'work')?.id ?? 0;
    game.do({ type: 'ActivateElements', scope, elements: ['b'] });
    game.complete('b');
    expect(game.tasks()).toEqual(['after']);
  });

  it('do not hold the next element of a sequential one', async () => {
    const game = await play(adHoc('ordering="Sequential"', '["a", "b"]'));
    game.complete('a');
    expect([game.tasks(), game.instance.incidents]).toEqual([['b'], []]);
    game.complete('b');
    expect(game.tasks()).toEqual(['after']);
  });
});

describe('inclusive joins', () => {
  it('that wait for each other are incidents', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          node('parallelGateway', 'f'),
          user('a'),
          user('b'),
          node('inclusiveGateway', 'one'),
          node('inclusiveGateway', 'two'),
          node('parallelGateway', 'x'),
          node('parallelGateway', 'y'),
          end(),
          flows(
            'start -> f',
            'f -> a -> one',
            'f -> b -> two',
            'one -> x',
            'x -> two',
            'two -> y',
            'y -> one',
            'x -> end',
            'y -> end',
          ),
        ),
      ),
    );
    game.complete('a');
    expect(game.instance.incidents).toEqual([]);
    game.complete('b');
    expect(game.instance.incidents.map(({ element }) => element).sort()).toEqual(['one', 'two']);
  });
});

describe('what the standard has beside this dialect', () => {
  it('is refused: roles of people, conditions in another language', async () => {
    const role = definitions(
      process(
        'p',
        start(),
        node('userTask', 't', '', '<bpmn:potentialOwner name="desk"/>'),
        end(),
        flows('start -> t -> end'),
      ),
    );
    expect(await problemsOf(role)).toMatchObject([{ rule: 'unsupported-element', element: 't' }]);
    const xpath = definitions(process('p', start(), user('t'), end(), flows('start -> t', 't -[1 = 1]-> end'))).replace(
      'xsi:type="bpmn:tFormalExpression"',
      'xsi:type="bpmn:tFormalExpression" language="http://www.w3.org/1999/XPath"',
    );
    expect(await problemsOf(xpath)).toContainEqual(
      expect.objectContaining({ rule: 'unsupported-language', element: 't_end' }),
    );
    const juel = definitions(
      process(
        'p',
        start(),
        node('intermediateCatchEvent', 'wait', '', timer('Duration', 'PT1H')),
        end(),
        flows('start -> wait -> end'),
      ),
    ).replace('xsi:type="bpmn:tFormalExpression"', 'xsi:type="bpmn:tFormalExpression" language="juel"');
    expect(juel).toContain('juel');
    expect(await problemsOf(juel)).toContainEqual(
      expect.objectContaining({ rule: 'unsupported-language', element: 'wait' }),
    );
  });
});
