import { describe, expect, it } from '@jest/globals';
import { decisionXml, dmnXml, literalXml, serviceXml, tableXml } from '../../support/dmn.ts';
import { definitions, end, extensions, flows, node, process, start } from '../../support/bpmn.ts';
import { play } from '../../support/play.ts';

const rule = (decision: string) => {
  const called = `<zeebe:calledDecision decisionId="${decision}" resultVariable="result"/>`;
  const task = node('businessRuleTask', 'x', '', extensions(called));
  return definitions(process('p', start(), task, end(), ...flows('start -> x', 'x -> end')));
};
const level = tableXml('level', { inputs: ['impact'], outputs: ['o'], rules: [['"core"', '1']] });
const file = dmnXml([
  decisionXml('level', level),
  decisionXml('hours', literalXml('level * 4'), { requires: ['level'] }),
  serviceXml('sla', { outputs: ['hours'], inside: ['level'] }),
]);

describe('the history of a decision', () => {
  it('names the rules of the tables that it required', async () => {
    const game = await play(rule('hours'), { impact: 'core' }, file);
    expect(game.events('DecisionEvaluated')).toMatchObject([
      {
        decision: 'hours',
        rules: [],
        output: 4,
        required: [{ decision: 'level', rules: ['r1'], inputs: { impact: 'core' }, output: 1 }],
      },
    ]);
  });

  it('says nothing of others where none are required', async () => {
    const game = await play(rule('level'), { impact: 'core' }, file);
    expect(game.events('DecisionEvaluated')[0]).not.toHaveProperty('required');
  });

  it('is written for decision services, too', async () => {
    const game = await play(rule('sla'), { impact: 'core' }, file);
    expect(game.variables()).toMatchObject({ result: 4 });
    expect(game.events('DecisionEvaluated')).toMatchObject([
      { decision: 'sla', required: [{ decision: 'level', rules: ['r1'] }, { decision: 'hours' }] },
    ]);
  });
});
