import { beforeEach, expect, it } from '@jest/globals';
import type { Database } from '../../../server/db/database.ts';
import { findBufferedMessages } from '../../../server/db/buffered-messages.ts';
import { bucketOfMessage } from '../../../server/db/key.ts';
import type { Published } from '../../../server/process/message-request.ts';
import { definitions, end, flows, message, node, on, process, signal, start, user } from '../../support/bpmn.ts';
import { describeDatabase } from '../../support/database.ts';
import { deployDiagram, expectTablesToFollow, stage, taskAt } from '../../support/runtime.ts';
import type { Stage } from '../../support/runtime.ts';

const diagrams = [
  definitions(
    message('reply', 'replied', 'number'),
    process(
      'waiting',
      start(),
      user('prepare'),
      node('intermediateCatchEvent', 'wait', '', on('message', 'reply')),
      end(),
      flows('start -> prepare -> wait -> end'),
    ),
  ),
  definitions(
    message('file', 'filed'),
    process('filed', start('byMessage', on('message', 'file')), user('read'), end(), flows('byMessage -> read -> end')),
  ),
  definitions(
    message('tell', 'filed'),
    process(
      'telling',
      start(),
      node('intermediateThrowEvent', 'tells', '', on('message', 'tell')),
      end(),
      flows('start -> tells -> end'),
    ),
  ),
  definitions(
    signal('halt', 'halted'),
    process(
      'stopping',
      start(),
      node('intermediateCatchEvent', 'stop', '', on('signal', 'halt')),
      end(),
      flows('start -> stop -> end'),
    ),
  ),
  definitions(
    signal('halt', 'halted'),
    process(
      'sending',
      start(),
      node('intermediateThrowEvent', 'shout', '', on('signal', 'halt')),
      user('rest'),
      end(),
      flows('start -> shout -> rest -> end'),
    ),
  ),
];

