import { describe, expect, it } from '@jest/globals';
import { definitions, end, extensions, flows, node, process, start, user } from '../../support/bpmn.ts';
import { play, type Play } from '../../support/play.ts';

const adHoc = (attributes: string, ...inner: string[]): Promise<Play> =>
  play(
    definitions(
      process(
        'p',
        start(),
        node('adHocSubProcess', 'work', attributes, ...inner),
        user('after'),
        end(),
        flows('start -> work -> after -> end'),
      ),
    ),
  );
const until = (text: string): string => `<bpmn:completionCondition>${text}</bpmn:completionCondition>`;
const three = [user('call'), user('visit'), user('report')];

describe('ad-hoc sub-process', () => {
  it('activity/ad-hoc-sub-process/parallel: offers all its activities and ends when none is active any more', async () => {
    const game = await adHoc('', ...three);
    expect(game.tasks()).toEqual(['call', 'report', 'visit']);
    for (const task of ['visit', 'call', 'report']) game.complete(task);
    expect(game.tasks()).toEqual(['after']);
  });

  it('activity/ad-hoc-sub-process/parallel: goes on along the flows inside', async () => {
    const game = await adHoc('', user('call'), user('note'), flows('call -> note'));
    expect(game.tasks()).toEqual(['call']);
    game.complete('call');
    expect(game.tasks()).toEqual(['note']);
  });

  it('activity/ad-hoc-sub-process/sequential: does one after the other when it is sequential', async () => {
    const game = await adHoc('ordering="Sequential"', ...three);
    for (const task of ['call', 'visit', 'report']) {
      expect(game.tasks()).toEqual([task]);
      game.complete(task);
    }
    expect(game.tasks()).toEqual(['after']);
  });

  it('activity/ad-hoc-sub-process/parallel: ends what is still active when the completion condition holds', async () => {
    const game = await adHoc('', ...three, until('solved = true'));
    game.complete('call', { solved: false });
    expect(game.tasks()).toEqual(['report', 'visit']);
    game.complete('visit', { solved: true });
    expect(game.tasks()).toEqual(['after']);
  });

  it('activity/ad-hoc-sub-process/parallel: lets what is still active finish with cancelRemainingInstances="false"', async () => {
    const game = await adHoc('cancelRemainingInstances="false"', ...three, until('solved = true'));
    game.complete('call', { solved: true });
    expect(game.tasks()).toEqual(['report', 'visit']);
    game.complete('visit');
    game.complete('report');
    expect(game.tasks()).toEqual(['after']);
  });

  it('begins an activity again when somebody asks, and refuses what is not there', async () => {
    const game = await adHoc('', ...three, until('solved = true'));
    const scope = game.instance.tokens.find(({ element }) => element === 'work')?.id ?? 0;
    game.complete('call', { solved: false });
    game.do({ type: 'ActivateElements', scope, elements: ['call', 'visit'] });
    expect(game.tasks()).toEqual(['call', 'report', 'visit', 'visit']);
    expect(() => game.do({ type: 'ActivateElements', scope, elements: ['nothing'] })).toThrow(/call, visit, report/);
    expect(() => game.do({ type: 'ActivateElements', scope: 999, elements: ['call'] })).toThrow(/ad-hoc/);
  });

  it('begins only what the expression names, and keeps one output for each', async () => {
    const options =
      '<zeebe:adHoc activeElementsCollection="=[&quot;visit&quot;]" outputCollection="done" outputElement="=result" />';
    const game = await adHoc('', extensions(options), ...three);
    expect(game.tasks()).toEqual(['visit']);
    game.complete('visit', { result: 'swapped the disk' });
    expect(game.tasks()).toEqual(['after']);
  });

  it('is an incident when its completion condition cannot be told, which can be resolved', async () => {
    const game = await adHoc('', ...three, until('solved'));
    game.complete('call');
    expect(game.instance.incidents).toMatchObject([{ element: 'work', kind: 'expression', phase: 'inner' }]);
    game.do({ type: 'SetVariables', variables: { solved: true } });
    game.do({ type: 'ResolveIncident', incident: game.instance.incidents[0]?.id ?? 0 });
    expect(game.tasks()).toEqual(['after']);
  });
});
