import { describe, expect, it } from '@jest/globals';
import { stepsOf } from '../../../server/routes/history/steps.ts';
import { framesOf } from '../../../ui/client/history/frames.ts';
import { definitions, end, extensions, flows, node, process, start } from '../../support/bpmn.ts';
import { play, type Play } from '../../support/play.ts';

const LOOP = definitions(
  process(
    'p',
    start(),
    node(
      'userTask',
      'ask',
      'name="Ask"',
      `<bpmn:multiInstanceLoopCharacteristics>${extensions(
        '<zeebe:loopCharacteristics inputCollection="=items" inputElement="item"/>',
      )}</bpmn:multiInstanceLoopCharacteristics>`,
    ),
    end(),
    flows('start -> ask -> end'),
  ),
);

const rowsOf = ({ history }: Play) =>
  history.map(({ seq, command, events }) => ({
    seq,
    command,
    events: [...events],
    at: 0,
    actor: 'user:ada',
    engine: '1',
    prevHash: '',
    hash: '',
  }));

describe('the steps of a loop', () => {
  it('say how often it is done and which iteration began', async () => {
    const game = await play(LOOP, { items: ['a', 'b'] });
    game.complete('ask');
    const names = { nameOf: (id: string) => (id === 'ask' ? 'Ask' : id), timeText: String };
    const [first, second] = stepsOf(rowsOf(game) as never, names);
    expect(first?.lines.slice(0, 3)).toMatchObject([
      { key: 'LoopStarted', values: { element: 'Ask', count: 2, context: 'planned' } },
      { key: 'IterationStarted', values: { element: 'Ask', index: 1 } },
      { key: 'IterationStarted', values: { element: 'Ask', index: 2 } },
    ]);
    expect(first?.path).toEqual(['Ask']);
    expect(second?.subject).toBe('Ask');
  });

  it('are a film with the state after each of them', async () => {
    const game = await play(LOOP, { items: ['a', 'b'] });
    game.complete('ask');
    const frames = framesOf(rowsOf(game));
    expect(frames.map(({ instance }) => instance.tokens.filter(({ task }) => task).length)).toEqual([2, 1]);
    expect(frames[0]?.moved.get('p')).toEqual(['start', 'start_ask', 'ask']);
    expect({ ...frames.at(-1)?.instance, version: 2 }).toEqual(game.instance);
  });
});

describe('the steps of an intervention', () => {
  const two = definitions(
    process(
      'p',
      start(),
      node('userTask', 'a', 'name="Ask"'),
      node('userTask', 'b', 'name="Do"'),
      flows('start -> a -> b'),
    ),
  );

  it('say that it was one, what it moved, and why', async () => {
    const game = await play(two);
    game.do({ type: 'Modify', move: [{ from: 'a', to: 'b' }], reason: 'asked by phone' });
    game.do({ type: 'SetVariables', variables: { x: 1 } });
    game.releases.set('2', { ...game.release, id: '2' });
    game.do({ type: 'Migrate', release: '2', process: 'p', elements: {}, reason: 'new rules' });
    game.complete('b');
    const names: Record<string, string> = { a: 'Ask', b: 'Do' };
    const steps = stepsOf(rowsOf(game) as never, { nameOf: (id) => names[id] ?? id, timeText: String });
    expect(steps.map(({ lines }) => lines.some(({ kind }) => kind === 'intervention'))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
    expect(steps[1]).toMatchObject({ subject: 'Ask → Do' });
    expect(steps[1]?.lines).toContainEqual({
      kind: 'intervention',
      key: 'InstanceModified',
      values: { activated: 'Do', terminated: 'Ask', reason: 'asked by phone' },
    });
    expect(steps[3]).toMatchObject({ subject: '2' });
    expect(steps[3]?.lines).toContainEqual({
      kind: 'intervention',
      key: 'InstanceMigrated',
      values: { release: '2', places: '–', reason: 'new rules' },
    });
  });
});
