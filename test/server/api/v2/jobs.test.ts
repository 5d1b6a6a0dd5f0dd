import { beforeAll, expect, it } from '@jest/globals';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { formatPart } from '../../../../server/db/key.ts';
import {
  definitions,
  end,
  error,
  extensions,
  flows,
  mapping,
  node,
  on,
  process,
  service,
  start,
  user,
} from '../../../support/bpmn.ts';
import { createToken } from '../../../../server/people/api-token.ts';
import { describeDatabase } from '../../../support/database.ts';
import { openDesk } from '../../../support/desk.ts';
import type { Desk } from '../../../support/desk.ts';

const pauses =
  '<zeebe:taskHeaders><zeebe:header key="retryBackoff" value="PT30S"/><zeebe:header key="to" value="ops"/></zeebe:taskHeaders>';
const calls = definitions(
  error('e', 'REFUSED'),
  process(
    'calls',
    start(),
    service('call', '=kind', pauses + mapping({ number: '=caller.number' }, { answer: '=answer' })),
    node('boundaryEvent', 'no', 'attachedToRef="call"', on('error', 'e')),
    user('look'),
    end(),
    end('refused'),
    flows('start -> call -> look -> end', 'no -> refused'),
  ),
);
const listened = definitions(
  process(
    'listened',
    start(),
    user(
      'fix',
      extensions(
        '<zeebe:userTask/><zeebe:taskListeners><zeebe:taskListener eventType="assigning" type="hear"/></zeebe:taskListeners>',
      ),
    ),
    end(),
    flows('start -> fix -> end'),
  ),
);

