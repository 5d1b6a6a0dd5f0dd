import { beforeEach, expect, it } from '@jest/globals';
import type { Database } from '../../../server/db/database.ts';
import { readOperations } from '../../../server/db/operations.ts';
import { definitions, end, flows, process, start, user } from '../../support/bpmn.ts';
import { describeDatabase } from '../../support/database.ts';
import { deployDiagram, expectTablesToFollow, stage, taskAt } from '../../support/runtime.ts';
import type { Stage } from '../../support/runtime.ts';

const named = (id: string, name: string): string => user(id).replace('<bpmn:userTask', `<bpmn:userTask name="${name}"`);
const old = definitions(process('p', start(), named('a', 'Ask'), user('b'), end(), flows('start -> a -> b -> end')));
const next = definitions(process('p', start(), named('x', 'Ask'), end(), flows('start -> x -> end')));

describeDatabase('migrating the instances of a version', (open) => {
  let db: Database;
  let here: Stage;
  let versions: string[];
  beforeEach(async () => {
    db = await open();
    here = stage(db);
  });

  const begin = async (): Promise<string> =>
    (await here.runtime.start({ process: 'p', variables: {}, actor: 'user:wang' })).instance.id;
  const complete = async (id: string, element: string): Promise<void> => {
    const task = taskAt(await here.runtime.instance(id), element);
    await here.runtime.submit(id, {
      type: 'CompleteTask',
      at: here.clock.now(),
      actor: 'user:li',
      task,
      variables: {},
    });
  };
  const keyOf = async (): Promise<string> => {
    const release = await here.runtime.latestRelease();
    return (await here.runtime.definitions.of(release?.id ?? '')).find('process', 'p').key;
  };

  /** Three instances that wait at "a", one at "b", one that has ended; then the next version. */
  async function prepare(): Promise<string[]> {
    await deployDiagram(here, old);
    const from = await keyOf();
    const ids = [await begin(), await begin(), await begin(), await begin(), await begin()];
    await complete(ids[3] ?? '', 'a');
    await complete(ids[4] ?? '', 'a');
    await complete(ids[4] ?? '', 'b');
    // Another release of the same version.
    await deployDiagram(here, definitions(process('q', user('only'))));
    ids.push(await begin());
    await deployDiagram(here, next);
    versions = [from, await keyOf()];
    return ids;
  }

  it('plans, tries without consequences, lets go over what can, and goes on where it was stopped', async () => {
    const ids = await prepare();
    const [from = '', to = ''] = versions;
    const { migration } = here.runtime;
    const release = (await here.runtime.latestRelease())?.id;
    const plan = await migration.plan({ from, to });
    expect(plan).toMatchObject({
      from: { version: 1 },
      to: { version: 2 },
      release,
      difference: { renamed: [{ from: 'a', to: 'x' }], gone: ['b'], added: [] },
    });
    const elements = Object.fromEntries(plan.difference.renamed.map((one) => [one.from, one.to]));
    const refused = [{ instance: ids[3], reasons: [{ element: 'b', reason: 'there is no "b" in process "p" there' }] }];
    const unchanged = await Promise.all(ids.map((id) => here.runtime.instance(id)));
    expect(await migration.dryRun({ from, to, elements })).toEqual({ migrated: 4, refusals: 1, refused });
    expect(await migration.dryRun({ from, to })).toMatchObject({ migrated: 0, refusals: 5 });
    expect(await Promise.all(ids.map((id) => here.runtime.instance(id)))).toEqual(unchanged);

    const by = { actor: 'user:ada', reason: 'one question only' };
    const outcome = await migration.run({ from, to, elements }, by);
    expect(outcome).toMatchObject({
      migrated: 4,
      refusals: 1,
      refused: [{ instance: ids[3], reasons: [{ reason: expect.stringContaining('there is no "b"') }] }],
    });
    expect((await here.runtime.history(ids[0] ?? '')).at(-1)).toMatchObject({
      actor: 'user:ada',
      command: { type: 'Migrate', release, reason: 'one question only' },
    });
    expect((await readOperations(db, 'migrations', 5)).map(({ action, details }) => [action, details])).toEqual([
      ['MigrationEnded', expect.objectContaining({ migrated: 4, refused: 1, reason: 'one question only' })],
      ['MigrationBegun', expect.objectContaining({ process: 'p', from: 1, to: 2, release, elements })],
    ]);
    await expectTablesToFollow(db, here);

    // What was refused is mended; asked again, only that is left.
    await here.runtime.submit(ids[3] ?? '', {
      type: 'Modify',
      at: here.clock.now(),
      actor: 'user:ada',
      move: [{ from: 'b', to: 'a' }],
    });
    expect(await migration.run({ from, to, elements }, by)).toEqual({ migrated: 1, refusals: 0, refused: [] });
    expect(await migration.run({ from, to, elements }, by)).toEqual({ migrated: 0, refusals: 0, refused: [] });
    await complete(ids[3] ?? '', 'x');
    await expectTablesToFollow(db, here);
  });

  it('passes over what goes over, or ends, at the same moment', async () => {
    const ids = await prepare();
    const [from = '', to = ''] = versions;
    const by = { actor: 'user:ada' };
    const cancel = here.runtime.submit(ids[0] ?? '', { type: 'Cancel', at: here.clock.now(), actor: 'user:li' });
    const runs = await Promise.all(
      [1, 2].map(() => here.runtime.migration.run({ from, to, elements: { a: 'x' } }, by)),
    );
    await cancel;
    expect(runs.reduce((sum, { migrated }) => sum + migrated, 0)).toBe(3);
    expect(runs.map(({ refusals }) => refusals)).toEqual([1, 1]);
    await expectTablesToFollow(db, here);
  });

  it('knows only process definitions', async () => {
    await deployDiagram(here, old);
    const from = await keyOf();
    await expect(here.runtime.migration.plan({ from, to: '1' })).rejects.toThrow(
      'Expected a process definition with key 1, but there is none.',
    );
    await expect(here.runtime.migration.dryRun({ from: 'p', to: from })).rejects.toThrow('with key p');
  });
});
