import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Instance } from '../../engine/index.ts';
import { readSettings } from '../../server/db/condition.ts';
import { selectOfferedTasks, selectOwnTasks } from '../../server/db/inbox.ts';
import { readInstances } from '../../server/db/instances.ts';
import { insertJournal, readStored } from '../../server/db/journal.ts';
import { compareMigrations } from '../../server/db/migrate.ts';
import { isConflict, isDuplicate } from '../../server/db/sqlstate.ts';
import { AlreadyDone } from '../../server/process/guard.ts';
import { runRetention } from '../../server/process/retention.ts';
import { storeSteps } from '../../server/process/store.ts';
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
} from '../support/bpmn.ts';
import { deployDiagram, expectTablesToFollow, taskAt } from '../support/runtime.ts';
import type { Stage } from '../support/runtime.ts';
import { openWorld } from './support/world.ts';
import type { World } from './support/world.ts';

const MANY = 40;
const HOUR = 3600_000;
const person = { actor: 'user:bo' };
const offered = node(
  'userTask',
  'offered',
  '',
  extensions('<zeebe:userTask/><zeebe:assignmentDefinition candidateGroups="desk"/>'),
);
const diagrams = [
  definitions(process('desk', start(), offered, user('then'), end(), flows('start -> offered -> then -> end'))),
  definitions(
    process(
      'armed',
      start(),
      node('intermediateCatchEvent', 'later', '', timer('Duration', 'PT1H')),
      user('rest'),
      end(),
      flows('start -> later -> rest -> end'),
    ),
  ),
  definitions(process('working', start(), service('send'), end(), flows('start -> send -> end'))),
  definitions(
    message('reply', 'replied', 'number'),
    process(
      'asking',
      start(),
      node('intermediateCatchEvent', 'wait', '', on('message', 'reply')),
      end(),
      flows('start -> wait -> end'),
    ),
  ),
  definitions(
    signal('halt', 'halted'),
    process(
      'shouting',
      start(),
      node('intermediateThrowEvent', 'shout', '', on('signal', 'halt')),
      end(),
      flows('start -> shout -> end'),
    ),
  ),
  definitions(
    signal('halt', 'halted'),
    process(
      'listening',
      start(),
      node('intermediateCatchEvent', 'hear', '', on('signal', 'halt')),
      end(),
      flows('start -> hear -> end'),
    ),
  ),
];

