import { beforeEach, expect, it } from '@jest/globals';
import type { Command } from '../../../engine/index.ts';
import type { Database } from '../../../server/db/database.ts';
import { definitions, end, extensions, flows, process, service, start, user } from '../../support/bpmn.ts';
import { describeDatabase } from '../../support/database.ts';
import { deployDiagram, expectTablesToFollow, stage, taskAt } from '../../support/runtime.ts';
import type { Stage } from '../../support/runtime.ts';

const candidates =
  '<zeebe:assignmentDefinition candidateGroups="desk,night" candidateUsers="li"/><zeebe:taskSchedule dueDate="2026-03-03T00:00:00Z"/>';
const request = definitions(
  process(
    'request',
    start(),
    user('fix', extensions(candidates)),
    service('call'),
    user('check'),
    end(),
    flows('start -> fix -> call -> check -> end'),
  ),
);

type Asked<T> = T extends Command ? Omit<T, 'at' | 'actor'> : never;

describeDatabase('intervening in an instance', (open) => {
  let db: Database;
  let here: Stage;
  let instance: string;
  beforeEach(async () => {
    db ??= await open();
    here = stage(db);
    await deployDiagram(here, request);
    instance = (await here.runtime.start({ process: 'request', variables: {}, actor: 'user:wang' })).instance.id;
  });

  const ask = (command: Asked<Command>) =>
    here.runtime.submit(instance, { ...command, at: here.clock.now(), actor: 'user:ada' });
  const rows = (text: string) => db.query(text, [instance]);
  const taskRows = () => rows('select group_id, due_at, follow_up_at, priority from tasks where instance_id = $1');
  const candidateRows = () =>
    rows(
      'select kind, candidate, next_due_at as due_at from task_candidates where instance_id = $1 order by kind, candidate',
    );

  it('changes the row of a task, and who is a candidate', async () => {
    const task = taskAt(await here.runtime.instance(instance), 'fix');
    await ask({ type: 'UpdateTask', task, users: ['ada', 'bob'], priority: 80, followUp: 7 });
    const due = String(Date.UTC(2026, 2, 3));
    expect(await taskRows()).toEqual([{ group_id: 'desk', due_at: due, follow_up_at: '7', priority: 80 }]);
    const names = [
      ['group', 'night'],
      ['user', 'ada'],
      ['user', 'bob'],
    ];
    expect(await candidateRows()).toEqual(names.map(([kind, candidate]) => ({ kind, candidate, due_at: due })));
    // In one batch.
    await Promise.all([
      ask({ type: 'UpdateTask', task, due: 9, groups: ['day'] }),
      ask({ type: 'UpdateTask', task, followUp: null }),
    ]);
    expect(await taskRows()).toEqual([{ group_id: 'day', due_at: '9', follow_up_at: null, priority: 80 }]);
    expect(await candidateRows()).toEqual([
      { kind: 'user', candidate: 'ada', due_at: '9' },
      { kind: 'user', candidate: 'bob', due_at: '9' },
    ]);
    await ask({ type: 'CompleteTask', task, variables: {} });
    expect(await taskRows()).toEqual([]);
    expect(await candidateRows()).toEqual([]);
    await expectTablesToFollow(db, here);
  });

  it('changes the attempts of a job, which waits for its incident all the same', async () => {
    await ask({ type: 'Modify', move: [{ from: 'fix', to: 'call' }] });
    const job = (await here.runtime.instance(instance))?.tokens[0]?.id ?? -1;
    const jobRow = () => rows('select retries, due_at from jobs where instance_id = $1');
    const due = String(here.clock.now());
    await ask({ type: 'UpdateJob', job, retries: 4 });
    expect(await jobRow()).toEqual([{ retries: 4, due_at: due }]);
    const failed = ask({ type: 'FailJob', job, message: 'broken', retries: 0, retryAt: 0 });
    await Promise.all([failed, ask({ type: 'UpdateJob', job, retries: 5 })]);
    expect(await jobRow()).toEqual([{ retries: 5, due_at: null }]);
    const incident = (await failed).instance.incidents[0]?.id ?? -1;
    await ask({ type: 'ResolveIncident', incident });
    expect(await jobRow()).toEqual([{ retries: 5, due_at: due }]);
    await expectTablesToFollow(db, here);
  });

  it('moves a token, and the tables follow', async () => {
    await ask({ type: 'Modify', move: [{ from: 'fix', to: 'check' }], reason: 'done by phone' });
    await expectTablesToFollow(db, here);
    expect((await here.runtime.instance(instance))?.tokens).toMatchObject([{ element: 'check' }]);
  });

  it('goes over to another release, and the tables and the proof follow', async () => {
    const renamed = request.replaceAll('"fix"', '"mend"').replaceAll('fix_', 'mend_').replaceAll('_fix', '_mend');
    await deployDiagram(here, renamed);
    const release = (await here.runtime.latestRelease())?.id ?? '';
    const task = taskAt(await here.runtime.instance(instance), 'fix');
    await ask({ type: 'AssignTask', task, assignee: 'ada' });
    await ask({ type: 'Migrate', release, process: 'request', elements: { fix: 'mend' }, reason: 'new rules' });
    expect(await rows('select release_id, process from instances where id = $1')).toEqual([
      { release_id: release, process: 'request' },
    ]);
    expect(await rows('select element, assignee, group_id from tasks where instance_id = $1')).toEqual([
      { element: 'mend', assignee: 'ada', group_id: 'desk' },
    ]);
    await expectTablesToFollow(db, here);
    await ask({ type: 'CompleteTask', task, variables: {} });
    await expectTablesToFollow(db, here);
  });

  it('goes over in the batch in which it began', async () => {
    const old = (await here.runtime.latestRelease())?.id ?? '';
    const longer = request.replaceAll('"call"', '"phone"').replaceAll('call_', 'phone_').replaceAll('_call', '_phone');
    await deployDiagram(here, longer);
    const release = (await here.runtime.latestRelease())?.id ?? '';
    instance = here.runtime.keys.next();
    const begun = ask({ type: 'Start', instance, release: old, process: 'request', variables: {} });
    const moved = ask({ type: 'Modify', activate: [{ element: 'call' }] });
    const migrated = ask({ type: 'Migrate', release, process: 'request', elements: { call: 'phone' } });
    await Promise.all([begun, moved, migrated]);
    expect(await rows('select element from jobs where instance_id = $1')).toEqual([{ element: 'phone' }]);
    await expectTablesToFollow(db, here);
  });
});
