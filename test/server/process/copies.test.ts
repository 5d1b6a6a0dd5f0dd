import { beforeEach, expect, it } from '@jest/globals';
import type { Instance } from '../../../engine/index.ts';
import type { Database } from '../../../server/db/database.ts';
import { definitions, end, flows, process, start, user } from '../../support/bpmn.ts';
import { describeEachDatabase, itTogether } from '../../support/database.ts';
import { deployDiagram, expectTablesToFollow, stage, taskAt } from '../../support/runtime.ts';
import type { Stage } from '../../support/runtime.ts';

const xml = definitions(
  process('p', start(), user('a'), user('b'), user('c'), end(), flows('start -> a -> b -> c -> end')),
);
const begin = { process: 'p', variables: {}, actor: 'user:wang' };

describeEachDatabase('what a server has just written', (open) => {
  let db: Database;
  /** Two servers. */
  let one: Stage;
  let other: Stage;
  /** How often the first one has read states. */
  let read = 0;
  beforeEach(async () => {
    db ??= await open();
    const counting: Database = {
      ...db,
      query(text, parameters) {
        if (text.includes('i.snapshot')) read += 1;
        return db.query(text, parameters);
      },
    };
    one = stage(counting);
    other = stage(db, { clock: one.clock });
    await deployDiagram(one, xml);
    read = 0;
  });

  const complete = async ({ runtime, clock }: Stage, instance: Instance, element: string): Promise<Instance> => {
    const task = taskAt(instance, element);
    const command = { type: 'CompleteTask', at: clock.now(), actor: 'user:li', task, variables: {} } as const;
    return (await runtime.submit(instance.id, command)).instance;
  };

  it('need not be read for the next command', async () => {
    const { instance } = await one.runtime.start(begin);
    await complete(one, await complete(one, await complete(one, instance, 'a'), 'b'), 'c');
    expect(read).toBe(0);
    expect(await one.runtime.instance(instance.id)).toMatchObject({ status: 'completed', version: 4 });
    await expectTablesToFollow(db, one);
  });

  it('is not believed when another server has moved the instance on', async () => {
    const { instance } = await one.runtime.start(begin);
    await complete(other, instance, 'a');
    // What the first one remembers has a task that is done, and would take a note.
    const note = { audience: 'internal', text: 'still at it' } as const;
    const added = await one.runtime.submit(instance.id, {
      type: 'AddNote',
      at: one.clock.now(),
      actor: 'user:li',
      note,
    });
    expect(added.instance).toMatchObject({ version: 3, tokens: [{ element: 'b' }] });
    expect(read).toBe(1);
    await expectTablesToFollow(db, one);
  });

  it('refuses nothing by itself: what it says no to is read first', async () => {
    const { instance } = await one.runtime.start(begin);
    const moved = await complete(other, instance, 'a');
    expect(await complete(one, moved, 'b')).toMatchObject({ version: 3, tokens: [{ element: 'c' }] });
    expect(read).toBe(1);
    await expect(complete(one, moved, 'b')).rejects.toMatchObject({ code: 'conflict' });
    expect(read).toBe(2);
  });

  itTogether('is not used for a while once one was out of date', async () => {
    const { instance } = await one.runtime.start(begin);
    const many = await Promise.all(Array.from({ length: 10 }, () => one.runtime.start(begin)));
    await complete(other, instance, 'a');
    const note = { audience: 'internal', text: 'still at it' } as const;
    await one.runtime.submit(instance.id, { type: 'AddNote', at: one.clock.now(), actor: 'user:li', note });
    await Promise.all(many.map((it) => complete(one, it.instance, 'a')));
    expect(read).toBe(2);
    await expectTablesToFollow(db, one);
  });
});