describe(`the database ${(globalThis.process.env['DATABASE_URL'] ?? '') === '' ? '(embedded)' : 'at DATABASE_URL'}`, () => {
  let world: World;
  let one: Stage;
  let other: Stage;
  /** By job key, every time that a handler was called. */
  const handled: string[] = [];
  let failing = false;

  beforeAll(async () => {
    world = await openWorld();
    const handler = {
      type: 'send',
      external: true,
      handle: ({ key }: { key: string }) => {
        handled.push(key);
        return failing ? Promise.reject(new Error('no')) : Promise.resolve({});
      },
    };
    [one, other] = world.servers(() => [handler]);
    await deployDiagram(one, ...diagrams);
  });
  afterAll(async () => {
    await one.runtime.stop();
    await other.runtime.stop();
    await world.close();
  });

  const begin = async (id: string, variables = {}): Promise<Instance> =>
    (await one.runtime.start({ process: id, variables, ...person })).instance;
  const beginMany = (id: string, variables = {}) =>
    Promise.all(Array.from({ length: MANY }, () => begin(id, variables)));
  /** Both do all that is due, at the same time. */
  const settle = () => Promise.all([one.runtime.settle(), other.runtime.settle()]);
  const statuses = async (instances: readonly Instance[]) => {
    const read = await readInstances(
      world.databases[1],
      instances.map(({ id }) => id),
    );
    return [...new Set([...read.values()].map(({ instance }) => instance.status))];
  };

  it('says what it is', async () => {
    const { version, encoding, citus } = await readSettings(world.databases[0]);
    expect(Number(version.split('.')[0])).toBeGreaterThanOrEqual(15);
    expect(encoding).toBe('UTF8');
    globalThis.console.log(`PostgreSQL ${version}, ${citus === null ? 'without Citus' : `Citus ${citus}`}`);
  });

  it('has all migrations after two servers began at once', async () => {
    expect(await compareMigrations(world.databases[0])).toEqual({ missing: [], changed: [], unknown: [] });
  });

  it('undoes all of a transaction of which one statement fails', async () => {
    const [db] = world.databases;
    const failed = db.transaction(async (tx) => {
      await tx.run("insert into retention_rules (process, days, set_at, set_by) values ('x', 1, 0, 'u')");
      await tx.run('select 1 / 0');
    });
    await expect(failed).rejects.toMatchObject({ code: '22012' });
    expect(await db.query("select 1 from retention_rules where process = 'x'")).toEqual([]);
  });

  it('takes a state only from the version that was read, and a journal row once', async () => {
    const [db] = world.databases;
    const { id } = await begin('desk');
    const stored = (await readInstances(db, [id])).get(id);
    const [row] = await readStored(db, id);
    if (stored === undefined || row === undefined) throw new Error('Expected the instance to be stored.');
    const stale = db.transaction((tx) => storeSteps(tx, [{ ...stored, snapshot: '{}', readVersion: 7 }], []));
    expect(isConflict(await stale.catch((error: unknown) => error))).toBe(true);
    expect(isDuplicate(await insertJournal(db, [row]).catch((error: unknown) => error))).toBe(true);
  });

  it('lets two servers work on the same instances: each command is done once, nobody sees a conflict', async () => {
    const instances = await beginMany('desk');
    const note = { type: 'AddNote', actor: 'user:li', note: { audience: 'internal', text: 'seen' } } as const;
    await Promise.all(
      instances.flatMap(({ id }) =>
        [one, other, one, other].map(({ runtime, clock }) => runtime.submit(id, { ...note, at: clock.now() })),
      ),
    );
    const read = await readInstances(
      world.databases[0],
      instances.map(({ id }) => id),
    );
    expect([...read.values()].map(({ instance }) => instance.version)).toEqual(instances.map(() => 5));
    await expectTablesToFollow(world.databases[0], one);
  });

  it('completes a task for one of two who complete it', async () => {
    const instances = await beginMany('desk');
    const complete = ({ runtime, clock }: Stage, instance: Instance) => {
      const asked = { type: 'CompleteTask', at: clock.now(), ...person, variables: {} } as const;
      return runtime.submit(instance.id, { ...asked, task: taskAt(instance, 'offered') });
    };
    const results = await Promise.allSettled(instances.flatMap((it) => [complete(one, it), complete(other, it)]));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(MANY);
  });

  it('starts once what must be there once', async () => {
    const once = { kind: 'ticket', value: 'R-1' };
    const request = { process: 'desk', variables: {}, once, ...person };
    const results = await Promise.allSettled([one, other, one, other].map(({ runtime }) => runtime.start(request)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const it of results) if (it.status === 'rejected') expect(it.reason).toBeInstanceOf(AlreadyDone);
  });

  it('fires each timer once, whichever server sees it', async () => {
    const instances = await beginMany('armed');
    one.clock.advance(HOUR);
    await settle();
    const read = await readInstances(
      world.databases[0],
      instances.map(({ id }) => id),
    );
    expect([...read.values()].map(({ instance }) => instance.version)).toEqual(instances.map(() => 2));
  });

  it('has each job done once; what fails is tried again, then an incident', async () => {
    handled.length = 0;
    const instances = await beginMany('working');
    await settle();
    expect([handled.length, new Set(handled).size]).toEqual([MANY, MANY]);
    expect(await statuses(instances)).toEqual(['completed']);
    failing = true;
    const { id } = await begin('working');
    await settle();
    one.clock.advance(HOUR);
    await settle();
    failing = false;
    expect(handled.length).toBe(MANY + 2);
    const incident = (await one.runtime.instance(id))?.incidents[0]?.id ?? -1;
    await one.runtime.submit(id, { type: 'ResolveIncident', at: one.clock.now(), incident, ...person });
    await settle();
    expect(await one.runtime.instance(id)).toMatchObject({ status: 'completed', incidents: [] });
  });

  it('delivers each message to one who waits, once per id, and keeps those that come early', async () => {
    const send = ({ runtime }: Stage, messageId: string) =>
      runtime.publishMessage({ name: 'replied', key: 'k', variables: {}, actor: 'intake:mail', ttl: HOUR, messageId });
    const early = await Promise.all([send(one, 'a'), send(other, 'a'), send(other, 'b')]);
    expect(early.map(({ result }) => result).sort()).toEqual(['buffered', 'buffered', 'duplicate']);
    const instances = await beginMany('asking', { number: 'k' });
    await settle();
    const ids = Array.from({ length: MANY - 2 }, (_, n) => `m${n}`);
    const sent = await Promise.all(ids.flatMap((id) => [send(one, id), send(other, id)]));
    const results = sent.map(({ result }) => result);
    expect(results.filter((it) => it === 'correlated')).toHaveLength(MANY - 2);
    expect(results.filter((it) => it === 'duplicate')).toHaveLength(MANY - 2);
    expect(await statuses(instances)).toEqual(['completed']);
  });

  it('carries signals from instance to instances, each once', async () => {
    const instances = await beginMany('listening');
    await Promise.all([begin('shouting'), begin('shouting')]);
    await settle();
    expect(await statuses(instances)).toEqual(['completed']);
    expect(await world.databases[0].query('select 1 from outbox')).toEqual([]);
    await expectTablesToFollow(world.databases[1], other);
  });

  it('shows in the inbox what was committed, at once', async () => {
    const [mine, theirs] = world.databases;
    const instance = await begin('desk');
    const task = taskAt(instance, 'offered');
    const keys = async () => (await selectOfferedTasks(theirs, 'bo', ['desk'], { after: null, search: null })).length;
    expect(await keys()).toBeGreaterThan(0);
    const claim = { type: 'AssignTask', at: one.clock.now(), task, assignee: 'ann', claim: true } as const;
    await one.runtime.submit(instance.id, { ...claim, actor: 'user:ann' });
    const own = await selectOwnTasks(mine, 'ann', { after: null, search: null });
    expect(own.map(({ instanceId, id }) => [instanceId, id])).toEqual([[instance.id, task]]);
  });

  it('finds and proves a history wherever it is', async () => {
    const [db] = world.databases;
    const { id } = (await beginMany('working'))[0] ?? { id: '' };
    await settle();
    const before = await readStored(db, id);
    one.clock.advance(31 * 24 * HOUR);
    const [first, second] = await Promise.all([
      runRetention({ db, clock: one.clock }),
      runRetention({ db: world.databases[1], clock: one.clock }),
    ]);
    // One of them does it, or both, one after the other.
    expect((first?.archived ?? 0) + (second?.archived ?? 0)).toBeGreaterThanOrEqual(MANY);
    expect(await readStored(db, id)).toEqual(before);
    expect(await one.runtime.verifyHistory(id)).toMatchObject({
      integrity: { intact: true },
      execution: { verdict: 'REPRODUCED' },
    });
  });
});
