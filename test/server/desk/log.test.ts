import { describe, expect, it } from '@jest/globals';
import type { Event } from '../../../engine/event.ts';
import type { Command } from '../../../engine/command.ts';
import { logOf } from '../../../server/desk/log.ts';
import { releaseOf } from '../../support/play.ts';
import { definitions, end, extensions, flows, process, start, user } from '../../support/bpmn.ts';

const xml = definitions(
  process(
    'p',
    start(),
    user('work', extensions('<zeebe:properties><zeebe:property name="name.zh" value="处理"/></zeebe:properties>')),
    end(),
    flows('start -> work', 'work -> end'),
  ),
);

const done = (actor: string, command: Partial<Command>, ...events: Event[]) => ({
  seq: 1,
  at: 5,
  actor,
  command: { at: 5, actor, ...command } as Command,
  events,
});

describe('the log of a ticket', () => {
  it('tells who did what by hand, and what the process made of it', async () => {
    const release = await releaseOf(xml);
    const lines = logOf(
      [
        done(
          'user:mei',
          { type: 'Start' },
          { type: 'InstanceStarted', instance: '1', release: '1', process: 'p', at: 5, variables: {} },
          { type: 'VariablesSet', scope: 0, variables: { priority: 'P1', other: 1 } },
          { type: 'TaskCreated', task: 2, element: 'work', assignee: null, groups: ['dba'], users: [], priority: 50 },
        ),
        done('user:chen', { type: 'AssignTask' }, { type: 'TaskAssigned', task: 2, assignee: 'chen' }),
        done('user:dana', { type: 'AssignTask' }, { type: 'TaskAssigned', task: 2, assignee: 'niko' }),
        done('user:niko', { type: 'CompleteTask' }, { type: 'TaskCompleted', task: 2 }),
      ],
      release,
      'zh',
    );
    expect(lines.map(({ actor, key, values }) => [actor, key, values])).toEqual([
      ['user:mei', 'filed', {}],
      ['system', 'set', { field: 'priority', value: 'P1' }],
      ['system', 'offered', { task: '处理', to: 'dba' }],
      ['user:chen', 'claimed', { task: '处理', person: 'chen' }],
      ['user:dana', 'assigned', { task: '处理', person: 'niko' }],
      ['user:niko', 'completed', { task: '处理' }],
    ]);
  });
});
