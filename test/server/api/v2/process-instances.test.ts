import { beforeAll, expect, it } from '@jest/globals';
import type { Database } from '../../../../server/db/database.ts';
import { definitions, end, flows, process, service, start, user } from '../../../support/bpmn.ts';
import { describeDatabase } from '../../../support/database.ts';
import { openDesk } from '../../../support/desk.ts';
import type { Desk } from '../../../support/desk.ts';
import { MONDAY } from '../../../support/play.ts';
import { processApi } from '../../../support/process-api.ts';
import type { Json, ProcessApi } from '../../../support/process-api.ts';

const order = (...inner: string[]) =>
  definitions(process('order', start(), ...inner, user('pack'), end(), flows('start -> pack -> end')));
const quick = definitions(process('quick', start(), end(), flows('start -> end')));
const mail = definitions(process('mail', start(), service('send'), end(), flows('start -> send -> end')));

describeDatabase('process instances of the process API', (open) => {
  let db: Database;
  let desk: Desk;
  let api: ProcessApi;
  let versions: string[];

  const deploy = async (id: string, content: string): Promise<string> => {
    await desk.services.runtime.deploy([{ name: `${id}.bpmn`, content }], { actor: 'user:owner' });
    const release = await desk.services.runtime.latestRelease();
    return (await desk.services.runtime.definitions.of(release?.id ?? '')).find('process', id).key;
  };
  const complete = async (instance: string): Promise<void> => {
    const task = (await desk.services.runtime.instance(instance))?.tokens[0]?.id ?? -1;
    const asked = { at: desk.clock.now(), actor: 'user:anna' };
    await desk.services.runtime.submit(instance, { type: 'CompleteTask', task, variables: {}, ...asked });
  };
  const begin = async (body: object = {}): Promise<Json> =>
    api.post('/process-instances', { processDefinitionId: 'order', ...body });

  beforeAll(async () => {
    db = await open({ pool: 2 });
    desk = await openDesk(db);
    api = await processApi(desk);
    versions = [await deploy('order', order()), await deploy('order', order('<bpmn:task id="idle"/>'))];
    await deploy('quick', quick);
    await deploy('mail', mail);
  }, 180_000);

  it('start on the newest version, on one that is named, and by key', async () => {
    const newest = await begin({ variables: { title: '打印机' } });
    expect(newest).toMatchObject({
      processDefinitionId: 'order',
      processDefinitionVersion: 2,
      processDefinitionKey: versions[1],
      variables: { title: '打印机' },
      tenantId: '<default>',
      tags: [],
    });
    expect(await begin({ processDefinitionVersion: 1 })).toMatchObject({ processDefinitionKey: versions[0] });
    const byKey = await api.post('/process-instances', { processDefinitionKey: versions[0] });
    expect(byKey).toMatchObject({ processDefinitionVersion: 1 });
    const state = await desk.services.runtime.instance(byKey.processInstanceKey);
    expect((await desk.services.runtime.release(state?.release ?? ''))?.processes.get('order')?.byId.has('idle')).toBe(
      false,
    );
  });

  it('start at the elements that are named', async () => {
    const { processInstanceKey: key } = await begin({
      startInstructions: [{ elementId: 'idle' }, { elementId: 'pack' }],
    });
    const history = await desk.services.runtime.history(key);
    expect(history[0]?.command).toMatchObject({ type: 'Start', activate: ['idle', 'pack'] });
    expect((await desk.services.runtime.instance(key))?.tokens).toMatchObject([{ element: 'pack' }]);
  });

  it('do not start from what is not there, and refuse what is not done', async () => {
    const refused = async (body: object, status: number) =>
      (await api.post('/process-instances', body, status)).detail as string;
    expect(await refused({ processDefinitionId: 'nothing' }, 404)).toContain('"nothing"');
    expect(await refused({ processDefinitionId: 'order', processDefinitionVersion: 9 }, 404)).toContain('version 9');
    expect(await refused({ processDefinitionKey: '17' }, 404)).toContain('17');
    const instructions = { startInstructions: [{ elementId: 'wrap' }] };
    expect(await refused({ processDefinitionId: 'order', ...instructions }, 400)).toContain('found "wrap"');
    expect(await refused({ processDefinitionId: 'order', whatever: 1 }, 400)).toContain('whatever');
    expect(await refused({}, 400)).toContain('processDefinition');
  });

  it('answer when they have completed, with the variables that were asked for', async () => {
    const wait = { awaitCompletion: true, variables: { a: 1, b: [2] } };
    const body = { processDefinitionId: 'quick', ...wait };
    expect((await api.post('/process-instances', body)).variables).toEqual({ a: 1, b: [2] });
    const some = { ...body, fetchVariables: ['b', 'c'] };
    expect((await api.post('/process-instances', some)).variables).toEqual({ b: [2] });

    const { answer, key } = await beginWaiting({ variables: { a: 1 } });
    await complete(key);
    expect(await answer).toMatchObject({ processInstanceKey: key, variables: { a: 1 } });
    const late = { processDefinitionId: 'order', awaitCompletion: true, requestTimeout: 50 };
    expect((await api.post('/process-instances', late, 504)).title).toBe('DEADLINE_EXCEEDED');
  });

  it('answer also when another server completes them', async () => {
    const { answer, key } = await beginWaiting({});
    const other = await openDesk(db);
    const task = (await other.services.runtime.instance(key))?.tokens[0]?.id ?? -1;
    const asked = { at: desk.clock.now(), actor: 'user:anna' };
    await other.services.runtime.submit(key, { type: 'CompleteTask', task, variables: {}, ...asked });
    expect((await answer).processInstanceKey).toBe(key);
  });

  /** Sends a request that starts an instance and waits; gives its answer to come, and the key of the instance. */
  async function beginWaiting(body: object): Promise<{ answer: Promise<Json>; key: string }> {
    const newest = { filter: { processDefinitionId: 'order' }, sort: [{ field: 'processInstanceKey', order: 'DESC' }] };
    const keys = async () => (await api.post('/process-instances/search', newest)).items.map(keyOf) as string[];
    const known = new Set(await keys());
    const answer = begin({ awaitCompletion: true, requestTimeout: 60_000, ...body });
    for (;;) {
      const key = (await keys()).find((one) => !known.has(one));
      if (key !== undefined) return { answer, key };
    }
  }
  const keyOf = ({ processInstanceKey }: Json) => processInstanceKey as string;

  it('are read, found by what they are, and end when they are cancelled', async () => {
    const { processInstanceKey: key } = await begin({ variables: { customer: { name: 'Li', since: 2020 } } });
    const there = {
      processInstanceKey: key,
      processDefinitionId: 'order',
      processDefinitionName: 'order',
      processDefinitionVersion: 2,
      processDefinitionKey: versions[1],
      startDate: new Date(MONDAY).toISOString(),
      state: 'ACTIVE',
      hasIncident: false,
      tenantId: '<default>',
      tags: [],
    };
    expect(await api.get(`/process-instances/${key}`)).toEqual(there);
    const search = async (filter: object) =>
      (await api.post('/process-instances/search', { filter: { processInstanceKey: key, ...filter } })).items.map(
        keyOf,
      );
    const fits = [
      { processDefinitionId: { $in: ['order', 'mail'] }, processDefinitionVersion: 2, state: { $neq: 'COMPLETED' } },
      { elementId: 'pack', elementInstanceState: 'ACTIVE' },
      { variables: [{ name: 'customer', value: '{"since": 2020.0, "name": "Li"}' }] },
      { variables: [{ name: 'customer', value: { $like: '*"Li"*' } }] },
      { endDate: { $exists: false }, startDate: { $lte: new Date(MONDAY).toISOString() } },
      { $or: [{ hasIncident: true }, { processDefinitionKey: versions[1] }] },
    ];
    for (const filter of fits) expect([filter, await search(filter)]).toEqual([filter, [key]]);
    const fails = [
      { processDefinitionVersion: 1 },
      { elementId: 'start', elementInstanceState: 'ACTIVE' },
      { variables: [{ name: 'customer', value: '{"name": "Wang"}' }] },
      { variables: [{ name: 'nobody', value: { $neq: '1' } }] },
      { hasIncident: true },
      { parentProcessInstanceKey: { $exists: true } },
    ];
    for (const filter of fails) expect([filter, await search(filter)]).toEqual([filter, []]);

    await api.post(`/process-instances/${key}/cancellation`, {}, 204);
    expect(await api.get(`/process-instances/${key}`)).toEqual({
      ...there,
      state: 'TERMINATED',
      endDate: new Date(MONDAY).toISOString(),
    });
    expect((await api.post(`/process-instances/${key}/cancellation`, {}, 404)).title).toBe('NOT_FOUND');
    await api.post('/process-instances/17/cancellation', {}, 404);
    await api.get('/process-instances/17', 404);
    await api.get('/process-instances/x', 404);
  });

  it('start and end once, however often the same request comes', async () => {
    const ask = (body: object) => api.post('/process-instances', { processDefinitionId: 'order', ...body }, 200, 'k1');
    const first = await ask({ variables: { a: 1 } });
    await complete(first.processInstanceKey);
    expect(await ask({ variables: { a: 1 } })).toEqual(first);
    await api.post('/process-instances', { processDefinitionId: 'order' }, 422, 'k1');
    const { processInstanceKey: key } = await begin();
    const cancel = () => api.post(`/process-instances/${key}/cancellation`, {}, 204, 'k2');
    await cancel();
    await cancel();
  });

  it('say which filter they do not know, and why a value does not fit', async () => {
    const refused = async (filter: object) =>
      (await api.post('/process-instances/search', { filter }, 400)).detail as string;
    expect(await refused({ colour: 'red' })).toContain('"colour"');
    expect(await refused({ elementId: 'pack' })).toContain('elementInstanceState');
    expect(await refused({ variables: [{ name: 'a', value: 'open' }] })).toContain('JSON');
    expect(await refused({ $or: [{ errorMessage: 'x' }] })).toContain('$or');
  });

  it('come page by page', async () => {
    for (let n = 0; n < 5; n += 1) await begin();
    const keys: string[] = [];
    const ask = { filter: { processDefinitionId: 'order' }, sort: [{ field: 'startDate' }] };
    for (let after: string | undefined; ;) {
      const page = { limit: 2, ...(after === undefined ? {} : { after }) };
      const answer = await api.post('/process-instances/search', { ...ask, page });
      keys.push(...answer.items.map(keyOf));
      after = answer.page.endCursor;
      if (answer.items.length < 2) break;
    }
    const all = (await api.post('/process-instances/search', ask)).items.map(keyOf);
    expect(keys).toEqual(all);
    expect(new Set(keys).size).toBe(all.length);
  });

  it('count their elements, list their flows, and have no callers', async () => {
    const { processInstanceKey: key } = await begin();
    expect(await api.get(`/process-instances/${key}/statistics/element-instances`)).toEqual({
      items: [
        { elementId: 'start', active: 0, completed: 1, canceled: 0, incidents: 0 },
        { elementId: 'pack', active: 1, completed: 0, canceled: 0, incidents: 0 },
      ],
    });
    expect((await api.get(`/process-instances/${key}/sequence-flows`)).items).toMatchObject([
      { elementId: 'start_pack', processInstanceKey: key },
    ]);
    expect(await api.get(`/process-instances/${key}/call-hierarchy`)).toEqual([]);
    await api.get('/process-instances/17/call-hierarchy', 404);
  });

  it('are modified: elements begin, others end', async () => {
    const { processInstanceKey: key } = await begin();
    const elements = async () =>
      (await api.post('/element-instances/search', { filter: { processInstanceKey: key, state: 'ACTIVE' } })).items;
    const [, pack] = await elements();
    await api.post(
      `/process-instances/${key}/modification`,
      {
        activateInstructions: [{ elementId: 'idle', variableInstructions: [{ variables: { by: 'hand' } }] }],
        terminateInstructions: [{ elementInstanceKey: pack.elementInstanceKey }],
      },
      204,
    );
    expect(await api.get(`/process-instances/${key}`)).toMatchObject({ state: 'COMPLETED' });
    const all = (await api.post('/element-instances/search', { filter: { processInstanceKey: key } })).items;
    expect(all.map((it: Json) => `${it.elementId} ${it.state}`)).toEqual([
      'order COMPLETED',
      'start COMPLETED',
      'pack TERMINATED',
      'idle COMPLETED',
    ]);
    const again = { terminateInstructions: [{ elementInstanceKey: key }] };
    expect((await api.post(`/process-instances/${key}/modification`, again, 400)).detail).toContain('Cancel');
  });

  it('are migrated to another version, keeping what has ended as it was', async () => {
    const { processInstanceKey: key } = await begin({ processDefinitionVersion: 1 });
    const stop = definitions(process('order', start(), user('wrap'), end(), flows('start -> wrap -> end')));
    const target = await deploy('order', stop);
    const plan = (elements: Record<string, string>) => ({
      targetProcessDefinitionKey: target,
      mappingInstructions: Object.entries(elements).map(([from, to]) => ({
        sourceElementId: from,
        targetElementId: to,
      })),
    });
    const path = `/process-instances/${key}/migration`;
    expect((await api.post(path, plan({}), 409)).detail).toContain('pack');
    await api.post(path, plan({ pack: 'wrap' }), 204);
    expect(await api.get(`/process-instances/${key}`)).toMatchObject({
      processDefinitionKey: target,
      processDefinitionVersion: 3,
    });
    const { items } = await api.post('/element-instances/search', { filter: { processInstanceKey: key } });
    expect(items.map((it: Json) => `${it.elementId} ${it.state} ${it.type}`)).toEqual([
      'order ACTIVE PROCESS',
      'start COMPLETED START_EVENT',
      'wrap ACTIVE USER_TASK',
    ]);
    await api.post(path, { ...plan({}), targetProcessDefinitionKey: '17' }, 404);
    await api.post('/process-instances/17/migration', plan({}), 404);
  });

  it('are refused with variables that are nested without end', async () => {
    let deep: unknown = 1;
    for (let level = 0; level < 3000; level += 1) deep = [deep];
    const { detail } = await api.post('/process-instances', { processDefinitionId: 'order', variables: { deep } }, 400);
    expect(detail).toContain('nested');
  });
});
