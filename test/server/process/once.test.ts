import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, it, jest } from '@jest/globals';
import type { Database } from '../../../server/db/database.ts';
import { KeyReused, answerOnce } from '../../../server/process/once.ts';
import { Overloaded } from '../../../server/process/submit.ts';
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
    signal('halt', 'halted'),
    process('halting', start('byHalt', on('signal', 'halt')), user('look'), end(), flows('byHalt -> look -> end')),
  ),
];
const DAY = 24 * 3600_000;
const actor = 'client:1';

function withReject(): { promise: Promise<never>; reject: (error: Error) => void } {
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<never>((_resolve, no) => (reject = no));
  return { promise, reject };
}

describeDatabase('a request that is repeated', (open) => {
  let db: Database;
  let on1: Stage;
  let number = 0;
  let once: { once: { caller: string; key: string; fingerprint: string } };
  beforeEach(async () => {
    db ??= await open();
    on1 = stage(db);
    await deployDiagram(on1, ...diagrams);
    number += 1;
    once = { once: { caller: actor, key: `k-${number}`, fingerprint: 'what was asked' } };
  });

  const begin = () => ({ process: 'waiting', variables: { number: `n-${number}` }, actor });
  const count = async () => Number((await db.query<{ n: string }>('select count(*) n from instances'))[0]?.n);
  const complete = (id: string, task: number) =>
    on1.runtime.submit(id, { type: 'CompleteTask', at: on1.clock.now(), actor, task, variables: {} }, once);

  it('starts one instance, and is answered with it as it was then', async () => {
    const before = await count();
    const first = await on1.runtime.start(begin(), once);
    await on1.runtime.submit(first.instance.id, { type: 'SetVariables', at: 1, actor, variables: { later: true } });
    expect(await on1.runtime.start(begin(), once)).toEqual(first);
    expect(await count()).toBe(before + 1);
  });

  it('is done once, also when it comes several times at the same moment and to several servers', async () => {
    const other = stage(db, { clock: on1.clock });
    const before = await count();
    const runtimes = [on1.runtime, other.runtime, on1.runtime, other.runtime, on1.runtime];
    const answers = await Promise.all(runtimes.map((runtime) => runtime.start(begin(), once)));
    expect(new Set(answers.map(({ instance }) => instance.id)).size).toBe(1);
    expect(await count()).toBe(before + 1);
    await expectTablesToFollow(db, on1);
  });

  it('is answered as the first time where it would be refused by now', async () => {
    const { instance } = await on1.runtime.start(begin());
    const first = await complete(instance.id, taskAt(instance, 'prepare'));
    on1.clock.advance(1000);
    expect(await complete(instance.id, taskAt(instance, 'prepare'))).toEqual(first);
    expect(await on1.runtime.history(instance.id)).toHaveLength(2);
  });

  it('is refused with another content, and with the key of another caller it is another one', async () => {
    const first = await on1.runtime.start(begin(), once);
    const changed = { once: { ...once.once, fingerprint: 'something else' } };
    await expect(on1.runtime.start(begin(), changed)).rejects.toBeInstanceOf(KeyReused);
    const second = await on1.runtime.start(begin(), { once: { ...once.once, caller: 'client:2' } });
    expect(second.instance.id).not.toBe(first.instance.id);
  });

  it('is tried again when it was refused', async () => {
    const { instance } = await on1.runtime.start(begin());
    await expect(complete(instance.id, 999)).rejects.toMatchObject({ code: 'conflict' });
    await expect(complete(instance.id, taskAt(instance, 'prepare'))).resolves.toBeDefined();
  });

  it('does not disturb others in its batch', async () => {
    await on1.runtime.start(begin(), once);
    const batches: number[] = [];
    on1.runtime.on('committed', (changes) => batches.push(changes.length));
    await Promise.all([on1.runtime.start(begin()), on1.runtime.start(begin(), once), on1.runtime.start(begin())]);
    expect(batches).toEqual(db.citus ? [1, 1] : [2]);
  });

  it('is forgotten after a day', async () => {
    const restart = async () => {
      const { runtime } = stage(db, { clock: on1.clock });
      await runtime.settle();
      await runtime.stop();
    };
    const first = await on1.runtime.start(begin(), once);
    on1.clock.advance(DAY - 1000);
    await restart();
    expect((await on1.runtime.start(begin(), once)).instance.id).toBe(first.instance.id);
    on1.clock.advance(1000);
    await restart();
    expect((await on1.runtime.start(begin(), once)).instance.id).not.toBe(first.instance.id);
  });

  it('delivers a message once, whether somebody waits for it or not', async () => {
    const { instance } = await on1.runtime.start(begin());
    const reply = { name: 'replied', key: `n-${number}`, variables: {}, actor };
    const send = () => on1.runtime.publishMessage(reply, once);
    expect(await send()).toEqual({ result: 'buffered' });
    expect(await send()).toEqual({ result: 'buffered' });
    expect(await db.query('select name from buffered_messages where correlation_key = $1', [reply.key])).toHaveLength(
      1,
    );
    await complete2(instance.id, taskAt(instance, 'prepare'));
    await on1.runtime.settle();
    expect(await send()).toEqual({ result: 'buffered' });
    expect((await on1.runtime.instance(instance.id))?.status).toBe('completed');

    const second = await on1.runtime.start(begin());
    await complete2(second.instance.id, taskAt(second.instance, 'prepare'));
    const now = { once: { ...once.once, key: `now-${number}` } };
    const taken = await on1.runtime.publishMessage(reply, now);
    expect(taken).toMatchObject({ result: 'correlated', instance: { id: second.instance.id } });
    expect(await on1.runtime.publishMessage(reply, now)).toEqual(taken);
    const dropped = { once: { ...once.once, key: `dropped-${number}` } };
    for (let n = 0; n < 2; n += 1) {
      expect(await on1.runtime.publishMessage({ ...reply, ttl: 0 }, dropped)).toEqual({ result: 'dropped' });
    }
  });

  it('starts by a signal what begins by it, once', async () => {
    const before = await count();
    const halt = () => on1.runtime.broadcastSignal({ name: 'halted', variables: {}, actor }, once);
    const first = await halt();
    expect(first).toHaveLength(1);
    expect(await halt()).toEqual(first);
    expect(await count()).toBe(before + 1);
  });

  it('tells a signal once while the first request is under way, and goes on when its server stopped', async () => {
    const before = await count();
    const halt = () => on1.runtime.broadcastSignal({ name: 'halted', variables: {}, actor }, once);
    // Whichever comes first is done; the other one is told so, or to come again.
    const told = (await Promise.allSettled([halt(), halt()])).map((it) =>
      it.status === 'fulfilled' ? it.value : (it.reason as unknown),
    );
    const answer = await halt();
    expect(answer).toHaveLength(1);
    expect(told).toContainEqual(answer);
    for (const one of told) expect(one instanceof Overloaded ? answer : one).toEqual(answer);

    await db.run('update requests set answer = null where answer is not null');
    await expect(halt()).rejects.toBeInstanceOf(Overloaded);
    on1.clock.advance(61_000);
    expect(await halt()).toEqual([]);
    expect(await count()).toBe(before + 1);
  });

  const answered = (act: Parameters<typeof answerOnce<string>>[2]) =>
    answerOnce({ db, clock: on1.clock }, once.once, act);

  it('that is noted in the transaction that does it is not done again, whatever happens afterwards', async () => {
    const first = answered(async (doing) => {
      await db.transaction(async (tx) => doing?.note(tx, 'done'));
      throw new Error('the connection is gone');
    });
    await expect(first).rejects.toThrow('the connection is gone');
    expect(await answered(() => Promise.resolve('done again'))).toBe('done');
  });

  it('that takes long stays under way; of those that go on with it when its server stopped one does', async () => {
    const { promise: stopped, reject: stop } = withReject();
    const expiry = async () =>
      (
        await db.query<{ at: string }>('select max(expires_at) at from requests where answer is null and seq is null')
      )[0]?.at;
    let slow: Promise<string> = Promise.resolve('');
    jest.useFakeTimers({
      doNotFake: ['setTimeout', 'setImmediate', 'nextTick', 'queueMicrotask', 'Date', 'performance'],
    });
    try {
      const begun = new Promise<void>((resolve) => {
        slow = answered(() => (resolve(), stopped));
      });
      slow.catch(() => undefined);
      await begun;
      const first = await expiry();
      on1.clock.advance(50_000);
      jest.advanceTimersByTime(20_000);
      while ((await expiry()) === first) await sleep(5);
      on1.clock.advance(50_000);
      await expect(answered(() => Promise.resolve('too early'))).rejects.toBeInstanceOf(Overloaded);
      // As if its server had stopped: nothing renews it any more.
      jest.clearAllTimers();
    } finally {
      jest.useRealTimers();
    }
    on1.clock.advance(61_000);
    let done = 0;
    let refused = 0;
    const goOn = () =>
      answered(async () => {
        const told = `done ${(done += 1)}`;
        while (refused < 2) await sleep(5);
        return told;
      }).catch((error: unknown) => {
        refused += 1;
        throw error;
      });
    const going = Promise.allSettled([goOn(), goOn(), goOn()]);
    while (done === 0) await sleep(5);
    // It wakes up, and fails: the key is no longer its own.
    stop(new Error('stopped'));
    await expect(slow).rejects.toThrow('stopped');
    expect((await going).map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(await goOn()).toBe('done 1');
  });

  const complete2 = (id: string, task: number) =>
    on1.runtime.submit(id, { type: 'CompleteTask', at: on1.clock.now(), actor, task, variables: {} });
});
