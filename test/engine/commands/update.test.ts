import { describe, expect, it } from '@jest/globals';
import {
  definitions,
  end,
  extensions,
  flows,
  mapping,
  node,
  process,
  service,
  start,
  user,
} from '../../support/bpmn.ts';
import { play, type Play } from '../../support/play.ts';

const one = (inner: string): Promise<Play> =>
  play(definitions(process('p', start(), inner, user('after'), end(), flows('start -> work -> after -> end'))));
const token = (game: Play, element = 'work'): number =>
  game.instance.tokens.find((other) => other.element === element)?.id ?? -1;
const incident = (game: Play): number => game.instance.incidents[0]?.id ?? -1;

describe('updating a task', () => {
  it('changes who may do it and when, and leaves the rest', async () => {
    const game = await one(user('work', extensions('<zeebe:assignmentDefinition candidateUsers="ada"/>')));
    const task = token(game);
    expect(game.do({ type: 'UpdateTask', task, groups: ['desk'], due: 5, followUp: null, priority: 80 })).toEqual([
      { type: 'TaskUpdated', task, groups: ['desk'], due: 5, followUp: null, priority: 80 },
    ]);
    expect(game.instance.tokens[0]?.task).toEqual({ assignee: null, groups: ['desk'], users: ['ada'] });
  });

  it('refuses what is no open task, no priority, or no date', async () => {
    const game = await one(user('work'));
    const task = token(game);
    expect(() => game.do({ type: 'UpdateTask', task: 99, groups: [] })).toThrow('Expected task 99 to be open');
    expect(() => game.do({ type: 'UpdateTask', task, priority: 101 })).toThrow('from 0 to 100, but found 101');
    expect(() => game.do({ type: 'UpdateTask', task, due: 0.5 })).toThrow('Expected the due date');
  });
});

describe('updating a job', () => {
  it('gives it new attempts', async () => {
    const game = await one(service('work'));
    const job = token(game);
    expect(game.do({ type: 'UpdateJob', job, retries: 7 })).toEqual([{ type: 'JobUpdated', job, retries: 7 }]);
    expect(game.instance.tokens[0]?.job?.retries).toBe(7);
    expect(() => game.do({ type: 'UpdateJob', job, retries: 0 })).toThrow('a whole number from 1, but found 0');
    expect(() => game.do({ type: 'UpdateJob', job: 99, retries: 1 })).toThrow('Expected job 99 to be open');
  });

  const failed = async (inner: string): Promise<Play> => {
    const game = await one(inner);
    const { id = 0, job } = game.instance.tokens[0] ?? {};
    game.do({ type: 'FailJob', job: job?.id ?? id, message: 'broken', retries: 0, retryAt: game.now });
    return game;
  };
  const listened = node(
    'manualTask',
    'work',
    '',
    extensions(
      '<zeebe:executionListeners><zeebe:executionListener eventType="start" type="hear" retries="2"/></zeebe:executionListeners>',
    ),
  );

  it.each([
    ['a job', service('work')],
    ['a listener', listened],
  ])('asks again for %s that failed with the attempts that it was given', async (_what, inner) => {
    const game = await failed(inner);
    const { id = 0, job } = game.instance.tokens[0] ?? {};
    game.do({ type: 'UpdateJob', job: job?.id ?? id, retries: 5 });
    game.do({ type: 'ResolveIncident', incident: incident(game) });
    expect(game.instance.tokens[0]?.job?.retries).toBe(5);
    expect(game.instance.incidents).toEqual([]);
    const again = game.instance.tokens[0];
    game.do({ type: 'CompleteJob', job: again?.job?.id ?? again?.id ?? -1, variables: {} });
    expect(game.tasks()).toEqual(['after']);
  });

  it('asks again with the attempts of whoever resolves the incident, else with those of the diagram', async () => {
    const game = await failed(service('work'));
    game.do({ type: 'ResolveIncident', incident: incident(game) });
    expect(game.instance.tokens[0]?.job?.retries).toBe(2);
    game.do({ type: 'FailJob', job: token(game), message: 'broken', retries: 0, retryAt: game.now });
    game.do({ type: 'ResolveIncident', incident: incident(game), retries: 9 });
    expect(game.instance.tokens[0]?.job?.retries).toBe(9);
  });
});

describe('setting variables', () => {
  const scoped = node('subProcess', 'work', '', extensions(mapping({ known: '=1' })), user('in'));

  it('sets them where they are known, seen from the scope', async () => {
    const game = await one(scoped);
    game.do({ type: 'SetVariables', scope: token(game, 'in'), variables: { known: 2, other: 3 } });
    expect(game.instance.scopes).toMatchObject([{ variables: { other: 3 } }, { variables: { known: 2 } }]);
  });

  it('sets them in exactly the scope with `local`, also in that of an element that has none yet', async () => {
    const game = await one(scoped);
    game.do({ type: 'SetVariables', scope: token(game, 'in'), local: true, variables: { known: 2, other: 3 } });
    game.do({ type: 'SetVariables', local: true, variables: { known: 0 } });
    expect(game.instance.scopes.map(({ variables }) => variables)).toEqual([
      { known: 0 },
      { known: 1 },
      { known: 2, other: 3 },
    ]);
    game.complete('in', { known: 5 });
    expect(game.variables()).toEqual({ known: 0 });
    expect(() => game.do({ type: 'SetVariables', scope: 99, variables: {} })).toThrow('Expected scope 99 to be open');
  });
});
