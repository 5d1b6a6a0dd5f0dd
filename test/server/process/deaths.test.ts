import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MovableClock } from '../../../server/clock.ts';
import type { Database } from '../../../server/db/database.ts';
import {
  definitions,
  end,
  extensions,
  flows,
  message,
  node,
  on,
  process,
  signal,
  start,
  timer,
  user,
} from '../../support/bpmn.ts';
import { describeDatabase } from '../../support/database.ts';
import { strictlyByBucket } from '../../support/one-bucket.ts';
import { deployDiagram, expectTablesToFollow, stage, taskAt } from '../../support/runtime.ts';
import type { Stage } from '../../support/runtime.ts';

const HOUR = 3600_000;
const actor = 'client:1';
const waiting = definitions(
  message('reply', 'replied', 'number'),
  message('news', 'news', 'number'),
  process(
    'waiting',
    start(),
    user('prepare'),
    node('intermediateCatchEvent', 'wait', '', on('message', 'reply')),
    user('read'),
    node('boundaryEvent', 'again', 'attachedToRef="read" cancelActivity="false"', on('message', 'news')),
    end('noted'),
    end(),
    flows('start -> prepare -> wait -> read -> end', 'again -> noted'),
  ),
);
const withNumber = extensions('<zeebe:ioMapping><zeebe:input source="=number" target="number"/></zeebe:ioMapping>');
const asking = [
  definitions(
    message('ask', 'asked', 'number'),
    message('answer', 'answered', 'number'),
    process(
      'asking',
      start(),
      node('intermediateThrowEvent', 'asks', '', withNumber + on('message', 'ask')),
      node('intermediateCatchEvent', 'hears', '', on('message', 'answer')),
      end(),
      flows('start -> asks -> hears -> end'),
    ),
  ),
  definitions(
    message('ask', 'asked'),
    message('answer', 'answered', 'number'),
    process(
      'answering',
      start('byAsk', on('message', 'ask')),
      node('intermediateThrowEvent', 'answers', '', on('message', 'answer')),
      end(),
      flows('byAsk -> answers -> end'),
    ),
  ),
];
const halting = [
  definitions(
    signal('halt', 'halted'),
    process('halting', start('byHalt', on('signal', 'halt')), end(), flows('byHalt -> end')),
  ),
  definitions(
    signal('halt', 'halted'),
    process(
      'halted',
      start(),
      node('intermediateCatchEvent', 'stop', '', on('signal', 'halt')),
      end(),
      flows('start -> stop -> end'),
    ),
  ),
];
const nightly = definitions(
  process('nightly', start('at', timer('Cycle', 'R/PT1H')), user('look'), end(), flows('at -> look -> end')),
);

/** A database whose process dies at one of its writes: before it is stored, or right after. */
function mortal(db: Database, lastWrite: number, moment: 'before' | 'after'): { db: Database; isDead(): boolean } {
  let left = lastWrite;
  let dead = false;
  const alive = <T>(work: () => Promise<T>): Promise<T> => (dead ? Promise.reject(new Error('died')) : work());
  const write = <T>(work: () => Promise<T>): Promise<T> =>
    alive(async () => {
      left -= 1;
      if (left > 0) return work();
      if (moment === 'after') await work();
      dead = true;
      throw new Error('died');
    });
  return {
    isDead: () => dead,
    db: {
      ...db,
      query: (text, parameters) => alive(() => db.query(text, parameters)),
      run: (text, parameters) => write(() => db.run(text, parameters)),
      transaction: (work) => write(() => db.transaction(work)),
      atOnce: (...stages) => write(() => db.atOnce(...stages)),
    },
  };
}

