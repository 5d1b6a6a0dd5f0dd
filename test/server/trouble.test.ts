/** A database that goes away, comes back, and cannot take anything: a real one, stopped and cut off. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { openDatabase } from '../../server/db/database.ts';
import type { Database } from '../../server/db/database.ts';
import { migrate } from '../../server/db/migrate.ts';
import { systemClock } from '../../server/clock.ts';
import type { JobHandler } from '../../server/process/job-handler.ts';
import { createRuntime } from '../../server/process/runtime.ts';
import type { Runtime } from '../../server/process/runtime.ts';
import { poolSize } from '../support/chosen.ts';
import { createCluster, killCluster, postgresPrograms, startCluster, stopCluster, urlOf } from '../support/cluster.ts';
import type { Cluster } from '../support/cluster.ts';
import {
  definitions,
  end,
  flows,
  message,
  node,
  on,
  process as bpmnProcess,
  service,
  start,
  timer,
  user,
} from '../support/bpmn.ts';
import { openDesk } from '../support/desk.ts';
import type { Desk } from '../support/desk.ts';
import { openProxy } from '../support/proxy.ts';
import type { CommitCut, Proxy } from '../support/proxy.ts';
import { deployDiagram, stage, taskAt } from '../support/runtime.ts';

const waiting = definitions(bpmnProcess('waiting', start(), user('fix'), end(), flows('start -> fix -> end')));
const rest = node('intermediateCatchEvent', 'rest', '', timer('Duration', 'PT0.2S'));
const brief = definitions(bpmnProcess('brief', start(), rest, end(), flows('start -> rest -> end')));
/** Sends a message that starts another process, and tells somebody outside. */
const errand = definitions(
  message('ring', 'ring', '"1"'),
  bpmnProcess(
    'errand',
    start(),
    node('intermediateThrowEvent', 'rings', '', on('message', 'ring')),
    service('tell'),
    end(),
    flows('start -> rings -> tell -> end'),
  ),
  bpmnProcess('bell', start('rung', on('message', 'ring')), end('silent'), flows('rung -> silent')),
);
const begin = { process: 'waiting', variables: {}, actor: 'user:li' };
const bin = postgresPrograms();

