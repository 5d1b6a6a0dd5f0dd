import { beforeEach, expect, it } from '@jest/globals';
import { movableClock } from '../../../server/clock.ts';
import type { Database } from '../../../server/db/database.ts';
import { selectOpenIncidents } from '../../../server/db/open-incidents.ts';
import { BpmnError } from '../../../server/process/bpmn-error.ts';
import type { Job, JobHandler, JobResult } from '../../../server/process/job-handler.ts';
import {
  definitions,
  end,
  error,
  flows,
  mapping,
  node,
  on,
  process,
  service,
  start,
  user,
} from '../../support/bpmn.ts';
import { describeDatabase } from '../../support/database.ts';
import { deployDiagram, expectTablesToFollow, stage } from '../../support/runtime.ts';
import type { Stage } from '../../support/runtime.ts';

const xml = definitions(
  error('refused', 'REFUSED'),
  process(
    'p',
    start(),
    service('send', 'send', mapping({ text: '="Hello " + name' }, { answer: '=answer' })),
    node('boundaryEvent', 'no', 'attachedToRef="send"', on('error', 'refused')),
    user('read'),
    end(),
    end('refusedEnd'),
    flows('start -> send -> read -> end', 'no -> refusedEnd'),
  ),
);

describeDatabase('jobs', (open) => {
  let db: Database;
  let done: Job[];
  let behave: (job: Job) => Promise<JobResult>;
  let it1: Stage;
  beforeEach(async () => {
    db ??= await open();
    done = [];
    behave = () => Promise.resolve({ variables: { answer: 'thanks' } });
    it1 = stage(db, { handlers: [handler(false)] });
    await deployDiagram(it1, xml);
  });
  const handler = (external: boolean): JobHandler => ({
    type: 'send',
    external,
    handle: (job) => {
      done.push(job);
      return behave(job);
    },
  });
  const begin = async () =>
    (await it1.runtime.start({ process: 'p', variables: { name: 'Wang' }, actor: 'user:wang' })).instance.id;
  const restsAt = async (id: string) => (await it1.runtime.instance(id))?.tokens.map(({ element }) => element);

  it('are done by their handler, with the inputs of the task; the result goes on', async () => {
    behave = () =>
      Promise.resolve({ variables: { answer: 'thanks' }, notes: [{ audience: 'notice', text: 'told', to: ['li'] }] });
    const id = await begin();
    await it1.runtime.settle();
    expect(done).toMatchObject([
      { key: expect.stringMatching(new RegExp(`^${id}\\d{6}$`)), type: 'send', variables: { text: 'Hello Wang' } },
    ]);
    expect(await restsAt(id)).toEqual(['read']);
    expect((await it1.runtime.instance(id))?.scopes[0]?.variables).toMatchObject({ answer: 'thanks' });
    const events = (await it1.runtime.history(id)).flatMap((row) => row.events);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'NoteAdded', audience: 'notice', text: 'told', to: ['li'] }),
    );
    await expectTablesToFollow(db, it1);
  });

  it('with effects outside that last longer than the end of the server are given back, for another server to do', async () => {
    const ending = stage(db, { clock: it1.clock, handlers: [handler(true)] });
    let finish = (): void => undefined;
    behave = () => new Promise((resolve) => (finish = () => resolve({})));
    const id = await begin();
    ending.runtime.startWorkers();
    while (done.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await ending.runtime.stop();
    behave = () => Promise.resolve({ variables: { answer: 'thanks' } });
    await stage(db, { clock: it1.clock, handlers: [handler(true)] }).runtime.settle();
    expect(done.map(({ key }) => key)).toEqual([done[0]?.key, done[0]?.key]);
    expect(await restsAt(id)).toEqual(['read']);
    finish();
  });

  it('that fail are tried again after a pause, then become an incident, which can be resolved', async () => {
    behave = () => Promise.reject(new Error('no route to host'));
    const id = await begin();
    await it1.runtime.settle();
    expect(done.length).toBe(1);
    it1.clock.advance(9_000);
    await it1.runtime.settle();
    expect(done.length).toBe(1);
    it1.clock.advance(1_000);
    await it1.runtime.settle();
    expect(done.length).toBe(2);
    const mine = (await selectOpenIncidents(db, {}, 100, null)).filter(({ instance }) => instance === id);
    expect(mine).toMatchObject([
      { element: 'send', kind: 'job', message: expect.stringContaining('no route to host') },
    ]);
    it1.clock.advance(100_000_000);
    await it1.runtime.settle();
    expect(done.length).toBe(2);
    behave = () => Promise.resolve({ variables: { answer: 'at last' } });
    const incident = mine[0]?.id ?? -1;
    await it1.runtime.submit(id, { type: 'ResolveIncident', at: it1.clock.now(), actor: 'user:li', incident });
    await expectTablesToFollow(db, it1);
    await it1.runtime.settle();
    expect(await restsAt(id)).toEqual(['read']);
    await expectTablesToFollow(db, it1);
  });

  it('that fail are tried again after the pauses that the diagram says', async () => {
    const pauses = '<zeebe:taskHeaders><zeebe:header key="retryBackoff" value="PT2S, PT1H"/></zeebe:taskHeaders>';
    const patient = service('call', 'send', pauses).replace('retries="2"', 'retries="4"');
    await deployDiagram(it1, definitions(process('patient', start(), patient, end(), flows('start -> call -> end'))));
    behave = () => Promise.reject(new Error('busy'));
    await it1.runtime.start({ process: 'patient', variables: {}, actor: 'user:wang' });
    const attempts: number[] = [];
    for (const wait of [0, 1_999, 1, 3_599_999, 1, 3_599_999, 1]) {
      it1.clock.advance(wait);
      await it1.runtime.settle();
      attempts.push(done.length);
    }
    expect(attempts).toEqual([1, 1, 2, 2, 3, 3, 4]);
    await expectTablesToFollow(db, it1);
  });

  it('may end by an error of the diagram', async () => {
    behave = () => Promise.reject(new BpmnError('REFUSED', 'not today'));
    const id = await begin();
    await it1.runtime.settle();
    expect(await it1.runtime.instance(id)).toMatchObject({ status: 'completed' });
    await expectTablesToFollow(db, it1);
  });

  it('that end by an error nobody catches are done once, and become one incident', async () => {
    behave = () => Promise.reject(new BpmnError('UNKNOWN', 'nobody expects it'));
    const id = await begin();
    await it1.runtime.settle();
    it1.clock.advance(100_000_000);
    await it1.runtime.settle();
    expect(done.length).toBe(1);
    const mine = (await selectOpenIncidents(db, {}, 100, null)).filter(({ instance }) => instance === id);
    expect(mine).toMatchObject([{ element: 'send', message: expect.stringContaining('UNKNOWN') }]);
    await expectTablesToFollow(db, it1);
  });

  it('that reach outside are done by one of two servers', async () => {
    const clock = it1.clock;
    const servers = [stage(db, { clock, handlers: [handler(true)] }), stage(db, { clock, handlers: [handler(true)] })];
    const ids = await Promise.all(Array.from({ length: 10 }, begin));
    await Promise.all(servers.map(({ runtime }) => runtime.settle()));
    for (const { runtime } of servers) await runtime.settle();
    expect(done.map(({ instance }) => instance.id).sort()).toEqual([...ids].sort());
  });

  it('whose server died are done by another when the lease is over', async () => {
    const clock = it1.clock;
    const id = await begin();
    await db.run("update jobs set lease_owner = 'dead', lease_until = $2 where instance_id = $1", [
      id,
      clock.now() + 60_000,
    ]);
    const other = stage(db, { clock, handlers: [handler(true)] });
    await other.runtime.settle();
    expect(done.length).toBe(0);
    clock.advance(60_000);
    await other.runtime.settle();
    expect(await restsAt(id)).toEqual(['read']);
  });

  it('of a server whose clock is far behind are found within half a minute', async () => {
    await it1.runtime.settle();
    const behind = stage(db, { clock: movableClock(it1.clock.now() - 60_000) });
    const { instance } = await behind.runtime.start({ process: 'p', variables: { name: 'Wang' }, actor: 'user:wang' });
    it1.clock.advance(31_000);
    await it1.runtime.settle();
    expect(await restsAt(instance.id)).toEqual(['read']);
  });

  it('without a handler wait', async () => {
    const other = stage(db);
    const id = await begin();
    await other.runtime.settle();
    expect(await restsAt(id)).toEqual(['send']);
  });

  it('are finished before the server stops', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    behave = () => held.then(() => ({ variables: { answer: 'held' } }));
    it1.runtime.startWorkers();
    const id = await begin();
    while (!done.some(({ instance }) => instance.id === id)) await new Promise((resolve) => setTimeout(resolve, 10));
    const stopped = it1.runtime.stop();
    release();
    await stopped;
    expect(await restsAt(id)).toEqual(['read']);
  });
});
