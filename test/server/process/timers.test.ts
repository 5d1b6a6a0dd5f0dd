import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { Rejection } from '../../../engine/index.ts';
import type { Database } from '../../../server/db/database.ts';
import { releaseCache } from '../../../server/process/releases.ts';
import { createTimerWorker, timerLateness } from '../../../server/process/timer-worker.ts';
import { definitions, end, flows, node, process, start, timer, user } from '../../support/bpmn.ts';
import { describeEachDatabase } from '../../support/database.ts';
import { MONDAY } from '../../support/play.ts';
import { deployDiagram, expectTablesToFollow, stage } from '../../support/runtime.ts';
import type { Stage } from '../../support/runtime.ts';

const HOUR = 3600_000;
const waiting = definitions(
  process(
    'waiting',
    start(),
    user('work'),
    node('boundaryEvent', 'late', 'attachedToRef="work" cancelActivity="false"', timer('Duration', 'PT1H')),
    node('boundaryEvent', 'never', 'attachedToRef="work"', timer('Duration', 'P60D')),
    end(),
    end('told'),
    end('gone'),
    flows('start -> work -> end', 'late -> told', 'never -> gone'),
  ),
);
const overdue = definitions(
  process(
    'overdue',
    start(),
    node('intermediateCatchEvent', 'past', '', timer('Date', '2020-01-01T00:00:00Z')),
    end(),
    flows('start -> past -> end'),
  ),
);
const far = definitions(
  process(
    'far',
    start(),
    node('intermediateCatchEvent', 'later', '', timer('Duration', 'P60D')),
    end(),
    flows('start -> later -> end'),
  ),
);
const nightly = (text: string) =>
  definitions(process('nightly', start('at', timer('Cycle', text)), user('look'), end(), flows('at -> look -> end')));

