import { beforeAll, expect, it } from '@jest/globals';
import { definitions, end, extensions, flows, mapping, process, start, user } from '../../../support/bpmn.ts';
import { describeDatabase } from '../../../support/database.ts';
import { openDesk } from '../../../support/desk.ts';
import type { Desk } from '../../../support/desk.ts';

const handled = (id: string, groups: string) =>
  user(
    id,
    extensions(
      `<zeebe:userTask/><zeebe:assignmentDefinition candidateGroups="${groups}" candidateUsers="bo"/>`,
      '<zeebe:taskSchedule dueDate="=due"/><zeebe:formDefinition formId="note"/>',
      mapping({ hint: '="mind " + host' }, { answer: '=answer' }),
    ),
  ).replace('<bpmn:userTask', '<bpmn:userTask name="Look into it"');
const two = definitions(
  process(
    'two',
    start(),
    handled('first', 'dba, net'),
    user('second'),
    end(),
    flows('start -> first -> second -> end'),
  ).replace('<bpmn:process', '<bpmn:process name="Two steps"'),
);
const note = JSON.stringify({
  id: 'note',
  type: 'default',
  components: [{ type: 'textfield', key: 'answer', label: 'Answer' }],
});

describeDatabase('user tasks of the process API', (open) => {
  let desk: Desk;
  let api: Awaited<ReturnType<Desk['client']>>;

  beforeAll(async () => {
    desk = await openDesk(await open({ pool: 1 }));
    api = await desk.client('processes:run', 'processes:read');
    const files = [
      { name: 'two.bpmn', content: two },
      { name: 'note.form', content: note },
    ];
    expect((await desk.services.runtime.deploy(files, { actor: 'user:olga' })).problems).toEqual([]);
  }, 180_000);

  const begin = async () => {
    desk.clock.advance(1);
    const variables = { host: 'db1', due: '2026-03-03T10:00:00Z' };
    return (await desk.services.runtime.start({ process: 'two', variables, actor: 'system' })).instance.id;
  };
  it('that are completed again with the same Idempotency-Key are completed once, and answered as the first time', async () => {
    const { id, key } = await begun();
    const complete = (variables: object) =>
      api('post', `/v2/user-tasks/${key}/completion`).set('idempotency-key', `done-${key}`).send({ variables });
    expect((await complete({ answer: 'yes' })).status).toBe(204);
    expect((await complete({ answer: 'yes' })).status).toBe(204);
    expect((await complete({ answer: 'no' })).body).toMatchObject({ status: 422, code: 'key-reused' });
    expect((await desk.services.runtime.history(id)).map(({ command }) => command.type)).toEqual([
      'Start',
      'CompleteTask',
    ]);
    const without = await api('post', `/v2/user-tasks/${key}/completion`).send({ variables: { answer: 'yes' } });
    expect(without.status).toBe(409);
  });

  const search = (body: object) => api('post', '/v2/user-tasks/search').send(body);
  const find = async (filter: object) => (await search({ filter })).body.items;
  const begun = async () => {
    const id = await begin();
    const [task] = await find({ processInstanceKey: id });
    return { id, key: String(task.userTaskKey) };
  };
  const get = async (key: string) => (await api('get', `/v2/user-tasks/${key}`)).body;
  const keysOf = (items: { userTaskKey: string }[]) => items.map(({ userTaskKey }) => userTaskKey);

  it('say what they are, to whom they are offered and until when', async () => {
    const { id, key } = await begun();
    const task = await get(key);
    expect(task).toEqual({
      userTaskKey: key,
      elementInstanceKey: key,
      elementId: 'first',
      name: 'Look into it',
      state: 'CREATED',
      candidateGroups: ['dba', 'net'],
      candidateUsers: ['bo'],
      priority: 50,
      creationDate: new Date(desk.clock.now()).toISOString(),
      dueDate: '2026-03-03T10:00:00.000Z',
      formKey: expect.stringMatching(/^\d+$/),
      processInstanceKey: id,
      processDefinitionId: 'two',
      processDefinitionKey: expect.stringMatching(/^\d+$/),
      processDefinitionVersion: 1,
      processName: 'Two steps',
      customHeaders: {},
      tenantId: '<default>',
    });
    expect((await find({ userTaskKey: key }))[0]).toEqual(task);
  });

  it('are found by candidates, assignee, dates, definition and instance', async () => {
    const { id, key } = await begun();
    const { processDefinitionKey } = await get(key);
    const filters = [
      { candidateGroup: 'net' },
      { candidateGroup: { $in: ['x', 'dba'] } },
      { candidateUser: 'bo' },
      { assignee: { $exists: false } },
      { dueDate: { $lt: '2026-03-04T00:00:00Z' } },
      { processDefinitionKey, elementId: 'first' },
      { state: 'CREATED', processInstanceKey: { $in: [id] } },
    ];
    for (const filter of filters) expect(keysOf(await find(filter))).toContain(key);
    for (const filter of [
      { candidateGroup: 'nobody' },
      { candidateUser: 'net' },
      { assignee: 'anna' },
      { priority: { $gt: 50 } },
    ]) {
      expect(await find(filter)).toEqual([]);
    }
    const { body } = await search({
      filter: { candidateGroup: 'net' },
      sort: [{ field: 'creationDate', order: 'DESC' }],
      page: { limit: 1 },
    });
    expect([keysOf(body.items), body.page.totalItems > 1]).toEqual([[key], true]);
  });

  it('come page by page, without an order, of a definition and newest first, each task once', async () => {
    const { key } = await begun();
    for (let other = 0; other < 4; other += 1) await begin();
    const { processDefinitionKey } = await get(key);
    const newest = [{ field: 'creationDate', order: 'DESC' }];
    for (const asked of [{}, { sort: newest }, { filter: { processDefinitionKey } }]) {
      const { body } = await search(asked);
      const paged: string[] = [];
      for (let page: { endCursor?: string } = {}; paged.length < body.items.length;) {
        const after = page.endCursor === undefined ? {} : { after: page.endCursor };
        const next = (await search({ ...asked, page: { limit: 2, ...after } })).body;
        expect(next.items.length).toBeGreaterThan(0);
        paged.push(...keysOf(next.items));
        page = next.page;
      }
      expect(paged).toEqual(keysOf(body.items));
      expect(paged).toContain(key);
      expect(new Set(paged).size).toBe(paged.length);
    }
  });

  it('are assigned, given back and not taken from somebody who has them', async () => {
    const { key } = await begun();
    const assign = (assignee: string, allowOverride?: boolean) =>
      api('post', `/v2/user-tasks/${key}/assignment`).send({
        assignee,
        ...(allowOverride === undefined ? {} : { allowOverride }),
      });
    expect((await assign('anna', false)).status).toBe(204);
    expect((await assign('bo', false)).status).toBe(409);
    expect((await get(key)).assignee).toBe('anna');
    expect((await assign('bo')).status).toBe(204);
    expect(keysOf(await find({ assignee: 'bo' }))).toContain(key);
    expect((await assign('somebody@elsewhere')).status).toBe(204);
    expect((await get(key)).assignee).toBe('somebody@elsewhere');
    expect((await api('delete', `/v2/user-tasks/${key}/assignee`)).status).toBe(204);
    expect(await get(key)).not.toHaveProperty('assignee');
  });

  it('are changed: candidates, dates and priority, and what is left out stays', async () => {
    const { key } = await begun();
    const update = (changeset: object) => api('patch', `/v2/user-tasks/${key}`).send({ changeset });
    expect(
      (await update({ candidateGroups: ['ops'], priority: 80, dueDate: '', followUpDate: '2026-04-01T00:00:00+02:00' }))
        .status,
    ).toBe(204);
    const task = await get(key);
    expect(task).toMatchObject({
      candidateGroups: ['ops'],
      candidateUsers: ['bo'],
      priority: 80,
      followUpDate: '2026-03-31T22:00:00.000Z',
    });
    expect(task).not.toHaveProperty('dueDate');
    expect(keysOf(await find({ candidateGroup: 'ops', priority: 80 }))).toEqual([key]);
    expect((await update({ priority: 101 })).status).toBe(400);
    expect((await update({ assignee: 'anna' })).status).toBe(400);
  });

  it('are completed once, and found afterwards by their instance', async () => {
    const { id, key } = await begun();
    const complete = () =>
      api('post', `/v2/user-tasks/${key}/completion`).send({ variables: { answer: 'fixed' }, action: 'done' });
    desk.clock.advance(1000);
    expect((await complete()).status).toBe(204);
    const again = await complete();
    expect([again.status, again.body.detail]).toEqual([409, expect.stringMatching(/to be open, but it is completed/)]);
    expect(await get(key)).toMatchObject({
      state: 'COMPLETED',
      completionDate: new Date(desk.clock.now()).toISOString(),
    });
    const all = await find({ processInstanceKey: id });
    expect(all.map(({ elementId, state }: Record<string, string>) => [elementId, state])).toEqual([
      ['first', 'COMPLETED'],
      ['second', 'CREATED'],
    ]);
    expect(await find({ processInstanceKey: id, state: 'COMPLETED', candidateGroup: 'dba' })).toHaveLength(1);
    await desk.services.runtime.submit(id, { type: 'Cancel', at: desk.clock.now(), actor: 'system', reason: 'x' });
    expect(await find({ processInstanceKey: id, state: { $in: ['CANCELED'] } })).toMatchObject([
      { elementId: 'second' },
    ]);
    const unbounded = await search({ filter: { state: 'COMPLETED' } });
    expect([unbounded.status, unbounded.body.detail]).toEqual([400, expect.stringContaining('processInstanceKey')]);
  });

  it('show the variables that they see, their own over those around', async () => {
    const { id, key } = await begun();
    const seen = async (body: object = {}) =>
      (await api('post', `/v2/user-tasks/${key}/variables/search`).send(body)).body.items;
    const all = await seen({ sort: [{ field: 'name' }] });
    expect(all.map(({ name, value, scopeKey }: Record<string, string>) => [name, value, scopeKey])).toEqual([
      ['due', '"2026-03-03T10:00:00Z"', id],
      ['hint', '"mind db1"', key],
      ['host', '"db1"', id],
    ]);
    expect(await seen({ filter: { name: { $like: 'h*' } } })).toHaveLength(2);
    expect((await api('post', `/v2/user-tasks/${id}000999/variables/search`).send({})).status).toBe(404);
  });

  it('show their form, or that they have none', async () => {
    const { id, key } = await begun();
    const form = await api('get', `/v2/user-tasks/${key}/form`);
    expect(form.body).toMatchObject({ formId: 'note', version: 1, schema: { components: [{ key: 'answer' }] } });
    expect(form.body.formKey).toBe((await get(key)).formKey);
    await api('post', `/v2/user-tasks/${key}/completion`).send({ variables: { answer: 1 } });
    const [second] = await find({ processInstanceKey: id, elementId: 'second' });
    expect((await api('get', `/v2/user-tasks/${second.userTaskKey}/form`)).status).toBe(204);
  });

  it('are refused to whom may not, and told from what is none', async () => {
    expect((await api('get', '/v2/user-tasks/2251799813685249000001')).status).toBe(404);
    expect((await api('get', '/v2/user-tasks/abc')).status).toBe(404);
    expect((await api('post', '/v2/user-tasks/2251799813685249000001/completion').send({})).status).toBe(404);
    const reader = await desk.client('processes:read');
    expect((await reader('post', `/v2/user-tasks/${(await begun()).key}/completion`).send({})).status).toBe(403);
    expect((await search({ filter: { nobody: 1 } })).body.detail).toMatch(/found "nobody"/);
    // Of the length of keys of what lives inside an instance.
    expect((await search({ filter: { processInstanceKey: '9'.repeat(25) } })).body.items).toEqual([]);
  });
});
