import { beforeEach, expect, it } from '@jest/globals';
import type { Database } from '../../../server/db/database.ts';
import { definitions, end, extensions, flows, message, node, process, start, timer, user } from '../../support/bpmn.ts';
import { describeDatabase } from '../../support/database.ts';
import { deployDiagram, expectTablesToFollow, stage } from '../../support/runtime.ts';
import type { Stage } from '../../support/runtime.ts';

const each = `<bpmn:multiInstanceLoopCharacteristics>${extensions(
  '<zeebe:loopCharacteristics inputCollection="=people" inputElement="person"/>',
)}</bpmn:multiInstanceLoopCharacteristics>`;
const assigned = extensions('<zeebe:assignmentDefinition assignee="=person"/>');
const round = definitions(
  process(
    'round',
    start(),
    node('userTask', 'vote', '', assigned, each),
    node('receiveTask', 'hear', 'messageRef="m"', each),
    node('boundaryEvent', 'late', 'attachedToRef="hear"', timer('Duration', 'PT1H')),
    user('after'),
    end(),
    flows('start -> vote -> hear -> end', 'late -> after'),
  ),
  message('m', 'reply', 'person'),
);

describeDatabase('the tasks and messages of a loop', (open) => {
  let db: Database;
  let it1: Stage;
  beforeEach(async () => {
    db ??= await open();
    it1 = stage(db);
    await deployDiagram(it1, round);
  });

  it('are rows of their own, which come and go one by one', async () => {
    const begin = { process: 'round', variables: { people: ['li', 'wang', 'zhao'] }, actor: 'user:wang' };
    const { instance } = await it1.runtime.start(begin);
    const at = it1.clock.now();
    const assignees = async () =>
      (await db.query('select assignee from tasks where instance_id = $1 order by id', [instance.id])).map(
        (row) => (row as { assignee: string }).assignee,
      );
    expect(await assignees()).toEqual(['li', 'wang', 'zhao']);
    const tasks = instance.tokens.filter(({ task }) => task).map(({ id }) => id);
    const complete = (task: number) =>
      it1.runtime.submit(instance.id, { type: 'CompleteTask', at, actor: 'user:li', task, variables: {} });
    await complete(tasks[1] ?? 0);
    expect(await assignees()).toEqual(['li', 'zhao']);
    await expectTablesToFollow(db, it1);
    await complete(tasks[0] ?? 0);
    const { instance: waiting } = await complete(tasks[2] ?? 0);
    expect(waiting.messages.map(({ key }) => key)).toEqual(['li', 'wang', 'zhao']);
    const [, second] = waiting.messages;
    await it1.runtime.submit(instance.id, {
      type: 'CorrelateMessage',
      at,
      actor: 'system',
      subscription: second?.id ?? 0,
      name: 'reply',
      variables: {},
    });
    await expectTablesToFollow(db, it1);
    await it1.runtime.submit(instance.id, { type: 'Cancel', at, actor: 'user:li', reason: 'enough' });
    await expectTablesToFollow(db, it1);
  });
});
