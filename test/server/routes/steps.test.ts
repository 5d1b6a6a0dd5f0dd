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
