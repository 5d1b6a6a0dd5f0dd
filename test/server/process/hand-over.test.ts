import { beforeAll, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { Value } from '../../../engine/index.ts';
import {
  deleteBufferedMessages,
  findBufferedMessages,
  forgetReceiver,
  noteReceiver,
  readBufferedMessage,
} from '../../../server/db/buffered-messages.ts';
import type { Database } from '../../../server/db/database.ts';
import { findMessageSubscription } from '../../../server/db/subscriptions.ts';
import { handOver } from '../../../server/process/hand-over.ts';
import { bucketOfMessage } from '../../../server/db/key.ts';
import { insertRequests } from '../../../server/db/requests.ts';
import { publishMessage } from '../../../server/process/messages.ts';
import { KeyReused, remembered } from '../../../server/process/once.ts';
import { releaseCache } from '../../../server/process/releases.ts';
import { Overloaded, createSubmitter } from '../../../server/process/submit.ts';
import { carryOut } from '../../../server/process/subscribing.ts';
import { definitions, end, extensions, flows, message, node, on, process, start, user } from '../../support/bpmn.ts';
import { describeDatabase } from '../../support/database.ts';
import { changedTable, overheard, strictlyByBucket } from '../../support/one-bucket.ts';
import { deployDiagram, expectTablesToFollow, stage, taskAt } from '../../support/runtime.ts';
import type { Stage } from '../../support/runtime.ts';

const actor = 'client:1';
const keyed = extensions('<zeebe:ioMapping><zeebe:input source="=number" target="number"/></zeebe:ioMapping>');
const diagrams = [
  definitions(
    message('news', 'news', 'number'),
    process(
      'reading',
      start(),
      user('read'),
      node('boundaryEvent', 'again', 'attachedToRef="read" cancelActivity="false"', on('message', 'news')),
      end('noted'),
      end(),
      flows('start -> read -> end', 'again -> noted'),
    ),
  ),
  definitions(
    message('news', 'news', 'number'),
    process(
      'hasty',
      start(),
      node('parallelGateway', 'both'),
      node('intermediateCatchEvent', 'wait', '', on('message', 'news')),
      node('endEvent', 'stop', '', '<bpmn:terminateEventDefinition/>'),
      end(),
      flows('start -> both -> wait -> end', 'both -> stop'),
    ),
  ),
  definitions(
    message('ask', 'asked', 'number'),
    message('answer', 'answered', 'number'),
    process(
      'asking',
      start(),
      node('intermediateThrowEvent', 'asks', '', keyed + on('message', 'ask')),
      node('intermediateCatchEvent', 'hears', '', on('message', 'answer')),
      end(),
      flows('start -> asks -> hears -> end'),
    ),
  ),
];

describeDatabase('by bucket', (open) => {
  let db: Database;
  let on1: Stage;
  /** Tables that were changed, in order. */
  const changed: string[] = [];
  beforeAll(async () => {
    const plain = await open({ byBucket: false });
    db = await strictlyByBucket(overheard(plain, (sent) => void changed.push(changedTable(sent) ?? '')));
    on1 = stage(db);
    await deployDiagram(on1, ...diagrams);
  });

  const read = async (number: string) =>
    (await on1.runtime.start({ process: 'reading', variables: { number }, actor })).instance;
  const news = (key: string, more = {}) => ({ name: 'news', key, variables: {}, actor, ...more });
  const heard = async (id: string) =>
    (await on1.runtime.history(id)).filter(({ command }) => command.type === 'CorrelateMessage').length;

  /** What a server hands messages over with. */
  const server = () => {
    const log = pino({ level: 'silent' });
    const releases = releaseCache(db);
    const submitter = createSubmitter({ db, releases, log, committed: () => undefined, maxQueue: 10 });
    return { db, clock: on1.clock, keys: on1.runtime.keys, releases, submitter };
  };
  const keptFor = async (key: string) => {
    const [kept] = await findBufferedMessages(db, 'news', key, on1.clock.now());
    if (kept === undefined) throw new Error('expected a kept message');
    return kept;
  };

  it('a message that two servers hand over at the same moment is taken once', async () => {
    await on1.runtime.publishMessage(news('both'));
    const kept = await keptFor('both');
    const { id } = await read('both');
    const given = await Promise.all([handOver(server(), kept), handOver(server(), kept)]);
    const known = given.flatMap((it) => (it !== null && 'instance' in it.published ? [it.published.instance.id] : []));
    expect(known.length).toBeGreaterThan(0);
    expect(new Set(known)).toEqual(new Set([id]));
    expect(await heard(id)).toBe(1);
    expect(await db.query('select 1 from buffered_messages')).toEqual([]);
  });

  it('a server that wakes up late gives a message to nobody else', async () => {
    await on1.runtime.publishMessage(news('late'));
    const kept = await keptFor('late');
    const first = await read('late');
    // It noted who gets it, and stood still.
    const receiver = { instance: first.id, id: first.messages[0]?.id ?? 0, nonce: 'n' };
    await noteReceiver(db, kept, receiver);
    const second = await read('late');
    await on1.runtime.settle();
    await handOver(server(), { ...kept, receiver });
    expect(await heard(first.id)).toBe(1);
    expect(await heard(second.id)).toBe(0);
    expect(await db.query('select 1 from buffered_messages')).toEqual([]);
  });

  it('what an instance waits for is there before what it sent goes out, also when its server died in between', async () => {
    const dying = { ...db, transaction: () => Promise.reject(new Error('died')) };
    await stage(dying, { clock: on1.clock }).runtime.start({ process: 'asking', variables: { number: 'q' }, actor });
    changed.length = 0;
    await on1.runtime.settle();
    const waits = changed.indexOf('message_subscriptions');
    expect(waits).toBeGreaterThan(-1);
    expect(changed.indexOf('buffered_messages')).toBeGreaterThan(waits);
  });

  it('a subscription whose beginning comes after its end does not come back', async () => {
    const row = { instance: '4096', id: 3, name: 'news', key: 'over' };
    await carryOut(db, on1.clock, { ...row, kind: 'unsubscribe' });
    await carryOut(db, on1.clock, { ...row, kind: 'subscribe' });
    expect(await findMessageSubscription(db, 'news', 'over')).toBeNull();
  });

  it('a key goes with its first request wherever the second one would go, unless that was refused', async () => {
    const once = { caller: actor, key: 'k', fingerprint: 'a' };
    await on1.runtime.publishMessage(news('here'), { once });
    const other = { once: { ...once, fingerprint: 'b' } };
    await expect(on1.runtime.publishMessage(news('there'), other)).rejects.toBeInstanceOf(KeyReused);
    const { id } = await read('k');
    const complete = (task: number, more: { once: typeof once }) =>
      on1.runtime.submit(id, { type: 'CompleteTask', at: on1.clock.now(), actor, task, variables: {} }, more);
    const refused = { once: { ...once, key: 'refused' } };
    await expect(complete(99, refused)).rejects.toMatchObject({ code: 'conflict' });
    const task = taskAt(await on1.runtime.instance(id), 'read');
    await complete(task, { once: { ...refused.once, fingerprint: 'corrected' } });
  });

  it('a request that is being handed over is told to come again, and later what became of it', async () => {
    const { id } = await read('wait');
    const once = { caller: actor, key: 'under way', fingerprint: 'a' };
    let transactions = 0;
    const dying: Database = {
      ...db,
      transaction: (work) => ((transactions += 1) === 1 ? db.transaction(work) : Promise.reject(new Error('died'))),
      atOnce: () => Promise.reject(new Error('died')),
    };
    const publish = (by: Stage) => by.runtime.publishMessage(news('wait', { ttl: 0 }), { once });
    await expect(publish(stage(dying, { clock: on1.clock }))).rejects.toThrow('died');
    await expect(publish(on1)).rejects.toBeInstanceOf(Overloaded);
    on1.clock.advance(10_001);
    await stage(db, { clock: on1.clock }).runtime.settle();
    expect(await publish(on1)).toMatchObject({ result: 'correlated', instance: { id } });
    expect(await heard(id)).toBe(1);
    await expectTablesToFollow(db, on1);
  });

  it('a subscription that its own step ends is never there', async () => {
    const { instance } = await on1.runtime.start({ process: 'hasty', variables: { number: 'h' }, actor });
    expect(instance.status).toBe('completed');
    await on1.runtime.settle();
    expect(await findMessageSubscription(db, 'news', 'h')).toBeNull();
  });

  it('a subscription is carried out once more without harm when that it was is forgotten', async () => {
    const { id, messages } = await read('weekend');
    const [wait] = messages;
    if (wait === undefined) throw new Error('expected a subscription');
    await db.run('delete from dedup where bucket = $1', [bucketOfMessage('news', 'weekend')]);
    await carryOut(db, on1.clock, { instance: id, id: wait.id, name: 'news', key: 'weekend', kind: 'subscribe' });
    await expectTablesToFollow(db, on1);
  });

  it('a server that comes late takes nothing back but what it noted itself', async () => {
    await on1.runtime.publishMessage(news('aba'));
    const kept = await keptFor('aba');
    const receiver = (nonce: string) => ({ instance: '4096', id: 3, nonce });
    await noteReceiver(db, kept, receiver('new'));
    await forgetReceiver(db, kept, receiver('old'));
    expect(await readBufferedMessage(db, kept)).toMatchObject({ receiver: receiver('new') });
    await deleteBufferedMessages(db, [kept]);
  });

  it('a message whose receiver ended waits for another one no longer than it may, and its answer stays', async () => {
    const once = { caller: actor, key: 'gone', fingerprint: 'a' };
    const publish = () => on1.runtime.publishMessage(news('gone', { ttl: 60_000 }), { once });
    expect(await publish()).toEqual({ result: 'buffered' });
    const ended = await read('gone');
    await noteReceiver(db, await keptFor('gone'), { instance: ended.id, id: 999, nonce: 'ended' });
    on1.clock.advance(11_000);
    const { runtime } = stage(db, { clock: on1.clock });
    await runtime.submit(ended.id, { type: 'Cancel', at: on1.clock.now(), actor, reason: 'over' });
    await runtime.settle();
    expect(await keptFor('gone')).toMatchObject({ handingOver: false, receiver: null });
    expect(await publish()).toEqual({ result: 'buffered' });
    on1.clock.advance(60_000);
    const late = await read('gone');
    await stage(db, { clock: on1.clock }).runtime.settle();
    expect(await heard(late.id)).toBe(0);
  });

  it('nothing is kept of a message that is refused, so that it can be sent again', async () => {
    const { id } = await read('deep');
    let deep: Value = 1;
    for (let n = 0; n < 300; n += 1) deep = [deep];
    await expect(on1.runtime.publishMessage(news('deep', { variables: { deep } }))).rejects.toMatchObject({
      code: 'invalid',
    });
    const busy = { ...server(), log: pino({ level: 'silent' }) };
    const full = { ...busy, submitter: { submit: () => Promise.reject(new Overloaded('too many')) } };
    const once = { caller: actor, key: 'deep', fingerprint: 'a' };
    const sent = news('deep', { ttl: 0, messageId: 'd' });
    await expect(publishMessage(full, sent)).rejects.toBeInstanceOf(Overloaded);
    await expect(publishMessage(full, sent, { once })).rejects.toBeInstanceOf(Overloaded);
    expect(await db.query("select 1 from buffered_messages where correlation_key = 'deep'")).toEqual([]);
    expect(await publishMessage(busy, sent, { once })).toMatchObject({ result: 'correlated', instance: { id } });
    expect(await publishMessage(busy, sent, { once })).toMatchObject({ result: 'correlated', instance: { id } });
    expect(await heard(id)).toBe(1);
  });

  it('what an instance sent is kept when it is refused, and tried again', async () => {
    const { id } = await read('sent');
    const full = { ...server(), submitter: { submit: () => Promise.reject(new Overloaded('too many')) } };
    const guards = [{ type: 'outbox', row: { instance: '4096', id: 1 } } as const];
    expect(await publishMessage(full, news('sent', { ttl: 0 }), { guards })).toEqual({ result: 'buffered' });
    expect(await publishMessage(full, news('sent', { ttl: 0 }), { guards })).toEqual({ result: 'duplicate' });
    expect(await heard(id)).toBe(0);
    on1.clock.advance(11_000);
    await stage(db, { clock: on1.clock }).runtime.settle();
    expect(await heard(id)).toBe(1);
  });

  it('a server that is full does not make another one refuse a message', async () => {
    const { id } = await read('busy');
    const one = server();
    const full = { ...server(), submitter: { submit: () => Promise.reject(new Overloaded('too many')) } };
    let times = 0;
    const submitter = {
      submit: async (...step: Parameters<typeof one.submitter.submit>) => {
        times += 1;
        if (times === 1) await expect(handOver(full, await keptFor('busy'))).rejects.toBeInstanceOf(Overloaded);
        return one.submitter.submit(...step);
      },
    };
    expect(await publishMessage({ ...one, submitter }, news('busy'))).toMatchObject({ result: 'correlated' });
    expect([times, await heard(id)]).toEqual([2, 1]);
  });

  it('a repetition is told to come again while the first request may still be taken back', async () => {
    const { id } = await read('twice');
    const once = { caller: actor, key: 'twice', fingerprint: 'a' };
    const submit = async () => {
      await expect(publishMessage(server(), news('twice'), { once })).rejects.toBeInstanceOf(Overloaded);
      throw new Overloaded('too many');
    };
    await expect(publishMessage({ ...server(), submitter: { submit } }, news('twice'), { once })).rejects.toThrow(
      'too many',
    );
    expect(await heard(id)).toBe(0);
    expect(await publishMessage(server(), news('twice'), { once })).toMatchObject({ result: 'correlated' });
    expect(await heard(id)).toBe(1);
  });

  it('a repetition is told what the first request was told, also when another server told it meanwhile', async () => {
    const { id } = await read('told');
    const once = { caller: actor, key: 'told', fingerprint: 'a' };
    // While this server gives the message, another one answers the request.
    const slow = server();
    const submitter = {
      submit: async (...step: Parameters<typeof slow.submitter.submit>) => {
        await db.run(`update requests set answer = 'buffered' where bucket = $1 and answer is null and seq is null`, [
          bucketOfMessage('news', 'told'),
        ]);
        return slow.submitter.submit(...step);
      },
    };
    const first = await publishMessage({ ...slow, submitter }, news('told'), { once });
    expect(await on1.runtime.publishMessage(news('told'), { once })).toEqual(first);
    expect(await heard(id)).toBe(1);
  });

  it('a request that was done before the tables were distributed is answered from where it was noted then', async () => {
    const once = { caller: actor, key: 'before', fingerprint: 'a' };
    const { id } = await read('before');
    const own = remembered(once, on1.clock.now());
    await insertRequests(db, [{ ...own, instance: id, seq: 1, answer: null }]);
    const note = { audience: 'internal', text: 'again' } as const;
    const command = { type: 'AddNote', at: on1.clock.now(), actor, note } as const;
    expect(await on1.runtime.submit(id, command, { once })).toMatchObject({ instance: { id, version: 1 } });
  });
});