describeDatabase('jobs of the process API', (open) => {
  let desk: Desk;
  let api: Awaited<ReturnType<Desk['client']>>;
  let kinds = 0;

  beforeAll(async () => {
    desk = await openDesk(await open({ pool: 1 }));
    api = await desk.client('processes:run', 'processes:read');
    const files = Object.entries({ calls, listened }).map(([name, content]) => ({ name: `${name}.bpmn`, content }));
    expect((await desk.services.runtime.deploy(files, { actor: 'user:olga' })).release).toBeDefined();
  }, 180_000);

  const begin = async (kind: string) => {
    const variables = { kind, caller: { number: 7 } };
    return (await desk.services.runtime.start({ process: 'calls', variables, actor: 'system' })).instance.id;
  };
  const activate = async (type: string, more: object = {}) => {
    const body = { type, worker: 'anna', timeout: 60_000, maxJobsToActivate: 5, requestTimeout: -1, ...more };
    const { status, body: answer } = await api('post', '/v2/jobs/activation').send(body);
    expect([status, answer.detail]).toEqual([200, undefined]);
    return answer.jobs;
  };
  const tell = (key: string, what: string, body: object = {}) => api('post', `/v2/jobs/${key}/${what}`).send(body);
  const fresh = () => `kind-${++kinds}`;
  const find = async (filter: object) => (await api('post', '/v2/jobs/search').send({ filter })).body.items;

  it('are given to a worker with what it needs to know, and completed by it', async () => {
    const kind = fresh();
    const id = await begin(kind);
    const definition = (
      await desk.services.runtime.definitions.of((await desk.services.runtime.instance(id))?.release ?? '')
    ).find('process', 'calls');
    const [job] = await activate(kind);
    expect(job).toEqual({
      jobKey: expect.stringMatching(new RegExp(`^${id}\\d{6}$`)),
      type: kind,
      worker: 'anna',
      retries: 2,
      deadline: desk.clock.now() + 60_000,
      kind: 'BPMN_ELEMENT',
      listenerEventType: 'UNSPECIFIED',
      elementId: 'call',
      elementInstanceKey: job.jobKey,
      processDefinitionId: 'calls',
      processDefinitionKey: definition.key,
      processDefinitionVersion: 1,
      processInstanceKey: id,
      customHeaders: { retryBackoff: 'PT30S', to: 'ops' },
      variables: { kind, caller: { number: 7 }, number: 7 },
      tenantId: '<default>',
    });
    expect(await activate(kind)).toEqual([]);
    expect((await tell(job.jobKey, 'completion', { variables: { answer: 'yes' } })).status).toBe(204);
    expect((await desk.services.runtime.instance(id))?.scopes[0]?.variables).toMatchObject({ answer: 'yes' });
    expect((await desk.services.runtime.history(id)).at(-1)?.actor).toMatch(/^client:/);
    const again = await tell(job.jobKey, 'completion');
    expect([again.status, again.body.title]).toEqual([404, 'NOT_FOUND']);
  });

  it('give only the variables that are asked for, and are available again when the time is over', async () => {
    const kind = fresh();
    await begin(kind);
    expect((await activate(kind, { fetchVariable: ['number', 'unknown'] }))[0].variables).toEqual({ number: 7 });
    desk.clock.advance(60_000);
    expect(await activate(kind)).toHaveLength(1);
  });

  it('that fail are tried again after the pause of the worker, else of the diagram; then they are an incident', async () => {
    const kind = fresh();
    const id = await begin(kind);
    const fail = async (body: object) => {
      const [job] = await activate(kind);
      expect((await tell(job.jobKey, 'failure', body)).status).toBe(204);
    };
    const waits = async (pause: number) => {
      desk.clock.advance(pause - 1);
      expect(await activate(kind)).toEqual([]);
      desk.clock.advance(1);
    };
    await fail({ retries: 3, errorMessage: 'busy', retryBackOff: 5000, variables: { page: 2 } });
    expect(await find({ type: kind })).toMatchObject([{ state: 'FAILED', hasFailedWithRetriesLeft: true, retries: 3 }]);
    await waits(5000);
    await fail({ retries: 2 });
    await waits(30_000);
    await fail({ retries: 1, retryBackOff: 0 });
    expect((await activate(kind))[0]).toMatchObject({ retries: 1, variables: { page: 2 } });
    desk.clock.advance(60_000);
    await fail({ errorMessage: 'no line' });
    const [incident] = (await desk.services.runtime.instance(id))?.incidents ?? [];
    expect(incident).toMatchObject({ kind: 'job', message: expect.stringContaining('no line') });
    expect(await find({ type: kind })).toMatchObject([
      { state: 'FAILED', hasFailedWithRetriesLeft: false, errorMessage: incident?.message },
    ]);
  });

  it('end by an error of the diagram', async () => {
    const kind = fresh();
    const id = await begin(kind);
    const [job] = await activate(kind);
    expect(
      (await tell(job.jobKey, 'error', { errorCode: 'REFUSED', errorMessage: 'no', variables: { why: 'x' } })).status,
    ).toBe(204);
    expect(await desk.services.runtime.instance(id)).toMatchObject({ status: 'completed' });
    expect(await find({ processInstanceKey: id })).toMatchObject([{ state: 'ERROR_THROWN', errorCode: 'REFUSED' }]);
  });

  it('get more attempts and more time', async () => {
    const kind = fresh();
    await begin(kind);
    const update = (changeset: object, key: string) => api('patch', `/v2/jobs/${key}`).send({ changeset });
    const [{ jobKey }] = await activate(kind);
    expect((await update({ retries: 9, timeout: 120_000 }, jobKey)).status).toBe(204);
    desk.clock.advance(119_999);
    expect(await activate(kind)).toEqual([]);
    desk.clock.advance(1);
    expect(await activate(kind)).toMatchObject([{ jobKey, retries: 9 }]);
    expect((await update({}, jobKey)).status).toBe(400);
    expect((await update({ retries: 0 }, jobKey)).status).toBe(400);
    await tell(jobKey, 'completion', { variables: { answer: 1 } });
    expect((await update({ timeout: 1000 }, jobKey)).status).toBe(404);
    expect((await update({ retries: 1 }, jobKey)).status).toBe(404);
  });

  it('get more time once for one Idempotency-Key', async () => {
    const kind = fresh();
    await begin(kind);
    const [{ jobKey }] = await activate(kind);
    const update = (changeset: object, key: string) =>
      api('patch', `/v2/jobs/${jobKey}`).set('idempotency-key', key).send({ changeset });
    const extend = (timeout: number) => update({ timeout }, `more ${kind}`);
    const renew = () => update({ retries: 9 }, `again ${kind}`);
    const both = () => update({ retries: 7, timeout: 60_000 }, `both ${kind}`);
    expect([(await renew()).status, (await both()).status]).toEqual([204, 204]);
    expect((await extend(60_000)).status).toBe(204);
    desk.clock.advance(30_000);
    expect((await extend(60_000)).status).toBe(204);
    expect((await extend(90_000)).status).toBe(422);
    desk.clock.advance(30_000);
    expect(await activate(kind)).toMatchObject([{ jobKey }]);
    await tell(jobKey, 'completion', { variables: { answer: 1 } });
    expect([(await extend(60_000)).status, (await renew()).status, (await both()).status]).toEqual([204, 204, 204]);
  });

  it('are found by what they are and how they stand, those of one instance also when they are over', async () => {
    const kind = fresh();
    const [first, second] = [await begin(kind), await begin(kind)];
    const [job] = await activate(kind, { maxJobsToActivate: 1 });
    expect(await find({ type: kind, worker: 'anna' })).toMatchObject([{ jobKey: job.jobKey, state: 'CREATED' }]);
    expect(await find({ type: { $in: [kind] }, worker: '', elementId: { $like: 'c?l*' } })).toMatchObject([
      { processInstanceKey: second },
    ]);
    expect(await find({ jobKey: job.jobKey, processDefinitionKey: job.processDefinitionKey })).toHaveLength(1);
    const page = await api('post', '/v2/jobs/search').send({
      filter: { type: kind },
      sort: [{ field: 'jobKey', order: 'DESC' }],
      page: { limit: 1 },
    });
    expect(page.body).toMatchObject({ items: [{ processInstanceKey: second }], page: { totalItems: 2 } });
    await tell(job.jobKey, 'completion', { variables: { answer: 1 } });
    expect(await find({ type: kind })).toHaveLength(1);
    expect(await find({ processInstanceKey: first })).toMatchObject([
      { state: 'COMPLETED', endTime: new Date(desk.clock.now()).toISOString(), kind: 'BPMN_ELEMENT' },
    ]);
    const unbounded = await api('post', '/v2/jobs/search').send({ filter: { state: 'COMPLETED' } });
    expect([unbounded.status, unbounded.body.detail]).toEqual([400, expect.stringContaining('processInstanceKey')]);
  });

  it('of listeners say whom they are for', async () => {
    const { instance } = await desk.services.runtime.start({ process: 'listened', variables: {}, actor: 'system' });
    const userTaskKey = formatPart(instance.id, instance.tokens[0]?.id ?? -1);
    expect((await api('post', `/v2/user-tasks/${userTaskKey}/assignment`).send({ assignee: 'bo' })).status).toBe(204);
    const [job] = await activate('hear');
    expect(job).toMatchObject({
      kind: 'TASK_LISTENER',
      listenerEventType: 'ASSIGNING',
      elementInstanceKey: userTaskKey,
      userTask: { userTaskKey, assignee: 'bo' },
    });
    expect(job.jobKey).not.toBe(userTaskKey);
    await tell(job.jobKey, 'completion', { result: { type: 'userTask', denied: false } });
    expect((await desk.services.runtime.instance(instance.id))?.tokens[0]?.task?.assignee).toBe('bo');
  });

  it('stay available when the worker hung up before it got them', async () => {
    const kind = fresh();
    const { secret } = await createToken(desk.services, { name: 'w', scopes: ['processes:run'], createdBy: 'admin' });
    const server = createServer(desk.app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const hangUp = new AbortController();
    const asking = fetch(`http://127.0.0.1:${port}/v2/jobs/activation`, {
      method: 'POST',
      signal: hangUp.signal,
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ type: kind, timeout: 3_600_000, maxJobsToActivate: 5 }),
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    hangUp.abort();
    await expect(asking).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await begin(kind);
    expect(await activate(kind)).toHaveLength(1);
    server.close();
    await once(server, 'close');
  });

  it('are refused with what was expected', async () => {
    const send = (body: object) => api('post', '/v2/jobs/activation').send(body);
    const asked = { type: 'x', timeout: 1000, maxJobsToActivate: 1, requestTimeout: -1 };
    expect((await send({ ...asked, type: 'notify' })).body.detail).toMatch(/the server does "notify" itself/);
    expect((await send({ ...asked, timeout: 0 })).body.detail).toMatch(/"timeout"/);
    expect((await send({ ...asked, surprise: 1 })).body.detail).toMatch(/found "surprise"/);
    expect((await tell('12', 'completion')).status).toBe(404);
    expect((await tell('2251799813685249000001', 'completion')).status).toBe(404);
    const reader = await desk.client('processes:read');
    expect((await reader('post', '/v2/jobs/activation').send(asked)).status).toBe(403);
  });
});
