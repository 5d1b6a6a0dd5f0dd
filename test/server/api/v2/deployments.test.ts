import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import supertest from 'supertest';
import type { Database } from '../../../../server/db/database.ts';
import { createToken } from '../../../../server/people/api-token.ts';
import { definitions, end, extensions, flows, node, process, start, user } from '../../../support/bpmn.ts';
import { openMemory } from '../../../support/database.ts';
import { openDesk } from '../../../support/desk.ts';
import type { Desk } from '../../../support/desk.ts';
import { decisionXml, literalXml } from '../../../support/dmn.ts';
import { taskAt } from '../../../support/runtime.ts';

let db: Database;
let desk: Desk;
let token: string;

beforeAll(async () => {
  db = await openMemory();
  desk = await openDesk(db);
  const scopes = ['models:deploy', 'models:read', 'processes:read'] as const;
  token = (await createToken(desk.services, { name: 'deployer', scopes: [...scopes], createdBy: 'admin' })).secret;
}, 180_000);

afterAll(() => db.close());

const call = (method: 'get' | 'post', path: string) =>
  supertest(desk.app)[method](path).set('authorization', `Bearer ${token}`);

function deploy(files: Record<string, string>, fields: Record<string, string> = {}) {
  const request = call('post', '/v2/deployments');
  for (const [name, content] of Object.entries(files)) void request.attach('resources', Buffer.from(content), name);
  for (const [name, value] of Object.entries(fields)) void request.field(name, value);
  return request;
}

const search = async (path: string, body: object) => (await call('post', path).send(body)).body;
const order = (task = 'pack', ...rest: string[]) =>
  definitions(process('order', start(), user(task, ...rest), end(), flows(`start -> ${task} -> end`)));
const withForm = (form: string) => extensions('<zeebe:userTask/>', `<zeebe:formDefinition formId="${form}"/>`);
const prices = `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="prices" name="Prices" namespace="n">
  ${decisionXml('price', literalXml('1'), { name: 'The price' })}</definitions>`;
const address = '{"id": "address", "components": []}';