(bin === null ? describe.skip : describe)('a database in trouble', () => {
  let home: string;
  let cluster: Cluster;
  let proxy: Proxy;
  /** Past the proxy. */
  let direct: Database;
  let db: Database;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'lanework-trouble-'));
    cluster = await createCluster(bin ?? '', join(home, 'postgres'), ['fsync=off'], process.pid);
    proxy = await openProxy(join(cluster.socket, '.s.PGSQL.5432'));
    direct = await openDatabase({ url: urlOf(cluster, 'postgres'), pool: 2 });
    await migrate(direct);
    db = await openDatabase({
      url: `postgres://postgres@127.0.0.1:${proxy.port}/postgres`,
      pool: poolSize(3),
      timeout: 900,
    });
    await deployDiagram(stage(direct), waiting, brief, errand);
  });
  afterEach(async () => {
    await direct.run('drop trigger if exists trouble on journal');
    // knex types its client as any.
    const { pool } = db.knex.client as { pool: { numUsed(): number } };
    expect(`${pool.numUsed()} connections in use`).toBe('0 connections in use');
  });
  afterAll(async () => {
    await db.close();
    await direct.close();
    proxy.close();
    await stopCluster(cluster, 'immediate');
    rmSync(home, { recursive: true, force: true });
  });

  const untilOver = async (runtime: Runtime, id: string, patience: number) => {
    const status = async () => (await runtime.instance(id))?.status;
    for (let waited = 0; (await status()) !== 'completed' && waited < patience; waited += 50) await sleep(50);
    expect(await status()).toBe('completed');
  };

  /** As a full disk does. */
  const refuseWrites = async (...tables: string[]) => {
    await direct.run(`create or replace function no_space() returns trigger language plpgsql as
      'begin raise exception ''could not extend file: No space left on device'' using errcode = ''53100''; end'`);
    for (const table of tables)
      await direct.run(`create trigger trouble before insert on ${table} for each row execute function no_space()`);
  };

  const instances = async () => Number((await direct.query<{ n: string }>('select count(*) n from instances'))[0]?.n);

  it.each<CommitCut>(['before', 'after', 'late'])(
    'does a command once when the connection is cut at COMMIT: %s',
    async (when) => {
      const { runtime, clock } = stage(db);
      const before = await instances();
      proxy.cutAtCommit(when);
      const { instance } = await runtime.start(begin);
      expect(await instances()).toBe(before + 1);
      const complete = { type: 'CompleteTask', task: taskAt(instance, 'fix'), variables: {} } as const;
      proxy.cutAtCommit(when);
      const done = await runtime.submit(instance.id, { ...complete, at: clock.now(), actor: 'user:li' });
      expect(done.instance.status).toBe('completed');
      expect(await runtime.verifyHistory(instance.id)).toMatchObject({ integrity: { intact: true, rows: 2 } });
      await runtime.stop();
    },
  );

  it('does each command of a batch once when the connection is cut while the COMMIT is under way', async () => {
    const { runtime } = stage(db);
    const before = await instances();
    proxy.cutAtCommit('late');
    // The first goes alone; the others wait for it and are one batch.
    await Promise.all(Array.from({ length: 20 }, () => runtime.start(begin)));
    proxy.cutAtCommit('late');
    await Promise.all(Array.from({ length: 20 }, () => runtime.start(begin)));
    expect(await instances()).toBe(before + 40);
    await runtime.stop();
  });

  it('does the other commands of a batch that is done one by one when the COMMIT of one of them is cut', async () => {
    const { runtime, clock } = stage(db);
    const begun = await Promise.all(Array.from({ length: 5 }, () => runtime.start(begin)));
    const once = { caller: 'user:li', key: 'the same', fingerprint: 'the same' };
    const [first, ...others] = begun.map(({ instance }, index) => {
      const task = taskAt(instance, 'fix');
      const command = { type: 'CompleteTask', task, variables: {}, at: clock.now(), actor: 'user:li' } as const;
      // Two of them for one key: as a batch they cannot be stored.
      return runtime.submit(instance.id, command, index === 1 || index === 2 ? { once } : {});
    });
    await first;
    proxy.cutAtCommit('after');
    await Promise.all(others);
    const states = await Promise.all(begun.map(({ instance }) => runtime.instance(instance.id)));
    const [done, open] = ['completed', 'active'];
    expect(states.map((it) => it?.status)).toEqual([done, done, open, done, done]);
    await runtime.stop();
  });

  it('does every command of a batch whose COMMIT was in doubt and which is then done one by one', async () => {
    const { runtime, clock } = stage(db);
    const begun = await Promise.all(Array.from({ length: 3 }, () => runtime.start(begin)));
    // The second attempt fails as if another server had been faster.
    await direct.run('create sequence attempts');
    await direct.run(`create or replace function too_late() returns trigger language plpgsql as
      'begin if nextval(''attempts'') = 1 then raise unique_violation; end if; return new; end'`);
    await direct.run('create trigger trouble before insert on journal for each row execute function too_late()');
    proxy.cutAtCommit('before');
    const completions = begun.map(({ instance }) => {
      const task = taskAt(instance, 'fix');
      const command = { type: 'CompleteTask', task, variables: {}, at: clock.now(), actor: 'user:li' } as const;
      return runtime.submit(instance.id, command);
    });
    await Promise.all(completions);
    const states = await Promise.all(begun.map(({ instance }) => runtime.instance(instance.id)));
    expect(states.map((it) => it?.status)).toEqual(['completed', 'completed', 'completed']);
    await runtime.stop();
  });

  it('is waited for while it restarts, and the caller does not see it', async () => {
    const { runtime, clock } = stage(db);
    const { instance } = await runtime.start(begin);
    const task = taskAt(instance, 'fix');
    const completion = { type: 'CompleteTask', task, variables: {}, at: clock.now(), actor: 'user:li' } as const;
    await stopCluster(cluster, 'immediate');
    const restarted = startCluster(cluster);
    await expect(runtime.submit(instance.id, completion)).resolves.toMatchObject({ instance: { status: 'completed' } });
    await restarted;
    await runtime.stop();
  });

  it('lets the workers go on when it is back', async () => {
    const runtime = createRuntime({ db, clock: systemClock(), log: pino({ level: 'silent' }) });
    runtime.startWorkers();
    killCluster(cluster);
    await startCluster(cluster);
    const { instance } = await runtime.start({ ...begin, process: 'brief' });
    await untilOver(runtime, instance.id, 5000);
    await runtime.stop();
  });

  it('has a full disk for a while: then work goes on at once, and what was done outside is not done again', async () => {
    let told = 0;
    const tell: JobHandler = {
      type: 'tell',
      external: true,
      handle: () => Promise.resolve((told += 1)).then(() => ({})),
    };
    const runtime = createRuntime({ db, clock: systemClock(), log: pino({ level: 'silent' }), handlers: [tell] });
    const before = await instances();
    const { instance } = await runtime.start({ ...begin, process: 'errand' });
    await refuseWrites('journal');
    runtime.startWorkers();
    await sleep(3500);
    expect(told).toBe(1);
    await direct.run('drop trigger trouble on journal');
    await untilOver(runtime, instance.id, 2500);
    for (let waited = 0; (await instances()) < before + 2 && waited < 2500; waited += 50) await sleep(50);
    expect(await instances()).toBe(before + 2);
    expect(told).toBe(1);
    await runtime.stop();
  });

  describe('as callers see it', () => {
    let desk: Desk;
    beforeAll(async () => {
      // What is there need not be written through the proxy, with its short limits.
      await openDesk(direct);
      desk = await openDesk(db);
    });

    const unavailable = async () => {
      const request = await desk.client('processes:run');
      return (name: string) => request('post', '/api/messages').send({ name, messageId: name, timeToLive: 1000 });
    };

    it('is gone: they are told to come back, as a problem or as a page, and then are served again', async () => {
      const send = await unavailable();
      const page = await desk.browser('rita');
      expect((await send('one')).status).toBe(200);
      await stopCluster(cluster, 'immediate');
      const began = performance.now();
      const answer = await send('two');
      expect(answer.status).toBe(503);
      expect(answer.headers['retry-after']).toBe('5');
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.body).toMatchObject({ status: 503, code: 'unavailable' });
      const shown = await page.get('/portal');
      expect(shown.status).toBe(503);
      expect(shown.headers['retry-after']).toBe('5');
      expect(shown.text).toContain('The database cannot be reached at the moment');
      expect(shown.text).toContain('Nothing was changed.');
      expect(shown.text).toMatch(/data-theme="auto"[^]*>中文<\/button>/);
      expect(performance.now() - began).toBeLessThan(8000);
      await startCluster(cluster);
      expect((await send('two')).status).toBe(200);
      expect((await page.get('/portal')).status).toBe(200);
    });

    it('is too slow: a statement is given up after its time, and nothing is left over', async () => {
      const send = await unavailable();
      await direct.transaction(async (tx) => {
        await tx.run('lock table buffered_messages in access exclusive mode');
        expect((await send('slow')).body).toMatchObject({ status: 503, code: 'unavailable' });
      });
      expect((await send('slow')).body).toMatchObject({ result: 'buffered' });
    });

    it('has a full disk: they are told to come back, soon, however many wait', async () => {
      await refuseWrites('journal', 'buffered_messages');
      const { runtime } = stage(db);
      const began = performance.now();
      const results = await Promise.allSettled(Array.from({ length: 200 }, () => runtime.start(begin)));
      expect(results.every(({ status }) => status === 'rejected')).toBe(true);
      expect(performance.now() - began).toBeLessThan(5000);
      await runtime.stop();
      const send = await unavailable();
      expect((await send('full')).body).toMatchObject({ status: 503, code: 'unavailable' });
      await direct.run('drop trigger trouble on buffered_messages');
      expect((await send('full')).body).toMatchObject({ result: 'buffered' });
    });
  });
});
