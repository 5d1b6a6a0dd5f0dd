import { beforeEach, expect, it } from '@jest/globals';
import type { Database } from '../../../server/db/database.ts';
import { readOperations } from '../../../server/db/operations.ts';
import { readReleases } from '../../../server/db/releases.ts';
import { readVersions } from '../../../server/db/resources.ts';
import { definitions, end, flows, node, process, start, timer, user } from '../../support/bpmn.ts';
import { describeDatabase } from '../../support/database.ts';
import { stage, taskAt } from '../../support/runtime.ts';
import type { Stage } from '../../support/runtime.ts';

const by = { actor: 'user:owner', note: 'because' };
const simple = (id: string, task: string) =>
  definitions(process(id, start(), user(task), end(), flows(`start -> ${task} -> end`)));
const file = (name: string, content: string) => ({ name, content });

describeDatabase('deploying', (open) => {
  let db: Database;
  let it1: Stage;
  beforeEach(async () => {
    db = await open();
    it1 = stage(db);
  });

  it('makes a release of the new files and of what was there', async () => {
    await it1.runtime.deploy([file('a.bpmn', simple('a', 'one'))], by);
    const { release, problems } = await it1.runtime.deploy([file('b.bpmn', simple('b', 'two'))], by);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect([...(release?.processes.keys() ?? [])].sort()).toEqual(['a', 'b']);
    expect((await it1.runtime.latestRelease())?.id).toBe(release?.id);
    expect((await readReleases(db, 10)).map(({ number, actor, note }) => [number, actor, note])).toEqual([
      [2, 'user:owner', 'because'],
      [1, 'user:owner', 'because'],
    ]);
    expect(
      (await readOperations(db, 'deployments', 10)).map(({ seq, action, subject }) => [seq, action, subject]),
    ).toEqual([
      [2, 'ReleaseDeployed', release?.id],
      [1, 'ReleaseDeployed', expect.any(String)],
    ]);
  });

  it('of the same bytes gives the same version, and no release when nothing changes', async () => {
    const one = simple('a', 'one');
    const first = await it1.runtime.deploy([file('a.bpmn', one)], by);
    const again = await stage(db).runtime.deploy([file('a.bpmn', one)], by);
    expect(again).toMatchObject({ changed: false, release: { id: first.release?.id } });
    await it1.runtime.deploy([file('a.bpmn', simple('a', 'two'))], by);
    await it1.runtime.deploy([file('a.bpmn', one)], by);
    expect((await readVersions(db, 'process', 'a')).map(({ version }) => version)).toEqual([2, 1]);
    const rows = await db.query(
      'select version from release_resources m join releases r on r.id = m.release_id order by number',
    );
    expect(rows).toEqual([{ version: 1 }, { version: 2 }, { version: 1 }]);
  });

  it('takes a diagram with warnings, and tells them also when nothing changes', async () => {
    const warned = expect.objectContaining({ file: 'a.bpmn', element: 'lost', rule: 'incoming', severity: 'warning' });
    const inside = [start(), user('one'), user('lost'), end(), flows('start -> one -> end', 'lost -> end')];
    const one = file('a.bpmn', definitions(process('a', ...inside)));
    const first = await it1.runtime.deploy([one], by);
    expect(first).toMatchObject({ changed: true, problems: [warned] });
    expect((await it1.runtime.latestRelease())?.processes.has('a')).toBe(true);
    expect(await it1.runtime.deploy([one], by)).toMatchObject({ changed: false, problems: [warned] });
  });

  it('stores nothing when a diagram cannot be run, and says where and why', async () => {
    const broken = definitions(
      process('a', start(), node('task', 'x'), node('choreographyTask', 'g'), flows('start -> x -> g')),
    );
    const result = await it1.runtime.deploy([file('good.bpmn', simple('b', 'one')), file('bad.bpmn', broken)], by);
    expect(result.release).toBeUndefined();
    expect(result.problems).toContainEqual(
      expect.objectContaining({ file: 'bad.bpmn', element: 'g', rule: 'choreography-activity', severity: 'error' }),
    );
    expect(await db.query('select 1 from resources')).toEqual([]);
    expect(await it1.runtime.latestRelease()).toBeNull();
  });

  it('refuses a form with a pattern that takes more than linear time', async () => {
    const field = (pattern: string) => ({ components: [{ type: 'textfield', key: 'code', validate: { pattern } }] });
    const form = (pattern: string) => JSON.stringify({ id: 'f', components: [{ type: 'group', ...field(pattern) }] });
    const refused = await it1.runtime.deploy([file('f.form', form('^(a)\\1$'))], by);
    expect(refused.problems).toMatchObject([{ rule: 'form-pattern', element: 'code', file: 'f.form' }]);
    expect((await it1.runtime.deploy([file('f.form', form('^(a+)+$'))], by)).problems).toEqual([]);
  });

  it('refuses a process that two files have, a missing reference, and a start timer that is an expression', async () => {
    const twice = await it1.runtime.deploy(
      [
        file('one.bpmn', simple('a', 'one')),
        file(
          'two.bpmn',
          definitions(
            process('b', start(), end(), flows('start -> end')),
            process('a', start('s2'), end('e2'), flows('s2 -> e2')),
          ),
        ),
      ],
      by,
    );
    expect(twice.problems.map(({ rule }) => rule)).toContain('duplicate-id');
    const calling = definitions(
      process(
        'c',
        start(),
        node(
          'callActivity',
          'call',
          '',
          '<bpmn:extensionElements><zeebe:calledElement processId="nowhere"/></bpmn:extensionElements>',
        ),
        end(),
        flows('start -> call -> end'),
      ),
    );
    const missing = await it1.runtime.deploy([file('c.bpmn', calling)], by);
    expect(missing.problems).toContainEqual(expect.objectContaining({ rule: 'missing-reference', file: 'c.bpmn' }));
    const timed = definitions(process('d', start('s', timer('Cycle', '=x')), end(), flows('s -> end')));
    const expression = await it1.runtime.deploy([file('d.bpmn', timed)], by);
    expect(expression.problems).toContainEqual(expect.objectContaining({ element: 's', severity: 'error' }));
    expect(await db.query('select 1 from releases')).toEqual([]);
  });

  it('leaves running instances on the release they began with', async () => {
    await it1.runtime.deploy([file('a.bpmn', simple('a', 'one'))], by);
    const { instance } = await it1.runtime.start({ process: 'a', variables: {}, actor: 'u' });
    await it1.runtime.deploy([file('a.bpmn', simple('a', 'two'))], by);
    const other = stage(db);
    const command = {
      type: 'CompleteTask',
      at: it1.clock.now(),
      actor: 'u',
      task: taskAt(instance, 'one'),
      variables: {},
    } as const;
    const done = await other.runtime.submit(instance.id, command);
    expect(done.instance.status).toBe('completed');
    const newer = await other.runtime.start({ process: 'a', variables: {}, actor: 'u' });
    taskAt(newer.instance, 'two');
  });

  it('at the same moment makes one release after the other', async () => {
    const stages = [stage(db), stage(db), stage(db)];
    const results = await Promise.all(
      stages.map(({ runtime }, n) => runtime.deploy([file(`p${n}.bpmn`, simple(`p${n}`, 't'))], by)),
    );
    expect(results.map(({ release }) => release === undefined)).toEqual([false, false, false]);
    expect((await readReleases(db, 10)).map(({ number }) => number)).toEqual([3, 2, 1]);
    const fresh = await stage(db).runtime.latestRelease();
    expect([...(fresh?.processes.keys() ?? [])].sort()).toEqual(['p0', 'p1', 'p2']);
  });
});