describeDatabase('messages', (open) => {
  let db: Database;
  let on1: Stage;
  let number = 0;
  beforeEach(async () => {
    db ??= await open();
    on1 = stage(db);
    await deployDiagram(on1, ...diagrams);
    number += 1;
  });

  const begin = (of: string) =>
    on1.runtime.start({ process: 'waiting', variables: { number: of }, actor: 'user:wang' });
  const proceed = async (id: string) => {
    const task = taskAt(await on1.runtime.instance(id), 'prepare');
    await on1.runtime.submit(id, { type: 'CompleteTask', at: on1.clock.now(), actor: 'user:li', task, variables: {} });
  };
  const reply = (key: string, more: { messageId?: string; ttl?: number } = {}): Promise<Published> =>
    on1.runtime.publishMessage({ name: 'replied', key, variables: { answer: 42 }, actor: 'user:wang', ...more });

  it('go to exactly one of those who wait', async () => {
    const key = `one-${number}`;
    const ids: string[] = [];
    for (let n = 0; n < 2; n += 1) {
      const { instance } = await begin(key);
      await proceed(instance.id);
      ids.push(instance.id);
    }
    const published = await reply(key);
    expect(published).toMatchObject({ result: 'correlated', instance: { id: ids[0], status: 'completed' } });
    expect(await on1.runtime.instance(ids[1] ?? '')).toMatchObject({ status: 'active' });
    await expectTablesToFollow(db, on1);
  });

  it('start a process when nobody waits and one begins by them', async () => {
    const published = await on1.runtime.publishMessage({ name: 'filed', key: 'R-7', variables: { a: 1 }, actor: 'x' });
    expect(published).toMatchObject({ result: 'started', instance: { process: 'filed', businessKey: 'R-7' } });
  });

  it('wait for whoever begins to wait in time', async () => {
    const key = `kept-${number}`;
    expect(await reply(key)).toEqual({ result: 'buffered' });
    const { instance } = await begin(key);
    await proceed(instance.id);
    await on1.runtime.settle();
    expect(await on1.runtime.instance(instance.id)).toMatchObject({ status: 'completed' });
    expect(await db.query('select 1 from buffered_messages')).toEqual([]);
  });

  it('are forgotten when their time is over, or when they may not wait', async () => {
    const key = `late-${number}`;
    expect(await reply(key, { ttl: 1000 })).toEqual({ result: 'buffered' });
    expect(await reply(key, { ttl: 0 })).toEqual({ result: 'dropped' });
    on1.clock.advance(1001);
    const { instance } = await begin(key);
    await proceed(instance.id);
    await on1.runtime.settle();
    expect(await on1.runtime.instance(instance.id)).toMatchObject({ status: 'active' });
  });

  it('with the same id are delivered once', async () => {
    const key = `twice-${number}`;
    const { instance } = await begin(key);
    await proceed(instance.id);
    const results = await Promise.all([reply(key, { messageId: key }), reply(key, { messageId: key })]);
    expect(results.map(({ result }) => result).sort()).toEqual(['correlated', 'duplicate']);
    expect((await reply(key, { messageId: key })).result).toBe('duplicate');
    expect((await reply(key)).result).toBe('buffered');
  });

  it('meet those who begin to wait at the same moment', async () => {
    const keys = Array.from({ length: 20 }, (_, n) => `race-${number}-${n}`);
    const begun = await Promise.all(keys.map(begin));
    await Promise.all([...begun.map(({ instance }) => proceed(instance.id)), ...keys.map((key) => reply(key))]);
    await on1.runtime.settle();
    const after = await Promise.all(begun.map(({ instance }) => on1.runtime.instance(instance.id)));
    expect(new Set(after.map((it) => it?.status))).toEqual(new Set(['completed']));
    await expectTablesToFollow(db, on1);
  });

  it('that a crash left beside a waiting instance are delivered by the next look', async () => {
    const key = `crash-${number}`;
    const { instance } = await begin(key);
    await reply(key);
    await proceed(instance.id);
    const fresh = stage(db);
    await fresh.runtime.settle();
    expect(await on1.runtime.instance(instance.id)).toMatchObject({ status: 'completed' });
  });

  it('that cannot be delivered hold up nothing else, and are tried again', async () => {
    const key = `poison-${number}`;
    const waiting = await on1.runtime.start({ process: 'stopping', variables: {}, actor: 'user:wang' });
    // What waits for it says to be of an instance that does not exist; all rows of a page are like that.
    await db.run(
      `insert into message_subscriptions (bucket, name, correlation_key, instance_id, id)
       values ($1, 'replied', $2, 4096, 7)`,
      [bucketOfMessage('replied', key), key],
    );
    await db.run(
      `insert into outbox (bucket, instance_id, id, kind, name, correlation_key, variables, ttl, at)
       select 0, 4096, n, 'message', 'replied', $1, '{}', 1000, 0 from generate_series(1, 101) n`,
      [key],
    );
    await on1.runtime.start({ process: 'sending', variables: {}, actor: 'user:wang' });
    await on1.runtime.settle();
    await on1.runtime.settle();
    expect(await on1.runtime.instance(waiting.instance.id)).toMatchObject({ status: 'completed' });
    // On Citus what waits without an instance is taken for over.
    expect((await db.query('select 1 from outbox')).length).toBe(db.citus ? 0 : 101);
    await db.run('delete from message_subscriptions where instance_id = 4096');
    await stage(db, { clock: on1.clock }).runtime.settle();
    expect(await db.query('select 1 from outbox')).toEqual([]);
    await db.run('delete from buffered_messages');
  });

  it('that many instances sent are delivered once each, by two servers together', async () => {
    const started = async () =>
      Number((await db.query<{ n: string }>("select count(*) as n from instances where process = 'filed'"))[0]?.n);
    const before = await started();
    const tell = { process: 'telling', variables: {}, actor: 'user:wang' };
    await Promise.all(Array.from({ length: 150 }, () => on1.runtime.start(tell)));
    await Promise.all([on1.runtime.settle(), stage(db, { clock: on1.clock }).runtime.settle()]);
    expect(await db.query('select id from outbox')).toEqual([]);
    expect(await started()).toBe(before + 150);
  });

  it('are kept under another key when another server drew the same at this moment', async () => {
    const { keys } = on1.runtime;
    const one = keys.next();
    const drawn = [one, one];
    const next = (bucket?: number) => drawn.shift() ?? keys.next(bucket);
    const { runtime } = stage(db, { clock: on1.clock, keys: { ...keys, next } });
    const twin = { name: 'replied', key: 'twin', variables: {}, actor: 'user:wang' };
    await runtime.publishMessage(twin);
    await runtime.publishMessage(twin);
    expect(drawn).toEqual([]);
    expect(await findBufferedMessages(db, 'replied', 'twin', on1.clock.now())).toHaveLength(2);
    await db.run('delete from buffered_messages');
  });

  it('called signals reach all that wait, also from inside a process', async () => {
    const start1 = () => on1.runtime.start({ process: 'stopping', variables: {}, actor: 'user:wang' });
    const first = [await start1(), await start1()].map(({ instance }) => instance.id);
    const signal1 = { name: 'halted', variables: {}, actor: 'user:wang' };
    expect((await on1.runtime.broadcastSignal(signal1)).sort()).toEqual([...first].sort());
    const second = [await start1(), await start1()].map(({ instance }) => instance.id);
    await on1.runtime.start({ process: 'sending', variables: {}, actor: 'user:wang' });
    await on1.runtime.settle();
    for (const id of [...first, ...second]) {
      expect(await on1.runtime.instance(id)).toMatchObject({ status: 'completed', version: 2 });
    }
    expect(await db.query('select 1 from outbox')).toEqual([]);
    await expectTablesToFollow(db, on1);
  });
});
