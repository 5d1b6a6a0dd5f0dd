import { beforeAll, expect, it } from '@jest/globals';
import type { Command } from '../../../engine/index.ts';
import type { Database } from '../../../server/db/database.ts';
import { byBucket } from '../../../server/db/one-bucket.ts';
import { deleteTimers, insertTimers, stillArmed } from '../../../server/db/timers.ts';
import { storeTickets } from '../../../server/desk/store-tickets.ts';
import {
  definitions,
  end,
  extensions,
  flows,
  message,
  node,
  on,
  process,
  service,
  signal,
  start,
  timer,
  user,
} from '../../support/bpmn.ts';
import type { JobHandler } from '../../../server/process/job-handler.ts';
import { describeDatabase, itTogether } from '../../support/database.ts';
import {
  bucketedTables,
  bucketsIn,
  changedTable,
  overheard,
  strictlyByBucket,
  tablesIn,
} from '../../support/one-bucket.ts';
import type { Sent } from '../../support/one-bucket.ts';
import { deployDiagram, expectTablesToFollow, stage, taskAt } from '../../support/runtime.ts';
import type { Stage } from '../../support/runtime.ts';

const assigned = extensions('<zeebe:assignmentDefinition candidateGroups="desk,night" candidateUsers="li"/>');
const ticket = definitions(
  message('reply', 'replied', 'number'),
  message('told', 'told', 'number'),
  signal('halt', 'halted'),
  process(
    'ticket',
    start(),
    user('fix', assigned),
    node('boundaryEvent', 'late', 'attachedToRef="fix" cancelActivity="false"', timer('Duration', 'PT1H')),
    end('reported'),
    service('send'),
    node('intermediateThrowEvent', 'tell', '', on('message', 'told')),
    node('intermediateCatchEvent', 'wait', '', on('message', 'reply')),
    node('intermediateCatchEvent', 'stop', '', on('signal', 'halt')),
    end(),
    flows('start -> fix -> send -> tell -> wait -> stop -> end', 'late -> reported'),
  ),
);
const listening = definitions(
  message('told', 'told'),
  process('listening', start('heard', on('message', 'told')), user('read'), end(), flows('heard -> read -> end')),
);

const sends: JobHandler = { type: 'send', external: true, handle: () => Promise.resolve({}) };

const actor = 'user:li';

describeDatabase('on Citus', (open) => {
  const transactions = new Set<Sent[]>();
  const alone: Sent[] = [];
  const batches: string[][] = [];
  let db: Database;
  let plain: Database;
  let on1: Stage;
  /** Tables with a bucket. */
  let bucketed: Set<string>;
  beforeAll(async () => {
    plain = await open();
    bucketed = await bucketedTables(plain);
    db = await strictlyByBucket(
      overheard(plain, (sent, transaction) => {
        if (transaction === null) alone.push(sent);
        else transactions.add(transaction);
      }),
    );
    on1 = stage(db, { handlers: [sends] });
    on1.runtime.registerProjection(storeTickets);
    await deployDiagram(on1, ticket, listening);
    on1.runtime.on('committed', (changes) => batches.push(changes.map(({ after }) => after.businessKey ?? '')));
  });

  const begin = (businessKey: string, number: string) =>
    on1.runtime.start(
      {
        process: 'ticket',
        businessKey,
        variables: { number, title: 'A printer' },
        once: { kind: 'ticket', value: number },
        actor,
      },
      { once: { caller: actor, key: number, fingerprint: number } },
    );

  it('cases are played in batches of one bucket', async () => {
    const cases = await Promise.all([begin('a', 'R-1'), begin('b', 'R-2'), begin('b', 'R-3'), begin('b', 'R-4')]);
    expect(batches.flat().sort()).toEqual(['a', 'b', 'b', 'b']);
    expect(batches.filter((keys) => new Set(keys).size > 1)).toEqual([]);
    const [{ instance }] = cases;
    const task = taskAt(instance, 'fix');
    const at = on1.clock.now();
    const submit = (command: Command) => on1.runtime.submit(instance.id, command);
    await Promise.all([
      submit({ type: 'AssignTask', at, actor, task, assignee: 'li' }),
      submit({ type: 'UpdateTask', at, actor, task, priority: 60, groups: ['desk', 'network'] }),
      submit({ type: 'AddNote', at, actor, note: { audience: 'internal', text: 'No toner' } }),
    ]);
    const publish = (key: string) =>
      on1.runtime.publishMessage({ name: 'replied', key, variables: {}, actor, messageId: key, ttl: 24 * 3600_000 });
    // Before anybody waits for it.
    await publish('R-4');
    on1.clock.advance(2 * 3600_000);
    await on1.runtime.settle();
    for (const it of cases) {
      const id = it.instance.id;
      const command = { type: 'CompleteTask', at: on1.clock.now(), actor, task: taskAt(it.instance, 'fix') } as const;
      await on1.runtime.submit(id, { ...command, variables: {} });
    }
    await on1.runtime.settle();
    await Promise.all(['R-1', 'R-2', 'R-3'].map(publish));
    await on1.runtime.broadcastSignal({ name: 'halted', variables: {}, actor });
    await on1.runtime.settle();
    const ended = await Promise.all(cases.map((it) => on1.runtime.instance(it.instance.id)));
    expect(ended.map((it) => it?.status)).toEqual(['completed', 'completed', 'completed', 'completed']);
    await expectTablesToFollow(db, on1);
  });

  it('each of their statements names exactly one bucket, and rows are given as values', () => {
    const sent = [...transactions].flat().filter((it) => tablesIn(it).some((name) => bucketed.has(name)));
    expect(new Set(sent.map(changedTable)).size).toBeGreaterThan(12);
    expect(sent.filter((it) => bucketsIn(it).length !== 1).map(({ text }) => text)).toEqual([]);
    expect(sent.filter(({ text }) => /insert into.* from (unnest|json_to_recordset)\(/s.test(text))).toEqual([]);
    const read = alone.filter(({ text }) => text.includes('join instances i'));
    expect(read.length).toBeGreaterThan(5);
    expect(read.filter((it) => bucketsIn(it).length !== 1)).toEqual([]);
  });

  it('no transaction of theirs names a second bucket', () => {
    const named = [...transactions].map((sent) => new Set(sent.flatMap(bucketsIn)));
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter(({ size }) => size > 1)).toEqual([]);
  });

  it('a transaction that changes two buckets is refused here', async () => {
    const timer = { instance: '1', element: 'e', dueAt: 0 };
    const work = db.transaction((tx) =>
      insertTimers(tx, [
        { ...timer, id: 1 },
        { ...timer, id: 2, instance: '2' },
      ]),
    );
    await expect(work).rejects.toThrow('Expected a transaction in one bucket, but found 2');
  });

  itTogether(
    'rows of many buckets, and more than one statement takes, are written and read as they are elsewhere',
    async () => {
      const rows = Array.from({ length: 6000 }, (_, id) => ({
        instance: String(5 * 4096 + (id % 2)),
        id,
        element: 'e',
        dueAt: id,
      }));
      // What a step does not do.
      const db = byBucket(plain);
      await db.atOnce((tx) => insertTimers(tx, rows));
      expect(await stillArmed(db, rows)).toEqual(rows);
      expect(await db.transaction((tx) => tx.run('delete from timers where bucket = $1 and id < $2', [1, 4]))).toBe(2);
      await db.transaction((tx) => deleteTimers(tx, rows.slice(0, 10)));
      expect(await stillArmed(db, rows)).toEqual(rows.slice(10));
    },
  );
});