describeDatabase('a server that dies at any of its writes', (open) => {
  describe.each([
    ['in batches', (db: Database) => Promise.resolve(db)],
    ['by bucket', strictlyByBucket],
  ])('%s', (_, used) => {
    let db: Database;
    let clock: MovableClock;
    let number = 0;
    beforeAll(async () => {
      db = await used(await open({ byBucket: false }));
      const first = stage(db);
      clock = first.clock;
      await deployDiagram(first, waiting, ...asking, ...halting);
    });
    afterAll(async () => expectTablesToFollow(db, stage(db, { clock })));

    /** Lets the server die at its first write, its second ... until it does all of it; gives how many writes there are. */
    const withDeaths = async (
      prepare: (on: Stage, key: string) => Promise<string>,
      act: (on: Stage, key: string, instance: string) => Promise<unknown>,
      check: (on: Stage, key: string, instance: string) => Promise<void>,
    ): Promise<number> => {
      for (let writes = 1; ; writes += 1) {
        for (const moment of ['before', 'after'] as const) {
          number += 1;
          const key = `n-${number}`;
          const instance = await prepare(stage(db, { clock }), key);
          const life = mortal(db, writes, moment);
          const outcome = await act(stage(life.db, { clock }), key, instance).catch((error: unknown) => String(error));
          if (life.isDead() && typeof outcome === 'string') expect(outcome).toBe('Error: died');
          // Whoever goes on gives a server that is still at it some time.
          clock.advance(11_000);
          const next = stage(db, { clock });
          await next.runtime.settle();
          await check(next, key, instance);
          if (!life.isDead()) return writes - 1;
        }
      }
    };
    const begin = async ({ runtime }: Stage, key: string) =>
      (await runtime.start({ process: 'waiting', variables: { number: key }, actor })).instance.id;
    const complete = async ({ runtime }: Stage, id: string, element: string) => {
      const task = taskAt(await runtime.instance(id), element);
      return runtime.submit(id, { type: 'CompleteTask', at: clock.now(), actor, task, variables: {} });
    };
    const beginToWait = async (at: Stage, key: string) => {
      const id = await begin(at, key);
      await complete(at, id, 'prepare');
      return id;
    };
    const once = (key: string) => ({ once: { caller: actor, key, fingerprint: key } });
    const received = async ({ runtime }: Stage, id: string, name: string) =>
      (await runtime.history(id)).filter(({ command }) => command.type === 'CorrelateMessage' && command.name === name)
        .length;
    /** Business keys of the instances of a process. */
    const startedOf = async (of: string) =>
      (await db.query<{ key: string }>('select business_key as key from instances where process = $1', [of])).map(
        ({ key }) => key,
      );

    it('has a message delivered once, and its repetition answered so', async () => {
      const reply = (at: Stage, key: string, ttl: number) =>
        at.runtime.publishMessage({ name: 'replied', key, variables: {}, ttl, actor }, once(`reply ${key}`));
      for (const ttl of [0, HOUR]) {
        const writes = await withDeaths(
          beginToWait,
          (at, key) => reply(at, key, ttl),
          async (at, key, id) => {
            const answer = { result: 'correlated', instance: { id, version: 3 } };
            expect(await reply(at, key, ttl)).toMatchObject(answer);
            expect(await reply(at, key, ttl)).toMatchObject(answer);
            expect(await received(at, id, 'replied')).toBe(1);
          },
        );
        expect(writes).toBeGreaterThanOrEqual(db.citus ? 4 : 1);
      }
      expect(await db.query('select 1 from buffered_messages')).toEqual([]);
    });

    it('has a message delivered once where the receiver goes on waiting', async () => {
      const tell = (at: Stage, key: string) =>
        at.runtime.publishMessage({ name: 'news', key, variables: {}, messageId: key, ttl: HOUR, actor });
      await withDeaths(
        async (at, key) => {
          const id = await beginToWait(at, key);
          await at.runtime.publishMessage({ name: 'replied', key, variables: {}, actor });
          return id;
        },
        tell,
        async (at, key, id) => {
          await tell(at, key);
          await at.runtime.settle();
          expect(await received(at, id, 'news')).toBe(1);
          await at.runtime.publishMessage({ name: 'news', key, variables: {}, actor });
          expect(await received(at, id, 'news')).toBe(2);
        },
      );
    });

    it('has a message kept for whoever begins to wait, also by a step that dies', async () => {
      const reply = (at: Stage, key: string) =>
        at.runtime.publishMessage({ name: 'replied', key, variables: {}, messageId: key, ttl: HOUR, actor });
      await withDeaths(begin, reply, async (at, key, id) => {
        expect(['buffered', 'duplicate']).toContain((await reply(at, key)).result);
        await complete(at, id, 'prepare');
        await at.runtime.settle();
        expect(await received(at, id, 'replied')).toBe(1);
      });
      await withDeaths(
        async (at, key) => {
          await reply(at, key);
          return begin(at, key);
        },
        async (at, _key, id) => {
          await complete(at, id, 'prepare');
          await at.runtime.settle();
        },
        async (at, _key, id) => {
          if ((await at.runtime.instance(id))?.version === 1) await complete(at, id, 'prepare');
          await at.runtime.settle();
          expect(await received(at, id, 'replied')).toBe(1);
        },
      );
    });

    it('has instances that ask and answer each other once', async () => {
      const ask = (at: Stage, key: string) =>
        at.runtime.start({ process: 'asking', variables: { number: key }, actor }, once(`ask ${key}`));
      const writes = await withDeaths(
        () => Promise.resolve(''),
        async (at, key) => {
          await ask(at, key);
          await at.runtime.settle();
        },
        async (at, key) => {
          const { instance } = await ask(at, key);
          await at.runtime.settle();
          expect(await at.runtime.instance(instance.id)).toMatchObject({ status: 'completed', version: 2 });
          expect((await startedOf('answering')).filter((it) => it === key)).toHaveLength(1);
        },
      );
      expect(writes).toBeGreaterThanOrEqual(db.citus ? 10 : 3);
      expect(await db.query('select 1 from outbox')).toEqual([]);
    });

    it('has a request with a unique value start one instance', async () => {
      const file = (at: Stage, key: string) =>
        at.runtime.start(
          { process: 'waiting', businessKey: key, once: { kind: 'ticket', value: key }, variables: {}, actor },
          once(`file ${key}`),
        );
      await withDeaths(
        () => Promise.resolve(''),
        file,
        async (at, key) => {
          const { instance } = await file(at, key);
          expect((await file(at, key)).instance.id).toBe(instance.id);
          expect((await startedOf('waiting')).filter((it) => it === key)).toHaveLength(1);
        },
      );
    });

    it('has a process started by its timer once each time', async () => {
      await deployDiagram(stage(db, { clock }), nightly);
      let before = 0;
      await withDeaths(
        async () => {
          before = (await startedOf('nightly')).length;
          clock.advance(HOUR);
          return '';
        },
        (at) => at.runtime.settle(),
        async () => expect(await startedOf('nightly')).toHaveLength(before + 1),
      );
    });

    it('has a signal start and reach each receiver once', async () => {
      const halt = (at: Stage, key: string) =>
        at.runtime.broadcastSignal({ name: 'halted', variables: {}, actor }, once(`halt ${key}`));
      let before = 0;
      await withDeaths(
        async (at) => {
          before = (await startedOf('halting')).length;
          return (await at.runtime.start({ process: 'halted', variables: {}, actor })).instance.id;
        },
        halt,
        async (at, key, id) => {
          // As long the first request counts as under way.
          clock.advance(60_000);
          await halt(at, key);
          expect(await at.runtime.instance(id)).toMatchObject({ status: 'completed', version: 2 });
          expect(await startedOf('halting')).toHaveLength(before + 1);
        },
      );
    });
  });
});
