import { beforeAll, expect, it } from '@jest/globals';
import supertest from 'supertest';
import { definitions, end, flows, message, node, on, process, signal, start, user } from '../../support/bpmn.ts';
import { describeDatabase } from '../../support/database.ts';
import { openDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';

const waiting = definitions(
  message('m', 'paid', 'order'),
  process(
    'waits',
    start(),
    node('intermediateCatchEvent', 'wait', '', on('message', 'm')),
    user('ship'),
    end(),
    flows('start -> wait -> ship -> end'),
  ),
);
const alarm = definitions(
  signal('s', 'alarm'),
  process('rescue', start('s1', on('signal', 's')), user('help'), end(), flows('s1 -> help -> end')),
);
const hot = definitions(
  process(
    'cooling',
    start(
      's1',
      '<bpmn:conditionalEventDefinition id="c"><bpmn:condition xsi:type="bpmn:tFormalExpression">=degrees &gt; 30</bpmn:condition></bpmn:conditionalEventDefinition>',
    ),
    user('open'),
    end(),
    flows('s1 -> open -> end'),
  ),
);

describeDatabase('what happened outside, told through the API,', (open) => {
  let desk: Desk;
  let client: Awaited<ReturnType<Desk['client']>>;

  beforeAll(async () => {
    desk = await openDesk(await open({ pool: 1 }));
    client = await desk.client('processes:run');
    const files = { waiting, alarm, hot };
    const { release } = await desk.services.runtime.deploy(
      Object.entries(files).map(([name, content]) => ({ name: `${name}.bpmn`, content })),
      { actor: 'user:olga' },
    );
    expect(release).toBeDefined();
  }, 180_000);

  const begin = async (order: string) =>
    (await desk.services.runtime.start({ process: 'waits', variables: { order }, actor: 'system' })).instance.id;

  it('with an Idempotency-Key is answered again as the first time, and refused with another body', async () => {
    const id = await begin('o-9');
    const send = (body: object) => client('post', '/api/messages').set('idempotency-key', 'key-9').send(body);
    const paid = { name: 'paid', correlationKey: 'o-9', variables: { amount: 1, unit: 'EUR' } };
    const first = await send(paid);
    expect(first.body).toEqual({ result: 'correlated', instance: id });
    const again = await send({ ...paid, variables: { unit: 'EUR', amount: 1 } });
    expect([again.status, again.body]).toEqual([200, first.body]);
    const other = await send({ ...paid, variables: { amount: 2 } });
    expect([other.status, other.body]).toMatchObject([422, { code: 'key-reused' }]);
    expect(other.body.detail).toContain('Take a new key');
    const long = await client('post', '/api/messages').set('idempotency-key', 'k'.repeat(256)).send(paid);
    expect(long.status).toBe(400);

    const alarmed = () => client('post', '/api/signals').set('idempotency-key', 'alarm-9').send({ name: 'alarm' });
    expect((await alarmed()).body).toEqual((await alarmed()).body);
    const heated = () => {
      const values = { variables: { degrees: 35 } };
      return client('post', '/api/conditionals').set('idempotency-key', 'hot-9').send(values);
    };
    const cooling = (await heated()).body;
    expect(cooling.instances).toHaveLength(1);
    expect((await heated()).body).toEqual(cooling);
  });

  it('as a message reaches the one case that waits for it, once', async () => {
    const id = await begin('o-1');
    const paid = { name: 'paid', correlationKey: 'o-1', messageId: 'bank-7', variables: { amount: 12 } };
    const first = await client('post', '/api/messages').send(paid);
    expect([first.status, first.body]).toEqual([200, { result: 'correlated', instance: id }]);
    const instance = await desk.services.runtime.instance(id);
    expect(instance?.scopes[0]?.variables).toMatchObject({ amount: 12 });
    expect((await desk.services.runtime.history(id)).at(-1)?.actor).toMatch(/^client:/);
    expect((await client('post', '/api/messages').send(paid)).body).toEqual({ result: 'duplicate' });
  });

  it('as a message waits as long as its sender says, or not at all', async () => {
    const send = (correlationKey: string, timeToLive: number) =>
      client('post', '/api/messages').send({ name: 'paid', correlationKey, timeToLive });
    expect((await send('o-2', 0)).body).toEqual({ result: 'dropped' });
    expect((await send('o-2', 60_000)).body).toEqual({ result: 'buffered' });
    const id = await begin('o-2');
    await desk.services.runtime.settle();
    expect((await desk.services.runtime.instance(id))?.messages).toEqual([]);
    expect((await send('o-3', -1)).status).toBe(400);
    expect((await send('o-3', 1e12)).status).toBe(400);
  });

  it('as a signal starts what begins by it, once for each id', async () => {
    const send = () => client('post', '/api/signals').send({ name: 'alarm', id: 'a-1', variables: { where: 'hall' } });
    const { body } = await send();
    expect(body.instances).toHaveLength(1);
    expect((await desk.services.runtime.instance(body.instances[0]))?.scopes[0]?.variables).toEqual({ where: 'hall' });
    expect((await send()).body).toEqual({ instances: [] });
  });

  it('as values starts the processes whose condition holds', async () => {
    const send = (body: object) => client('post', '/api/conditionals').send(body);
    expect((await send({ variables: { degrees: 20 } })).body).toEqual({ instances: [] });
    const { body } = await send({ variables: { degrees: 35 } });
    expect(body.instances).toHaveLength(1);
    expect((await desk.services.runtime.instance(body.instances[0]))?.process).toBe('cooling');
    expect((await send({ variables: { degrees: 35 }, process: 'waits' })).body).toEqual({ instances: [] });
  });

  it('is refused without the scope, without a name, and with text that cannot be kept', async () => {
    for (const path of ['/api/messages', '/api/signals', '/api/conditionals']) {
      expect((await supertest(desk.app).post(path).send({ name: 'x' })).status).toBe(401);
      expect((await (await desk.client('intake:tickets'))('post', path).send({ name: 'x' })).status).toBe(403);
      const odd = await client('post', path).send({ name: 'x', variables: { a: 'b\0' } });
      expect([odd.status, odd.type]).toEqual([400, 'application/problem+json']);
    }
    expect((await client('post', '/api/messages').send({})).body.detail).toMatch(/name/);
    for (const path of ['/api/messages', '/api/signals', '/api/conditionals', '/api/cases/1/begin']) {
      const given = path.endsWith('begin') ? { token: 1, elements: ['a'] } : path.includes('cond') ? {} : { name: 'x' };
      const misspelt = await client('post', path).send({ ...given, corelationKey: 'x' });
      expect([path, misspelt.status, misspelt.body.detail]).toEqual([
        path,
        400,
        expect.stringMatching(/^Expected only .* in the body, but found "corelationKey"\. Remove it\.$/),
      ]);
    }
    expect((await client('post', '/api/signals').send({ name: 'x', variables: [1] })).status).toBe(400);
    expect((await client('post', '/api/messages').send({ name: 'x', correlationKey: 'a\0' })).status).toBe(400);
  });
});
