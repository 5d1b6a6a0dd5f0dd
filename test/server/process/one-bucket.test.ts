import { beforeAll, expect, it } from '@jest/globals';
import type { Command } from '../../../engine/index.ts';
import type { Database } from '../../../server/db/database.ts';
import { readTables } from '../../../server/db/distribute.ts';
import { byBucket } from '../../../server/db/one-bucket.ts';
import type { Parameter, Sql } from '../../../server/db/sql.ts';
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
import { describeDatabase } from '../../support/database.ts';
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

interface Sent {
  text: string;
  parameters: readonly Parameter[];
}

/** Notes the statements of each transaction that reach the database, and those outside of any. */
function noting(db: Database, transactions: Sent[][], alone: Sent[]): Database {
  const noted = (sql: Sql, into: Sent[]): Sql => ({
    query: (text, parameters = []) => (into.push({ text, parameters }), sql.query(text, parameters)),
    run: (text, parameters = []) => (into.push({ text, parameters }), sql.run(text, parameters)),
  });
  const begun = (): Sent[] => {
    const sent: Sent[] = [];
    transactions.push(sent);
    return sent;
  };
  return {
    ...db,
    ...noted(db, alone),
    transaction: (work) => db.transaction((tx) => work(noted(tx, begun()))),
    atOnce: (...stages) => {
      const sent = begun();
      return db.atOnce(...stages.map((stage) => (tx: Sql) => stage(noted(tx, sent))));
    },
  };
}

/** The buckets that a statement names. */
function bucketsIn({ text, parameters }: Sent): number[] {
  const places = [
    ...text.matchAll(/\bbucket = \$(\d+)/g),
    ...text.matchAll(/insert into \w+ (?:as \w+ )?\(bucket\b[^()]*\)\s+values \(\$(\d+)/g),
    // Further rows.
    ...text.matchAll(/\), \(\$(\d+)/g),
  ].map(([, place]) => Number(place) - 1);
  return [...new Set(places.map((place) => Number(parameters[place])))];
}

const actor = 'user:li';

describeDatabase('on Citus', (open) => {
  const transactions: Sent[][] = [];
  const alone: Sent[] = [];
  const batches: string[][] = [];
  let db: Database;
  let on1: Stage;
  /** Tables with a bucket. */
  let bucketed: RegExp;
  beforeAll(async () => {
    const plain = await open();
    const names = (await readTables(plain)).filter((table) => table.bucketed).map(({ name }) => name);
    bucketed = new RegExp(`\\b(?:from|into|update|join|using)\\s+(${names.join('|')})\\b`);
    db = byBucket(noting(plain, transactions, alone));
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
    const sent = transactions.flat().filter(({ text }) => bucketed.test(text));
    expect(new Set(sent.map(({ text }) => tableOf(text))).size).toBeGreaterThan(12);
    expect(sent.filter((it) => bucketsIn(it).length !== 1).map(({ text }) => text)).toEqual([]);
    expect(sent.filter(({ text }) => /insert into.* from (unnest|json_to_recordset)\(/s.test(text))).toEqual([]);
    const read = alone.filter(({ text }) => text.includes('join instances i'));
    expect(read.length).toBeGreaterThan(5);
    expect(read.filter((it) => bucketsIn(it).length !== 1)).toEqual([]);
  });

  it('the transaction of a step keeps to its bucket but for these tables, whose rows are found by a value', () => {
    const steps = transactions.filter((sent) => sent.some(({ text }) => text.startsWith('insert into journal ')));
    const elsewhere = steps.flatMap((sent) => {
      const step = sent.find(({ text }) => text.startsWith('insert into journal '));
      const own = step && bucketsIn(step)[0];
      return sent.filter((it) => bucketed.test(it.text) && bucketsIn(it)[0] !== own).map(({ text }) => tableOf(text));
    });
    expect([...new Set(elsewhere)].sort()).toEqual([
      'buffered_messages',
      'dedup',
      'keys',
      'message_subscriptions',
      'outbox',
      'requests',
      'signal_subscriptions',
    ]);
  });

  it('rows of many buckets, and more than one statement takes, are written and read as they are elsewhere', async () => {
    const rows = Array.from({ length: 6000 }, (_, id) => ({
      instance: String(5 * 4096 + (id % 2)),
      id,
      element: 'e',
      dueAt: id,
    }));
    await db.atOnce((tx) => insertTimers(tx, rows));
    expect(await stillArmed(db, rows)).toEqual(rows);
    expect(await db.transaction((tx) => tx.run('delete from timers where bucket = $1 and id < $2', [1, 4]))).toBe(2);
    await db.transaction((tx) => deleteTimers(tx, rows.slice(0, 10)));
    expect(await stillArmed(db, rows)).toEqual(rows.slice(10));
  });
});

function tableOf(text: string): string {
  return /\b(?:insert into|update|delete from)\s+(\w+)/.exec(text)?.[1] ?? text;
}
