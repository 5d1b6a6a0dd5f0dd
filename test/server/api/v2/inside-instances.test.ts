import { beforeAll, expect, it } from '@jest/globals';
import { createMonth, monthOf, moveToArchive } from '../../../../server/db/archive.ts';
import type { Database } from '../../../../server/db/database.ts';
import { bucketOfKey } from '../../../../server/db/key.ts';
import * as bpmn from '../../../support/bpmn.ts';
import { describeDatabase } from '../../../support/database.ts';
import { openDesk } from '../../../support/desk.ts';
import type { Desk } from '../../../support/desk.ts';
import { MONDAY } from '../../../support/play.ts';
import { processApi } from '../../../support/process-api.ts';
import type { Json, ProcessApi } from '../../../support/process-api.ts';

const { definitions, end, extensions, flows, mapping, node, process, service, start, user } = bpmn;

const call = node('callActivity', 'call', 'name="Ask"', extensions('<zeebe:calledElement processId="inner"/>'));
const outer = definitions(
  process('outer', start(), call, user('look'), end(), flows('start -> call -> look -> end')),
  process(
    'inner',
    start('begin'),
    service('send', 'send', mapping({ to: '=who' })),
    end('done'),
    flows('begin -> send -> done'),
  ),
);
const adHoc = definitions(
  process(
    'free',
    start(),
    node('adHocSubProcess', 'any', '', user('a'), user('b')),
    end(),
    flows('start -> any -> end'),
  ),
);

