import { beforeAll, expect, it } from '@jest/globals';
import { definitions, end, flows, process, start, user } from '../../support/bpmn.ts';
import { describeDatabase } from '../../support/database.ts';
import { openDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';

const named = (id: string, name: string): string => user(id).replace('<bpmn:userTask', `<bpmn:userTask name="${name}"`);
const old = definitions(process('p', start(), named('a', 'Ask'), user('b'), end(), flows('start -> a -> b -> end')));
const next = definitions(process('p', start(), named('x', 'Ask'), end(), flows('start -> x -> end')));

describeDatabase('migrating all instances of a version', (open) => {
  let desk: Desk;
  let from: string;
  let to: string;

  beforeAll(async () => {
    desk = await openDesk(await open({ pool: 1 }));
  }, 180_000);

  const deploy = async (content: string): Promise<string> => {
    const { runtime } = desk.services;
    const { release } = await runtime.deploy([{ name: 'p.bpmn', content }], { actor: 'user:owner' });
    return (await runtime.definitions.of(release?.id ?? '')).find('process', 'p').key;
  };

  it('tells what differs, what would come of it, and does it', async () => {
    const { runtime } = desk.services;
    from = await deploy(old);
    const ids = [];
    for (let count = 0; count < 3; count += 1) {
      ids.push((await runtime.start({ process: 'p', variables: {}, actor: 'user:li' })).instance.id);
    }
    const last = await runtime.instance(ids[2] ?? '');
    const done = { type: 'CompleteTask', task: last?.tokens[0]?.id ?? -1, variables: {} } as const;
    await runtime.submit(ids[2] ?? '', { ...done, at: desk.clock.now(), actor: 'user:li' });
    to = await deploy(next);

    const client = await desk.client('processes:run', 'processes:read');
    const { body: plan } = await client('post', '/api/migrations/plan').send({ from, to }).expect(200);
    expect(plan).toMatchObject({
      from: { key: from, process: 'p', version: 1 },
      to: { key: to, process: 'p', version: 2 },
      renamed: { a: 'x' },
      gone: ['b'],
    });
    const wanted = { from, to, elements: plan.renamed as Record<string, string> };
    const reasons = [{ element: 'b', reason: expect.stringContaining('there is no "b"') }];
    const { body: tried } = await client('post', '/api/migrations').send({ ...wanted, dryRun: true });
    expect(tried).toEqual({ migrated: 2, refusals: 1, refused: [{ processInstanceKey: ids[2], reasons }] });
    expect((await runtime.instance(ids[0] ?? ''))?.tokens[0]?.element).toBe('a');

    const move = () =>
      client('post', '/api/migrations')
        .set('idempotency-key', 'go')
        .send({ ...wanted, reason: 'shorter' });
    const { body: moved } = await move();
    expect((await move()).body).toEqual(moved);
    expect(moved).toMatchObject({ migrated: 2, refusals: 1 });
    expect((await runtime.instance(ids[0] ?? ''))?.tokens[0]?.element).toBe('x');
    const { body: again } = await client('post', '/api/migrations').send(wanted);
    expect(again).toMatchObject({ migrated: 0, refusals: 1 });
  });

  it('is refused where there is no such version, and to those who may only look', async () => {
    const client = await desk.client('processes:read');
    expect((await client('post', '/api/migrations/plan').send({ from, to: '17' })).status).toBe(404);
    expect((await client('post', '/api/migrations/plan').send({ from })).status).toBe(400);
    expect((await client('post', '/api/migrations').send({ from, to })).status).toBe(403);
  });
});
