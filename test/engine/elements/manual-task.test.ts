import { describe, expect, it } from '@jest/globals';
import { definitions, end, flows, node, process, start, user } from '../../support/bpmn.ts';
import { play } from '../../support/play.ts';

describe('manual task', () => {
  it('activity/manual-task: is on record and does not hold the token', async () => {
    const game = await play(
      definitions(
        process(
          'p',
          start(),
          node('manualTask', 'unplug'),
          user('next'),
          end(),
          flows('start -> unplug -> next -> end'),
        ),
      ),
    );
    expect(game.tasks()).toEqual(['next']);
    expect(game.events('FlowTaken').map(({ element }) => element)).toContain('unplug');
  });
});