describe('a deployment', () => {
  it('answers with what the files define, under keys by which it is found again', async () => {
    const { status, body } = await deploy({ '订单.bpmn': order(), 'prices.dmn': prices, 'address.form': address });
    expect(status).toBe(200);
    const { processDefinition } = body.deployments[0];
    expect(body).toEqual({
      deploymentKey: (await desk.services.runtime.latestRelease())?.id,
      tenantId: '<default>',
      deployments: [
        {
          processDefinition: {
            processDefinitionId: 'order',
            processDefinitionVersion: 1,
            processDefinitionKey: expect.stringMatching(/^\d{15,19}$/),
            resourceName: '订单.bpmn',
            tenantId: '<default>',
          },
        },
        {
          decisionDefinition: expect.objectContaining({ decisionDefinitionId: 'price', name: 'The price', version: 1 }),
        },
        { decisionRequirements: expect.objectContaining({ decisionRequirementsId: 'prices', version: 1 }) },
        { form: expect.objectContaining({ formId: 'address', version: 1, resourceName: 'address.form' }) },
      ],
    });
    const key = processDefinition.processDefinitionKey;
    expect((await call('get', `/v2/process-definitions/${key}`)).body).toEqual({
      processDefinitionKey: key,
      processDefinitionId: 'order',
      name: null,
      version: 1,
      versionTag: null,
      resourceName: '订单.bpmn',
      tenantId: '<default>',
      hasStartForm: false,
    });
    const xml = await call('get', `/v2/process-definitions/${key}/xml`);
    expect([xml.type, xml.text]).toEqual(['text/xml', order()]);
    expect((await call('get', `/v2/process-definitions/${key}/form`)).status).toBe(204);
    const { formKey } = body.deployments[3].form;
    expect((await call('get', `/v2/resources/${formKey}`)).body).toMatchObject({ resourceId: 'address', version: 1 });
    expect((await call('get', `/v2/resources/${formKey}/content`)).body).toEqual({ id: 'address', components: [] });
  });

  it('of the same bytes gives the same key, of others the next version', async () => {
    const deployed = async (task: string) =>
      (await deploy({ 'order.bpmn': order(task) })).body.deployments[0].processDefinition;
    const [one, two, again] = [await deployed('one'), await deployed('two'), await deployed('one')];
    expect(two.processDefinitionVersion).toBe(one.processDefinitionVersion + 1);
    expect(again).toEqual(one);
    const latest = { filter: { processDefinitionId: 'order', isLatestVersion: true } };
    const { items } = await search('/v2/process-definitions/search', latest);
    expect(items.map((it: { version: number }) => it.version)).toEqual([one.processDefinitionVersion]);
  });

  it('tells what is doubtful in files that run all the same', async () => {
    const dangling = order().replace('id="pack" >', 'id="pack"><bpmn:outgoing>nowhere</bpmn:outgoing>');
    const { status, body } = await deploy({ 'order.bpmn': dangling });
    expect([status, body.deployments[0].processDefinition.processDefinitionId]).toEqual([200, 'order']);
    expect(body.warnings).toEqual([
      {
        resourceName: 'order.bpmn',
        elementId: 'pack',
        rule: 'flow-lists',
        message: expect.stringMatching(/^Expected incoming and outgoing .* names "nowhere"/),
      },
    ]);
  });

  it('stores nothing when a file cannot be run, and names file, element and remedy', async () => {
    const broken = definitions(process('broken', start(), node('choreographyTask', 'dance'), flows('start -> dance')));
    const { status, body } = await deploy({ 'good.bpmn': order('other'), 'broken.bpmn': broken });
    expect([status, body.title]).toEqual([400, 'INVALID_ARGUMENT']);
    expect(body.detail).toContain('broken.bpmn, element "dance": Expected ');
    const { page } = await search('/v2/process-definitions/search', { filter: { processDefinitionId: 'broken' } });
    expect(page.totalItems).toBe(0);
  });

  it('that is repeated with its Idempotency-Key gives the first answer and changes nothing', async () => {
    const keyed = (content: string) => deploy({ 'order.bpmn': content }).set('idempotency-key', 'release 7');
    const first = await keyed(order('weigh'));
    const latest = await deploy({ 'order.bpmn': order('seal') });
    expect((await keyed(order('weigh'))).body).toEqual(first.body);
    expect((await desk.services.runtime.latestRelease())?.id).toBe(latest.body.deploymentKey);
    expect(await keyed(order('wrap'))).toMatchObject({ status: 422, body: { code: 'key-reused' } });
  });

  it('is taken back once, with an Idempotency-Key', async () => {
    const deployed = await deploy({ 'spare.bpmn': order().replace('id="order"', 'id="spare"') });
    const key = String(deployed.body.deployments[0].processDefinition.processDefinitionKey);
    const take = () => call('post', `/v2/resources/${key}/deletion`).set('idempotency-key', 'away');
    expect(await take()).toMatchObject({ status: 200, body: {} });
    expect(await take()).toMatchObject({ status: 200, body: {} });
    expect((await call('post', `/v2/resources/${key}/deletion`)).status).toBe(409);
  });

  it('refuses what is no deployment', async () => {
    const answers = [
      await call('post', '/v2/deployments'),
      await call('post', '/v2/deployments').send({ resources: [] }),
      await call('post', '/v2/deployments').field('tenantId', '<default>'),
      await deploy({ 'notes.txt': 'hello' }),
      await deploy({ 'order.bpmn': order() }, { tenantId: 'other' }),
      await deploy({ 'order.bpmn': order() }, { note: 'hello' }),
      await call('post', '/v2/deployments').attach('files', Buffer.from(order()), 'order.bpmn'),
      await call('post', '/v2/deployments').set('content-type', 'multipart/form-data').send('x'),
      await deploy({ 'large.form': `{"id": "large", "x": "${'x'.repeat(4 * 1024 * 1024)}"}` }),
    ];
    expect(answers.map(({ status, body }) => [status, String(body.detail).slice(0, 60)])).toEqual([
      [400, 'Expected at least one file, but found none. Add one.'],
      [415, expect.stringContaining('Expected a body with the Content-Type multipart/form-data')],
      [400, 'Expected at least one file, but found none. Add one.'],
      [400, expect.stringContaining('notes.txt: Expected a file name that ends in')],
      [400, expect.stringContaining('"tenantId"')],
      [400, expect.stringContaining('but found "note"')],
      [400, expect.stringContaining('Expected files in the field "resources"')],
      [400, expect.stringContaining('Expected multipart/form-data with files')],
      [413, expect.any(String)],
    ]);
  });
});

