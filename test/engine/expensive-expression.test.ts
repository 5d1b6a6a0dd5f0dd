import { describe, expect, it } from '@jest/globals';
import { definitions, end, extensions, flows, node, process, start, user } from '../support/bpmn.ts';
import { play } from '../support/play.ts';

const ENDLESS = 'count(for i in 1..100000000 return i)';

const script = (expression: string): string =>
  node('scriptTask', 'work', '', extensions(`<zeebe:script expression="=${expression}" resultVariable="result"/>`));
const model = definitions(
  process(
    'p',
    start(),
    user('ask'),
    script('count(for i in 1..size return i)'),
    end(),
    flows('start -> ask -> work -> end'),
  ),
);

describe('an expression that never ends', () => {
  it('is an incident of its element, while another instance goes on', async () => {
    const [stuck, other] = [await play(model), await play(model)];
    stuck.complete('ask', { size: 100_000_000 });
    expect(stuck.instance.incidents).toMatchObject([
      { element: 'work', kind: 'expression', message: expect.stringContaining('to end within 2000000 steps') },
    ]);
    expect(stuck.at()).toEqual(['work']);
    other.complete('ask', { size: 3 });
    expect(other.instance.status).toBe('completed');
    expect(other.variables()).toEqual({ size: 3, result: 3 });
  });

  it('goes on when its variables are put right and the incident is resolved', async () => {
    const game = await play(model);
    game.complete('ask', { size: 100_000_000 });
    game.do({ type: 'SetVariables', scope: 0, variables: { size: 5 } });
    game.do({ type: 'ResolveIncident', incident: game.instance.incidents[0]?.id ?? 0 });
    expect(game.variables()).toEqual({ size: 5, result: 5 });
    expect(game.instance.status).toBe('completed');
  });

  it('is an incident in a flow condition and in a decision', async () => {
    const gate = definitions(
      process(
        'p',
        start(),
        node('exclusiveGateway', 'gate'),
        end('a'),
        end('b'),
        flows('start -> gate', `gate -[${ENDLESS} > 3]-> a`, 'gate -[true]-> b'),
      ),
    );
    expect((await play(gate)).instance.incidents).toMatchObject([{ element: 'gate', kind: 'expression' }]);

    const called = '<zeebe:calledDecision decisionId="d" resultVariable="r"/>';
    const rule = node('businessRuleTask', 'rule', '', extensions(called));
    const task = definitions(process('p', start(), rule, end(), flows('start -> rule -> end')));
    const dmn = `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="f" name="f" namespace="test"><decision id="d" name="d"><literalExpression id="l"><text>${ENDLESS}</text></literalExpression></decision></definitions>`;
    expect((await play(task, {}, dmn)).instance.incidents).toMatchObject([{ element: 'rule', kind: 'expression' }]);
  });
});