describeDatabase('the inside of instances in the process API', (open) => {
  let db: Database;
  let desk: Desk;
  let api: ProcessApi;

  beforeAll(async () => {
    db = await open({ pool: 2 });
    desk = await openDesk(db);
    api = await processApi(desk);
    for (const [id, content] of Object.entries({ outer, adHoc })) {
      await desk.services.runtime.deploy([{ name: `${id}.bpmn`, content }], { actor: 'user:owner' });
    }
  }, 180_000);

  const begin = async (process: string, variables: object = {}): Promise<string> =>
    (await api.post('/process-instances', { processDefinitionId: process, variables })).processInstanceKey as string;
  const elements = async (filter: object, more: object = {}): Promise<Json[]> =>
    (await api.post('/element-instances/search', { filter, ...more })).items as Json[];
  const variables = async (filter: object, more: object = {}): Promise<Json[]> =>
    (await api.post('/variables/search', { filter, ...more })).items as Json[];
  const asked = () => ({ at: desk.clock.now(), actor: 'user:anna' });
  const fail = async (instance: string): Promise<void> => {
    const job = (await desk.services.runtime.instance(instance))?.tokens.find((token) => token.job)?.id ?? -1;
    const failure = { retries: 0, retryAt: 0, message: 'no route to the host' };
    await desk.services.runtime.submit(instance, { type: 'FailJob', job, ...failure, ...asked() });
  };

  it('shows elements, those of a called process as a part of the caller', async () => {
    const key = await begin('outer', { who: 'anna' });
    const { processDefinitionKey } = await api.get(`/process-instances/${key}`);
    const found = await elements({ processInstanceKey: key });
    expect(found.map((it) => `${it.elementId} ${it.elementName} ${it.type} ${it.state}`)).toEqual([
      'outer outer PROCESS ACTIVE',
      'start start START_EVENT COMPLETED',
      'call Ask CALL_ACTIVITY ACTIVE',
      'begin begin START_EVENT COMPLETED',
      'send send SERVICE_TASK ACTIVE',
    ]);
    const [root, , caller, , send] = found;
    expect(root.elementInstanceKey).toBe(key);
    expect(send).toEqual({
      elementInstanceKey: expect.stringMatching(new RegExp(`^${key}\\d{6}$`)),
      processInstanceKey: key,
      processDefinitionKey,
      processDefinitionId: 'outer',
      elementId: 'send',
      elementName: 'send',
      type: 'SERVICE_TASK',
      state: 'ACTIVE',
      startDate: new Date(MONDAY).toISOString(),
      hasIncident: false,
      tenantId: '<default>',
    });
    expect(await api.get(`/element-instances/${send.elementInstanceKey}`)).toEqual(send);
    expect(await api.get(`/element-instances/${key}`)).toEqual(root);
    const inside = await elements({ elementInstanceScopeKey: caller.elementInstanceKey });
    expect(inside.map(({ elementId }) => elementId)).toEqual(['begin', 'send']);
    expect(await elements({ elementInstanceKey: key })).toEqual([root]);
    await api.get(`/element-instances/${key}999999`, 404);
    await api.get('/element-instances/nonsense', 404);
  });

  it('finds elements over all instances page by page, in the order of their keys', async () => {
    const keys: string[] = [];
    for (let n = 0; n < 4; n += 1) keys.push(await begin('free'));
    keys.sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
    const wanted = { processDefinitionId: 'free', type: { $neq: 'START_EVENT' } };
    const all = await elements(wanted);
    expect(all.map(({ processInstanceKey: key, elementId }) => `${keys.indexOf(key)} ${elementId}`)).toEqual(
      [0, 1, 2, 3].flatMap((n) => ['free', 'any', 'a', 'b'].map((id) => `${n} ${id}`)),
    );
    const seen: Json[] = [];
    for (let page: object = { limit: 3 }; ;) {
      const answer = await api.post('/element-instances/search', { filter: wanted, page });
      seen.push(...answer.items);
      if (!answer.page.hasMoreTotalItems && answer.items.length < 3) break;
      page = { limit: 3, after: answer.page.endCursor };
    }
    expect(seen).toEqual(all);
    const newest = await elements(wanted, {
      sort: [{ field: 'elementInstanceKey', order: 'DESC' }],
      page: { limit: 1 },
    });
    expect(newest).toEqual(all.slice(-1));
  });

  it('shows variables as JSON with stable keys, and sets them', async () => {
    const key = await begin('outer', { who: 'anna', list: [1, { a: null }] });
    const found = await variables({ processInstanceKey: key });
    expect(found.map(({ name, value }) => `${name} ${value}`)).toEqual([
      'list [1,{"a":null}]',
      'who "anna"',
      // The called process has its own.
      'list [1,{"a":null}]',
      'who "anna"',
      'to "anna"',
    ]);
    const [list, , , , to] = found;
    expect(list).toEqual({
      variableKey: `${key}000001`,
      name: 'list',
      value: '[1,{"a":null}]',
      isTruncated: false,
      scopeKey: key,
      processInstanceKey: key,
      tenantId: '<default>',
    });
    const send = (await elements({ processInstanceKey: key, elementId: 'send' }))[0];
    expect(to.scopeKey).toBe(send.elementInstanceKey);

    const long = 'x'.repeat(9000);
    await api.put(`/element-instances/${key}/variables`, { variables: { list: long } });
    await api.put(`/element-instances/${send.elementInstanceKey}/variables`, { variables: { mine: 1 }, local: true });
    const [cut] = await variables({ variableKey: list.variableKey });
    expect([cut.value.length, cut.isTruncated]).toEqual([8191, true]);
    const whole = await api.post('/variables/search?truncateValues=false', {
      filter: { name: 'list', scopeKey: key },
    });
    expect(whole.items[0].value).toBe(JSON.stringify(long));
    expect((await api.get(`/variables/${list.variableKey}`)).value).toBe(JSON.stringify(long));
    expect(await variables({ scopeKey: send.elementInstanceKey, name: 'mine' })).toMatchObject([{ value: '1' }]);
    expect(await variables({ name: 'mine', value: '1' })).toMatchObject([{ processInstanceKey: key }]);
    await api.get(`/variables/${key}000999`, 404);
    await api.put(`/element-instances/${key}999999/variables`, { variables: { a: 1 } }, 404);
  });

  it('shows incidents that are open and those that were resolved, and resolves them', async () => {
    const key = await begin('outer', { who: 'anna' });
    await fail(key);
    const { items } = await api.post('/incidents/search', {
      filter: { errorType: 'JOB_NO_RETRIES', elementId: 'send' },
    });
    const [open] = items;
    const send = (await elements({ processInstanceKey: key, elementId: 'send' }))[0];
    expect(open).toEqual({
      incidentKey: send.incidentKey,
      processDefinitionKey: send.processDefinitionKey,
      processDefinitionId: 'outer',
      processInstanceKey: key,
      elementId: 'send',
      elementInstanceKey: send.elementInstanceKey,
      jobKey: send.elementInstanceKey,
      errorType: 'JOB_NO_RETRIES',
      errorMessage: expect.stringContaining('no route to the host'),
      creationTime: new Date(MONDAY).toISOString(),
      state: 'ACTIVE',
      tenantId: '<default>',
    });
    expect(send.hasIncident).toBe(true);
    expect(await api.get(`/incidents/${open.incidentKey}`)).toEqual(open);
    expect((await api.get(`/process-instances/${key}`)).hasIncident).toBe(true);
    expect(await api.get(`/process-instances/${key}/statistics/element-instances`)).toMatchObject({
      items: expect.arrayContaining([{ elementId: 'send', active: 0, completed: 0, canceled: 0, incidents: 1 }]),
    });

    await api.post(`/incidents/${open.incidentKey}/resolution`, {}, 204);
    expect(await api.get(`/incidents/${open.incidentKey}`)).toEqual({ ...open, state: 'RESOLVED' });
    expect((await api.post('/incidents/search', { filter: { elementId: 'send' } })).items).toEqual([]);
    const mine = await api.post(`/process-instances/${key}/incidents/search`, { filter: { state: 'RESOLVED' } });
    expect(mine.items).toEqual([{ ...open, state: 'RESOLVED' }]);
    await api.post(`/incidents/${open.incidentKey}/resolution`, {}, 404);
    await api.post(`/incidents/${key}999999/resolution`, {}, 404);
    const over = await api.post('/incidents/search', { filter: { state: 'RESOLVED' } }, 400);
    expect(over.detail).toContain('processInstanceKey');
  });

  it('shows what is in the archive of histories as before', async () => {
    const key = await begin('free', { a: 1 });
    await api.post(`/process-instances/${key}/cancellation`, {}, 204);
    const look = async () => [
      await elements({ processInstanceKey: key }),
      await variables({ processInstanceKey: key }),
    ];
    const before = await look();
    expect(before.flat()).not.toEqual([]);
    const ended = { bucket: bucketOfKey(key), instance: key, process: 'free', endedAt: MONDAY, rows: 2 };
    const moved = await db.transaction(async (tx) => {
      await createMonth(tx, monthOf(MONDAY));
      return moveToArchive(tx, [ended]);
    });
    expect(moved).toBe(2);
    expect(await look()).toEqual(before);
  });

  it('begins elements of an ad-hoc sub-process', async () => {
    const key = await begin('free');
    const [any] = await elements({ processInstanceKey: key, type: 'AD_HOC_SUB_PROCESS' });
    const path = `/element-instances/ad-hoc-activities/${any.elementInstanceKey}/activation`;
    await api.post(path, { elements: [{ elementId: 'b' }] }, 204);
    const open = await elements({ processInstanceKey: key, state: 'ACTIVE', type: 'USER_TASK' });
    expect(open.map(({ elementId }) => elementId)).toEqual(['a', 'b', 'b']);
    await api.post(path, { elements: [{ elementId: 'b', variables: { a: 1 } }] }, 400);
  });
});