describeEachDatabase('timers', (open) => {
  let db: Database;
  let it1: Stage;
  beforeEach(async () => {
    db ??= await open();
    it1 = stage(db);
    await deployDiagram(it1, waiting);
    await db.run('delete from start_timers');
  });

  const begin = async () => (await it1.runtime.start({ process: 'waiting', variables: {}, actor: 'u' })).instance.id;
  const firings = async (id: string) =>
    (await it1.runtime.history(id)).flatMap(({ events }) => events.filter(({ type }) => type === 'TimerFired')).length;

  it('fire when they are due, not before', async () => {
    const id = await begin();
    it1.clock.advance(HOUR - 1);
    await it1.runtime.settle();
    expect(await firings(id)).toBe(0);
    it1.clock.advance(1);
    await it1.runtime.settle();
    await it1.runtime.settle();
    expect(await firings(id)).toBe(1);
    await expectTablesToFollow(db, it1);
  });

  it('of sixty days fire once', async () => {
    const id = await begin();
    it1.clock.advance(60 * 24 * HOUR);
    await it1.runtime.settle();
    expect(await it1.runtime.instance(id)).toMatchObject({ status: 'completed' });
    expect(await firings(id)).toBe(2);
  });

  it('fire once when two servers look for them', async () => {
    const it2 = stage(db, { clock: it1.clock });
    const ids = await Promise.all(Array.from({ length: 50 }, begin));
    it1.clock.advance(HOUR);
    await Promise.all([it1.runtime.settle(), it2.runtime.settle()]);
    expect(await Promise.all(ids.map(firings))).toEqual(ids.map(() => 1));
  });

  it('are fired by the workers as soon as the clock is moved, and no later than the next look', async () => {
    it1.runtime.startWorkers();
    const id = await begin();
    await sleep(50);
    it1.clock.advance(HOUR);
    for (let waited = 0; (await firings(id)) === 0 && waited < 5000; waited += 20) await sleep(20);
    expect(await firings(id)).toBe(1);
    await it1.runtime.stop();
  });

  it('of sixty days keep the workers neither busy nor asleep for ever', async () => {
    await deployDiagram(it1, far);
    const overflows: Error[] = [];
    const warn = (warning: Error) => overflows.push(warning);
    globalThis.process.on('warning', warn);
    it1.runtime.startWorkers();
    const { id } = (await it1.runtime.start({ process: 'far', variables: {}, actor: 'u' })).instance;
    await sleep(100);
    expect(await firings(id)).toBe(0);
    it1.clock.advance(60 * 24 * HOUR);
    for (let waited = 0; (await firings(id)) === 0 && waited < 5000; waited += 20) await sleep(20);
    expect(await firings(id)).toBe(1);
    await it1.runtime.stop();
    globalThis.process.off('warning', warn);
    expect(overflows).toEqual([]);
  });

  it('do nothing in a server that was paused with them in its hands, and its next ones fire in time', async () => {
    const ids = await Promise.all(Array.from({ length: 260 }, begin));
    it1.clock.advance(HOUR);
    const refused: unknown[] = [];
    let held = 0;
    let resume = (): void => undefined;
    let paused: Promise<void> | null = new Promise((resolve) => (resume = resolve));
    const worker = createTimerWorker({
      db,
      clock: it1.clock,
      log: pino({ level: 'silent' }),
      keys: it1.runtime.keys,
      releases: releaseCache(db),
      submitter: {
        async submit(instance, command) {
          held += 1;
          await paused;
          return it1.runtime.submit(instance, command).catch((error: unknown) => {
            refused.push(error);
            throw error;
          });
        },
      },
    });
    const late = worker.pass();
    while (held === 0) await sleep(5);
    const it2 = stage(db, { clock: it1.clock });
    await it2.runtime.settle();
    resume();
    expect(await late).toBe(0);
    expect(refused.length).toBeGreaterThan(255);
    expect(refused.filter((error) => !(error instanceof Rejection))).toEqual([]);
    expect(await Promise.all(ids.map(firings))).toEqual(ids.map(() => 1));

    paused = null;
    const next = await begin();
    it1.clock.advance(HOUR);
    expect(await worker.pass()).toBe(1);
    expect(await firings(next)).toBe(1);
  });

  it('tell how late they were fired', async () => {
    const late: number[] = [];
    it1.runtime.on('committed', (changes) => late.push(...timerLateness(changes, it1.clock.now())));
    await begin();
    it1.clock.advance(HOUR + 1500);
    await it1.runtime.settle();
    expect(late).toEqual([1500]);
  });

  it('that were due while nothing ran fire after the start', async () => {
    const id = await begin();
    const later = stage(db);
    later.clock.set(MONDAY + 3 * HOUR);
    await later.runtime.settle();
    expect(await firings(id)).toBe(1);
  });

  it('that are overdue when they are set fire, also when a look goes on at that moment', async () => {
    await deployDiagram(it1, overdue);
    const ids: string[] = [];
    for (let round = 0; round < 30; round += 1) {
      const begun = it1.runtime.start({ process: 'overdue', variables: {}, actor: 'u' });
      for (let n = 0; n < round % 6; n += 1) await new Promise((resolve) => setImmediate(resolve));
      await it1.runtime.settle();
      ids.push((await begun).instance.id);
    }
    await it1.runtime.settle();
    expect(await Promise.all(ids.map(firings))).toEqual(ids.map(() => 1));
  });

  it('start processes in their rhythm, and once for a time that was missed', async () => {
    await deployDiagram(it1, nightly('R3/PT1H'));
    const started = async () => (await db.query("select 1 from instances where process = 'nightly'")).length;
    const before = await started();
    it1.clock.advance(HOUR - 1);
    await it1.runtime.settle();
    expect((await started()) - before).toBe(0);
    it1.clock.advance(1);
    await it1.runtime.settle();
    expect((await started()) - before).toBe(1);
    it1.clock.advance(10 * HOUR);
    await it1.runtime.settle();
    await it1.runtime.settle();
    expect((await started()) - before).toBe(2);
    expect(await db.query('select 1 from start_timers')).toEqual([]);
  });

  it('start their process once for a date, also when it is deployed again', async () => {
    const date = new Date(it1.clock.now() + HOUR).toISOString();
    const yearly = (name: string) =>
      definitions(
        process('yearly', start('at', timer('Date', date)), user(name), end(), flows(`at -> ${name} -> end`)),
      );
    const started = async () => (await db.query("select 1 from instances where process = 'yearly'")).length;
    await deployDiagram(it1, yearly('look'));
    it1.clock.advance(HOUR);
    await it1.runtime.settle();
    expect(await started()).toBe(1);
    await deployDiagram(it1, yearly('see'));
    await it1.runtime.settle();
    expect(await started()).toBe(1);
    expect(await db.query('select 1 from start_timers')).toEqual([]);
  });
});
