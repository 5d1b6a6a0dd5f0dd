import { afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { movableClock } from '../../../server/clock.ts';
import type { Database } from '../../../server/db/database.ts';
import type { ActivatedJob, ActivationRequest } from '../../../server/process/activation.ts';
import { definitions, end, flows, process, service, start } from '../../support/bpmn.ts';
import { describeDatabase } from '../../support/database.ts';
import { MONDAY } from '../../support/play.ts';
import { deployDiagram, expectTablesToFollow, stage } from '../../support/runtime.ts';
import type { Stage } from '../../support/runtime.ts';

const diagram = definitions(process('p', start(), service('call', '=kind'), end(), flows('start -> call -> end')));

describeDatabase('workers outside of the server', (open) => {
  let db: Database;
  let here: Stage;
  let kind = 0;
  beforeAll(async () => {
    db = await open();
  });
  beforeEach(async () => {
    here = stage(db);
    await deployDiagram(here, diagram);
    kind += 1;
  });
  afterEach(() => here.runtime.stop());

  const begin = async (type = `t${kind}`) =>
    (await here.runtime.start({ process: 'p', variables: { kind: type }, actor: 'user:li' })).instance.id;
  const ask = (wanted: Partial<ActivationRequest> = {}, signal?: AbortSignal, at = here) =>
    at.runtime.activator.activate(
      { type: `t${kind}`, worker: 'w', timeout: 60_000, limit: 10, wait: 0, ...wanted },
      signal,
    );
  const ids = (jobs: readonly ActivatedJob[]) => jobs.map(({ row }) => row.instance).sort();
  const complete = (job: ActivatedJob | undefined) =>
    here.runtime.submit(job?.row.instance ?? '', {
      type: 'CompleteJob',
      at: here.clock.now(),
      actor: 'client:w',
      job: job?.row.id ?? -1,
      variables: {},
    });

  it('get jobs of their type, the oldest first and no more than they want, until the lease is over', async () => {
    const begun = [await begin(), await begin(), await begin()];
    await begin('other');
    const first = await ask({ limit: 2 });
    expect(ids(first)).toEqual(begun.slice(0, 2));
    expect(first[0]).toMatchObject({ worker: 'w', deadline: MONDAY + 60_000, row: { retries: 2 } });
    expect(ids(await ask())).toEqual(begun.slice(2));
    expect(await ask()).toEqual([]);
    here.clock.advance(60_000);
    expect(ids(await ask())).toEqual(begun);
  });

  it('wait until there is a job, which a commit tells at once', async () => {
    const waiting = ask({ wait: 30_000 });
    const other = ask({ wait: 200 });
    const id = await begin();
    expect(ids(await waiting)).toEqual([id]);
    expect(await other).toEqual([]);
  });

  it('hear within a second of jobs that another server made', async () => {
    const there = stage(db);
    const waiting = ask({ wait: 30_000 }, undefined, there);
    const id = await begin();
    expect(ids(await waiting)).toEqual([id]);
    await there.runtime.stop();
  });

  it('that go away while they wait get nothing and keep nothing', async () => {
    const gone = new AbortController();
    const waiting = ask({ wait: 30_000 }, gone.signal);
    gone.abort();
    expect(await waiting).toEqual([]);
    const id = await begin();
    const late = new AbortController();
    const taking = ask({ wait: 30_000 }, late.signal);
    late.abort();
    expect(await taking).toEqual([]);
    expect(ids(await ask({ wait: 5000 }))).toEqual([id]);
  });

  it('give back what could not be sent, and it counts as no attempt', async () => {
    const id = await begin();
    const [job] = await ask();
    await here.runtime.activator.free(job ? [job] : []);
    const [again] = await ask();
    expect(again?.row).toMatchObject({ instance: id, attempts: 0 });
    // Giving back the first lease does not touch the second one.
    here.clock.advance(1);
    await here.runtime.activator.free(job ? [{ ...job, deadline: job.deadline - 1 }] : []);
    expect(await ask()).toEqual([]);
  });

  it('that ask at the same time on two servers share the jobs', async () => {
    const there = stage(db, { clock: movableClock(MONDAY) });
    const begun = await Promise.all(Array.from({ length: 40 }, () => begin()));
    const got = await Promise.all(
      Array.from({ length: 16 }, (_, n) => ask({ limit: 3 }, undefined, n % 2 ? here : there)),
    );
    const rest = await ask({ limit: 40 });
    expect(ids([...got.flat(), ...rest])).toEqual([...begun].sort());
    await there.runtime.stop();
  });

  it('complete a job once, whoever has the lease', async () => {
    const id = await begin();
    const [slow] = await ask({ timeout: 1000 });
    here.clock.advance(1000);
    const [fast] = await ask();
    expect(fast?.row.instance).toBe(id);
    const outcomes = await Promise.allSettled([complete(slow), complete(fast)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(
      (await here.runtime.history(id)).flatMap(({ events }) => events).filter((it) => it.type === 'JobCompleted'),
    ).toHaveLength(1);
    await expectTablesToFollow(db, here);
  });

  it('are told when the server does the type itself, and when it stops', async () => {
    const handler = { type: 'mine', external: false, handle: () => Promise.resolve({}) };
    const own = stage(db, { handlers: [handler] });
    await expect(ask({ type: 'mine' }, undefined, own)).rejects.toThrow(/the server does "mine" itself/);
    const waiting = ask({ wait: 30_000 }, undefined, own);
    await own.runtime.stop();
    expect(await waiting).toEqual([]);
    await expect(ask({}, undefined, own)).rejects.toThrow(/being stopped/);
  });
});
