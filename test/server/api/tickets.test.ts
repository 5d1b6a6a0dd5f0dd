import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import supertest from 'supertest';
import { describeDatabase } from '../../support/database.ts';
import { openDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';

describeDatabase('POST /api/tickets', (open) => {
  let desk: Desk;
  let client: Awaited<ReturnType<Desk['client']>>;

  beforeAll(async () => {
    desk = await openDesk(await open({ pool: 1 }));
    client = await desk.client('intake:tickets');
  }, 180_000);

  it('files a request and answers with number, id and a link that opens it', async () => {
    const answer = await client('post', '/api/tickets').send({ title: '登录报错 403', service: 'crm', locale: 'zh' });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      number: expect.stringMatching(/^R-1000\d\d$/),
      id: expect.stringMatching(/^\d+$/),
      link: expect.stringMatching(/\/r\/R-1000\d\d\?key=[\w-]{40,}$/),
    });
    const path = new URL(answer.body.link).pathname + new URL(answer.body.link).search;
    const page = await (await desk.browser('')).get(path);
    expect(page.status).toBe(200);
    expect(page.text).toContain('登录报错 403');
    const read = await client('get', `/api/tickets/${answer.body.number}`);
    expect(read.body).toMatchObject({
      number: answer.body.number,
      title: '登录报错 403',
      service: 'crm',
      channel: 'api',
    });
  });

  it('gives the first answer again for the same Idempotency-Key, also when both come at once', async () => {
    const file = () => client('post', '/api/tickets').set('idempotency-key', 'k-1').send({ title: 'Printer on fire' });
    const [one, other] = await Promise.all([file(), file()]);
    const third = await file();
    expect(one.status).toBe(201);
    expect(other.body).toEqual(one.body);
    expect(third.body).toEqual(one.body);
    const list = await client('get', '/api/tickets?q=printer');
    expect(list.body.tickets).toHaveLength(1);
  });

  it('refuses another ticket under the same Idempotency-Key', async () => {
    const file = (title: string) => client('post', '/api/tickets').set('idempotency-key', 'k-2').send({ title });
    expect((await file('No sound')).status).toBe(201);
    expect(await file('No picture')).toMatchObject({ status: 422, body: { code: 'key-reused' } });
    expect((await client('get', '/api/tickets?q=picture')).body.tickets).toEqual([]);
  });

  it('lets what was refused be corrected under its Idempotency-Key, and then stays with it', async () => {
    const { runtime } = desk.services;
    const file = (title: string) => client('post', '/api/tickets').set('idempotency-key', 'k-3').send({ title });
    const name = 'support-request/diagram.bpmn';
    const { all } = await runtime.definitions.of((await runtime.latestRelease())?.id ?? '');
    const [diagram] = all.filter(({ resourceName }) => resourceName === name);
    if (diagram === undefined) throw new Error('Expected the diagram of support requests, but found none.');
    await runtime.undeploy(diagram.resource, { actor: 'user:owner' });
    expect((await file('Loud fan')).status).toBe(404);
    const content = readFileSync(join(import.meta.dirname, '../../../processes', name), 'utf8');
    await runtime.deploy([{ name, content }], { actor: 'user:owner' });
    const corrected = await file('Loud fan in room 7');
    expect(corrected.status).toBe(201);
    expect((await file('Loud fan in room 7')).body).toEqual(corrected.body);
    expect(await file('Broken door')).toMatchObject({ status: 422, body: { code: 'key-reused' } });
  });

  it('names the token that filed a ticket in its log and its history', async () => {
    const { body } = await client('post', '/api/tickets').send({ title: 'Router is hot' });
    const admin = await desk.browser('admin');
    expect((await admin.get(`/tickets/${body.number}`)).text).toMatch(/API client test<[^]*Filed/);
    expect((await admin.get(`/history/${body.number}`)).text).toMatch(/id="step-1"[^]*?>API client test</);
  });

  it('refuses with problem+json what it cannot read, and who has no token for it', async () => {
    const answer = await client('post', '/api/tickets').send({ title: '', impact: 'huge' });
    expect(answer.status).toBe(400);
    expect(answer.type).toBe('application/problem+json');
    expect(answer.body.detail).toMatch(/title.*impact/);
    const misspelt = await client('post', '/api/tickets').send({ title: 'x', urgncy: 'low' });
    expect([misspelt.status, misspelt.body.detail]).toEqual([
      400,
      expect.stringMatching(/^Expected only title, .*urgency.* in the body, but found "urgncy"\. Remove it\.$/),
    ]);
    expect((await supertest(desk.app).post('/api/tickets').send({ title: 'x' })).status).toBe(401);
    const other = await desk.client('intake:alerts');
    expect((await other('post', '/api/tickets').send({ title: 'x' })).status).toBe(403);
  });

  it('shows the contact as the author where no name is known', async () => {
    const { body } = await client('post', '/api/tickets').send({ title: 'Full disk', contact: 'ci@example.com' });
    const page = await (await desk.browser('bo')).get(`/tickets/${body.number}`);
    expect(page.text).toContain('<strong>ci@example.com</strong>');
  });

  it('shows a client only what was filed with its own token', async () => {
    const { body } = await client('post', '/api/tickets').send({ title: 'Mine alone' });
    const stranger = await desk.client('intake:tickets');
    expect((await stranger('get', `/api/tickets/${body.number}`)).status).toBe(404);
    expect((await stranger('get', '/api/tickets')).body).toEqual({ tickets: [], next: null });
    expect((await client('get', '/api/tickets/R-999999')).status).toBe(404);
  });

  it('lists page by page', async () => {
    const numbers: string[] = [];
    let after = '';
    do {
      const { body } = await client('get', `/api/tickets?limit=1${after === '' ? '' : `&after=${after}`}`);
      numbers.push(...body.tickets.map((ticket: { number: string }) => ticket.number));
      after = body.next ?? '';
    } while (after !== '');
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers.length).toBeGreaterThanOrEqual(3);
  });
});