describe('what is deployed', () => {
  it('is found by what it is', async () => {
    const decisions = await search('/v2/decision-definitions/search', { filter: { decisionRequirementsId: 'prices' } });
    const [decision] = decisions.items;
    expect(decision).toMatchObject({ decisionDefinitionId: 'price', decisionRequirementsName: 'Prices' });
    const key = decision.decisionDefinitionKey;
    expect((await call('get', `/v2/decision-definitions/${key}`)).body).toEqual(decision);
    expect((await call('get', `/v2/decision-definitions/${key}/xml`)).text).toBe(prices);
    const requirementsKey = decision.decisionRequirementsKey;
    const files = await search('/v2/decision-requirements/search', { sort: [{ field: 'decisionRequirementsName' }] });
    const file = (await call('get', `/v2/decision-requirements/${requirementsKey}`)).body;
    expect(file).toMatchObject({ decisionRequirementsId: 'prices', resourceName: 'prices.dmn' });
    expect(files.items).toContainEqual(file);
    expect((await call('get', `/v2/decision-requirements/${requirementsKey}/xml`)).text).toBe(prices);
    for (const filter of [{ tenantId: 'other' }, { hasStartForm: true }]) {
      expect((await search('/v2/process-definitions/search', { filter })).items).toEqual([]);
    }
  });

  it('is not found under the key of something else', async () => {
    const { items } = await search('/v2/decision-definitions/search', { page: { limit: 1 } });
    for (const path of [
      `/v2/process-definitions/${items[0].decisionDefinitionKey}`,
      '/v2/process-definitions/1/xml',
      '/v2/decision-definitions/abc',
      '/v2/resources/99999999999999999999',
    ]) {
      const { status, body } = await call('get', path);
      expect([status, body.title, body.instance]).toEqual([404, 'NOT_FOUND', path]);
    }
  });
});

describe('the statistics of a process definition', () => {
  it('count how often each element was worked on, in the instances that the filter finds', async () => {
    const diagram = order('check').replaceAll('"order"', '"counted"');
    const { body } = await deploy({ 'counted.bpmn': diagram });
    const { processDefinitionKey: key } = body.deployments[0].processDefinition;
    const { runtime, clock } = desk.services;
    const begin = async () => (await runtime.start({ process: 'counted', variables: {}, actor: 'u' })).instance;
    const [one, two] = [await begin(), await begin(), await begin()];
    const done = { at: clock.now(), actor: 'u' };
    await runtime.submit(one.id, { type: 'CompleteTask', task: taskAt(one, 'check'), variables: {}, ...done });
    await runtime.submit(two.id, { type: 'Cancel', reason: '', ...done });
    const count = async (filter?: object) => {
      const answer = await call('post', `/v2/process-definitions/${key}/statistics/element-instances`).send({ filter });
      return answer.body.items;
    };
    const times = (elementId: string, active: number, completed: number, canceled: number) => ({
      elementId,
      active,
      completed,
      canceled,
      incidents: 0,
    });
    expect(await count()).toEqual([times('start', 0, 3, 0), times('check', 1, 1, 1), times('end', 0, 1, 0)]);
    expect(await count({ state: 'ACTIVE' })).toEqual([times('start', 0, 1, 0), times('check', 1, 0, 0)]);
    expect(await count({ processDefinitionId: 'order' })).toEqual([]);
  });
});

describe('the deletion of a resource', () => {
  it('takes it out of use, and leaves what runs', async () => {
    const { body } = await deploy({ 'short.bpmn': order().replaceAll('"order"', '"short"') });
    const { processDefinitionKey: key } = body.deployments[0].processDefinition;
    const { runtime } = desk.services;
    const { instance } = await runtime.start({ process: 'short', variables: {}, actor: 'u' });
    expect((await call('post', `/v2/resources/${key}/deletion`).send({})).status).toBe(200);
    await expect(runtime.start({ process: 'short', variables: {}, actor: 'u' })).rejects.toThrow('short');
    expect((await runtime.instance(instance.id))?.status).toBe('active');
    expect((await call('get', `/v2/process-definitions/${key}/xml`)).status).toBe(200);
    const again = await call('post', `/v2/resources/${key}/deletion`);
    expect([again.status, again.body.title]).toEqual([409, 'INVALID_STATE']);
  });

  it('is refused while another file needs it', async () => {
    const files = { 'order.bpmn': order('pack', withForm('address')), 'address.form': address };
    const { body } = await deploy(files);
    const { formKey } = body.deployments[1].form;
    const answer = await call('post', `/v2/resources/${formKey}/deletion`);
    expect([answer.status, answer.body.detail]).toEqual([
      409,
      expect.stringContaining('no file to need "address.form"'),
    ]);
    expect((await desk.services.runtime.latestRelease())?.forms.has('address')).toBe(true);
  });
});
