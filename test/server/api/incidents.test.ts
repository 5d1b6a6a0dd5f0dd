import { beforeAll, expect, it } from '@jest/globals';
import { definitions, end, flows, node, process, service, start } from '../../support/bpmn.ts';
import { describeDatabase } from '../../support/database.ts';
import { openDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';

const stuck = definitions(
  process('stuck', start(), node('exclusiveGateway', 'which'), end(), flows('start -> which -[ready = true]-> end')),
);
const mail = definitions(process('mail', start(), service('send'), end(), flows('start -> send -> end')));

describeDatabase('resolving incidents together', (open) => {
  let desk: Desk;

  beforeAll(async () => {
    desk = await openDesk(await open({ pool: 1 }));
    for (const [id, content] of Object.entries({ stuck, mail })) {
      await desk.services.runtime.deploy([{ name: `${id}.bpmn`, content }], { actor: 'user:owner' });
    }
  }, 180_000);

  it('reports on each, and leaves alone what does not fit', async () => {
    const { runtime } = desk.services;
    const begin = async (id: string) =>
      (await runtime.start({ process: id, variables: {}, actor: 'user:owner' })).instance;
    const asked = { at: desk.clock.now(), actor: 'user:owner' };
    const [first, second] = [await begin('stuck'), await begin('stuck')];
    await runtime.submit(second.id, { type: 'SetVariables', variables: { ready: true }, ...asked });
    const third = await begin('mail');
    const job = third.tokens[0]?.id ?? -1;
    await runtime.submit(third.id, { type: 'FailJob', job, retries: 0, retryAt: 0, message: 'no route', ...asked });

    const client = await desk.client('processes:run');
    const body = { filter: { kind: 'no-flow', process: 'stuck' } };
    const resolve = () => client('post', '/api/incidents/resolution').set('idempotency-key', 'all').send(body);
    const answer = await resolve();
    expect(answer.body).toEqual({
      resolved: 1,
      raised: 1,
      refused: 0,
      incidents: [
        { incidentKey: expect.stringContaining(first.id), result: 'raised', detail: expect.stringContaining('which') },
        { incidentKey: expect.stringContaining(second.id), result: 'resolved', detail: '' },
      ],
    });
    expect((await resolve()).body).toEqual(answer.body);
    expect((await runtime.instance(first.id))?.version).toBe(2);
    expect((await runtime.instance(third.id))?.incidents).toHaveLength(1);
    const rest = await client('post', '/api/incidents/resolution').send({ limit: 1 });
    expect(rest.body.incidents).toHaveLength(1);
    expect((await client('post', '/api/incidents/resolution').send({ filter: { kind: 'x' } })).status).toBe(400);
  });
});
