import { beforeEach, expect, it } from '@jest/globals';
import { Rejection } from '../../../engine/index.ts';
import type { Outcome } from '../../../engine/index.ts';
import { CommitError } from '../../../server/db/commit-error.ts';
import type { Database } from '../../../server/db/database.ts';
import type { Change } from '../../../server/process/change.ts';
import { keyGenerator } from '../../../server/db/key.ts';
import { AlreadyDone } from '../../../server/process/guard.ts';
import { Overloaded } from '../../../server/process/submit.ts';
import { definitions, end, extensions, flows, node, process, start, timer, user } from '../../support/bpmn.ts';
import { describeEachDatabase, itTogether } from '../../support/database.ts';
import { deployDiagram, expectTablesToFollow, stage, taskAt } from '../../support/runtime.ts';
import type { Stage } from '../../support/runtime.ts';

const assigned = extensions('<zeebe:assignmentDefinition candidateGroups="desk,night" candidateUsers="li"/>');
const request = definitions(
  process(
    'request',
    start(),
    user('fix', assigned),
    user('check'),
    node('boundaryEvent', 'late', 'attachedToRef="fix" cancelActivity="false"', timer('Duration', 'PT1H')),
    end(),
    end('reported'),
    flows('start -> fix -> check -> end', 'late -> reported'),
  ),
);
const begin = { process: 'request', variables: {}, actor: 'user:wang' };

describeEachDatabase('submitting commands', (open) => {
  let db: Database;
  let it1: Stage;
  beforeEach(async () => {
    db ??= await open();
    it1 = stage(db);
    await deployDiagram(it1, request);
  });

  const complete = (instance: string, task: number) =>
    it1.runtime.submit(instance, { type: 'CompleteTask', at: it1.clock.now(), actor: 'user:li', task, variables: {} });

  it('is answered with the new state and its events, which are stored by then', async () => {
    const { instance, events } = await it1.runtime.start({ ...begin, businessKey: 'R-1' });
    expect(events.map(({ type }) => type)).toContain('TaskCreated');
    expect(await it1.runtime.instance(instance.id)).toEqual(instance);
    expect(await db.query('select group_id, assignee from tasks where instance_id = $1', [instance.id])).toEqual([
      { group_id: 'desk', assignee: null },
    ]);
    expect(
      await db.query('select kind, candidate from task_candidates where instance_id = $1 order by kind', [instance.id]),
    ).toEqual([
      { kind: 'group', candidate: 'night' },
      { kind: 'user', candidate: 'li' },
    ]);
    const done = await complete(instance.id, taskAt(instance, 'fix'));
    await complete(instance.id, taskAt(done.instance, 'check'));
    expect(await it1.runtime.instance(instance.id)).toMatchObject({
      status: 'completed',
      version: 3,
      businessKey: 'R-1',
    });
    const history = await it1.runtime.history(instance.id);
    expect(history.map((row) => [row.seq, row.actor, row.command.type])).toEqual([
      [1, 'user:wang', 'Start'],
      [2, 'user:li', 'CompleteTask'],
      [3, 'user:li', 'CompleteTask'],
    ]);
    await expectTablesToFollow(db, it1);
  });

  it('takes what queues while a commit is in flight as one batch', async () => {
    const { runtime } = stage(db, { clock: it1.clock, keys: keyGenerator(it1.clock) });
    const batches: number[] = [];
    runtime.on('committed', (changes) => batches.push(changes.length));
    const started = await Promise.all(Array.from({ length: 300 }, () => runtime.start(begin)));
    expect(new Set(started.map(({ instance }) => instance.id)).size).toBe(300);
    // On Citus one for each run of keys, which shares a bucket.
    expect(batches.length).toBeLessThan(db.citus ? 6 : 10);
    expect(Math.max(...batches)).toBeLessThanOrEqual(256);
    await runtime.stop();
  });

  it('does several commands of one instance in their order, in one batch', async () => {
    const { instance } = await it1.runtime.start(begin);
    const task = taskAt(instance, 'fix');
    const batches: Change[][] = [];
    it1.runtime.on('committed', (changes) => batches.push([...changes]));
    const assign = (assignee: string | null) =>
      it1.runtime.submit(instance.id, { type: 'AssignTask', at: it1.clock.now(), actor: 'user:li', task, assignee });
    await Promise.all([assign('a'), assign('b'), assign(null), assign('c'), complete(instance.id, task)]);
    expect(batches.map((changes) => changes.map(({ command }) => command.type))).toEqual([
      ['AssignTask', 'AssignTask', 'AssignTask', 'AssignTask', 'CompleteTask'],
    ]);
    expect(await db.query('select element from tasks where instance_id = $1', [instance.id])).toEqual([
      { element: 'check' },
    ]);
    await expectTablesToFollow(db, it1);
  });

  itTogether(
    'stores two batches of different instances at a time when many commands wait, each instance in its order',
    async () => {
      let inFlight = 0;
      let most = 0;
      const watched: Database = {
        ...db,
        async atOnce(...stages) {
          most = Math.max(most, (inFlight += 1));
          await db.atOnce(...stages).finally(() => (inFlight -= 1));
        },
      };
      const { runtime, clock } = stage(watched, { clock: it1.clock });
      const begun = await Promise.all(Array.from({ length: 150 }, () => runtime.start(begin)));
      const assign = ({ instance }: Outcome, assignee: string) => {
        const task = taskAt(instance, 'fix');
        return runtime.submit(instance.id, { type: 'AssignTask', at: clock.now(), actor: 'user:li', task, assignee });
      };
      const outcomes = await Promise.all(
        begun.map((one) => Promise.all(['a', 'b'].map((login) => assign(one, login)))),
      );
      expect(most).toBe(2);
      expect(outcomes.map((both) => both.map(({ instance }) => instance.version))).toEqual(begun.map(() => [2, 3]));
      await expectTablesToFollow(db, it1);
      await runtime.stop();
    },
  );

  it('refuses what the engine refuses, and does the rest of the batch', async () => {
    const { instance } = await it1.runtime.start(begin);
    const other = it1.runtime.start(begin);
    const results = await Promise.allSettled([
      complete(instance.id, 999),
      complete('1', 1),
      complete(instance.id, taskAt(instance, 'fix')),
      complete(instance.id, taskAt(instance, 'fix')),
      other,
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled', 'rejected', 'fulfilled']);
    expect(results.flatMap((it) => (it.status === 'rejected' ? [(it.reason as Rejection).code] : []))).toEqual([
      'conflict',
      'not-found',
      'conflict',
    ]);
    await expectTablesToFollow(db, it1);
  });

  it('does the rest of a batch when the database refuses one command of it', async () => {
    const { instance } = await it1.runtime.start(begin);
    const results = await Promise.allSettled([
      it1.runtime.start(begin),
      complete(instance.id, taskAt(instance, 'fix')),
      it1.runtime.start({ ...begin, businessKey: 'no text of PostgreSQL holds \0' }),
      it1.runtime.start(begin),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    await expectTablesToFollow(db, it1);
  });

  it('does every command once when two servers move the same instance', async () => {
    const it2 = stage(db, { clock: it1.clock });
    const { instance } = await it1.runtime.start(begin);
    const note = (runtime: Stage['runtime'], text: string) =>
      runtime.submit(instance.id, {
        type: 'AddNote',
        at: it1.clock.now(),
        actor: 'user:li',
        note: { audience: 'internal', text },
      });
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => [note(it1.runtime, `one ${n}`), note(it2.runtime, `two ${n}`)]).flat(),
    );
    const history = await it1.runtime.history(instance.id);
    expect(history.map(({ seq }) => seq)).toEqual(Array.from({ length: 41 }, (_, n) => n + 1));
    expect(
      new Set(history.flatMap(({ command }) => (command.type === 'AddNote' ? [command.note.text] : []))).size,
    ).toBe(40);
    await expectTablesToFollow(db, it1);
  });

  it('turns callers away when too many wait, and those who come after the end', async () => {
    const small = stage(db, { maxQueue: 10 });
    await small.runtime.start(begin);
    const results = await Promise.allSettled(Array.from({ length: 30 }, () => small.runtime.start(begin)));
    const refused = results.flatMap((it) => (it.status === 'rejected' ? [it.reason as unknown] : []));
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.every((error) => error instanceof Overloaded)).toBe(true);
    await small.runtime.stop();
    await expect(small.runtime.start(begin)).rejects.toBeInstanceOf(Overloaded);
  });

  it('starts under another key when another server drew the same, and those after it, at this moment', async () => {
    const { keys } = it1.runtime;
    const first = (await it1.runtime.start(begin)).instance.id;
    let skipped = false;
    const next = (bucket?: number) => (skipped ? keys.next(bucket) : first);
    const skip = () => {
      skipped = true;
      keys.skip();
    };
    const { runtime } = stage(db, { clock: it1.clock, keys: { next, skip } });
    expect((await runtime.start(begin)).instance).toMatchObject({ version: 1, status: 'active' });
    expect(await it1.runtime.instance(first)).toMatchObject({ version: 1 });
  });

  it('takes a unique value for an instance once', async () => {
    const once = { kind: 'alert-group', value: 'g-1' };
    const results = await Promise.allSettled([
      it1.runtime.start({ ...begin, once }),
      it1.runtime.start({ ...begin, once }),
      it1.runtime.start(begin),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    await expect(it1.runtime.start({ ...begin, once })).rejects.toBeInstanceOf(AlreadyDone);
    expect(await db.query("select value from keys where kind = 'alert-group'")).toEqual([{ value: 'g-1' }]);
  });

  it('writes projections in the same transaction, or nothing at all', async () => {
    await db.run('create table if not exists seen (instance_id bigint, version int)');
    it1.runtime.registerProjection(async (tx, changes) => {
      const written = tx.run('insert into seen select * from unnest($1::bigint[], $2::int[])', [
        changes.map(({ after }) => after.id),
        changes.map(({ after }) => after.version),
      ]);
      if (changes.some(({ command }) => command.actor === 'user:trouble')) throw new Error('no');
      await written;
    });
    const { instance } = await it1.runtime.start(begin);
    const results = await Promise.allSettled([
      it1.runtime.start(begin),
      it1.runtime.start({ ...begin, actor: 'user:trouble' }),
      complete(instance.id, taskAt(instance, 'fix')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await db.query('select version from seen where instance_id = $1 order by version', [instance.id])).toEqual([
      { version: 1 },
      { version: 2 },
    ]);
    expect(await db.query("select 1 from journal where actor = 'user:trouble'")).toEqual([]);
  });

  for (const outcome of ['done', 'undone', 'not begun'] as const) {
    it(`does a command once when COMMIT fails and the transaction was ${outcome}`, async () => {
      let failures = 0;
      const flaky: Database = {
        ...db,
        async atOnce(...stages) {
          if (failures > 0) return db.atOnce(...stages);
          failures += 1;
          const lost = new Error('Connection terminated unexpectedly');
          if (outcome === 'done') await db.atOnce(...stages);
          if (outcome === 'undone') await db.atOnce(...stages, () => Promise.reject(lost)).catch(() => undefined);
          throw new CommitError('COMMIT failed', { cause: lost });
        },
      };
      const unlucky = stage(flaky, { clock: it1.clock });
      const { instance } = await unlucky.runtime.start({ ...begin, businessKey: `lost-${outcome}` });
      expect(failures).toBe(1);
      expect((await it1.runtime.history(instance.id)).length).toBe(1);
      expect(await db.query('select id from instances where business_key = $1', [`lost-${outcome}`])).toEqual([
        { id: instance.id },
      ]);
    });
  }
});
