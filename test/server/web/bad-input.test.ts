import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import supertest from 'supertest';
import type { Database } from '../../../server/db/database.ts';
import { formatPart } from '../../../server/db/key.ts';
import { createToken } from '../../../server/people/api-token.ts';
import { definitions, end, flows, process as bpmnProcess, start, user } from '../../support/bpmn.ts';
import { openMemory } from '../../support/database.ts';
import { openDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';
import { taskAt } from '../../support/runtime.ts';

let db: Database;
let desk: Desk;

beforeAll(async () => {
  db = await openMemory();
  desk = await openDesk(db);
}, 180_000);

afterAll(() => db.close());

describe('a body that cannot be read', () => {
  const broken = { type: 'application/json', text: '{"title": ' };
  const large = { type: 'application/json', text: JSON.stringify({ title: 'x'.repeat(4 * 1024 * 1024) }) };

  it('is answered to programs with a problem document', async () => {
    for (const [path, scope] of [
      ['/api/tickets', 'intake:tickets'],
      ['/api/intake/alertmanager', 'intake:alerts'],
    ] as const) {
      const client = await desk.client(scope);
      const answers = [];
      for (const { type, text } of [broken, large]) answers.push(await client('post', path).type(type).send(text));
      expect(answers[0]?.body.detail).toBe(
        'Expected a body of JSON, but found what cannot be read (Unexpected end of JSON input). Correct it.',
      );
      expect(answers.map(({ status, type }) => [status, type])).toEqual([
        [400, 'application/problem+json'],
        [413, 'application/problem+json'],
      ]);
    }
  });

  it('is answered to browsers with a page', async () => {
    const post = () => supertest(desk.app).post('/portal');
    const answers = [
      await post().type(broken.type).send(broken.text),
      await post()
        .type('form')
        .send(`title=${'x'.repeat(1024 * 1024)}`),
    ];
    expect(answers.map(({ status, text }) => [status, text.includes('<h1')])).toEqual([
      [400, true],
      [413, true],
    ]);
  });
});

describe('a body of JSON', () => {
  const text = '{"title": "重启无效", "impact": "single", "urgency": "low"}';

  it('is read in each way in which it may be written', async () => {
    const client = await desk.client('intake:tickets');
    const file = (type: string) => client('post', '/api/tickets').type(type);
    const gzip = file('application/json').set('content-encoding', 'gzip');
    gzip.write(gzipSync(text));
    const chunked = file('application/json').set('transfer-encoding', 'chunked');
    chunked.write(text);
    const filed = [
      await file('application/json').send(text),
      await file('application/json; charset=UTF-8').send(`\ufeff${text}`),
      await file('application/vnd.tickets+json').send(text),
      await gzip,
      await chunked,
    ];
    const titles = filed.map(async ({ body }) => (await client('get', `/api/tickets/${body.number}`)).body.title);
    expect(await Promise.all(titles)).toEqual(filed.map(() => '重启无效'));
  });

  it('need not be there, also when nobody said how long it is', async () => {
    const client = await desk.client('processes:run');
    const chunked = () => client('delete', '/v2/user-tasks/1000001/assignee').set('transfer-encoding', 'chunked');
    const filled = chunked().type('text/plain');
    filled.write('x');
    const form = chunked().type('form');
    form.write('userTaskKey=1');
    expect([(await chunked()).status, (await filled).status, (await form).status]).toEqual([404, 415, 415]);
  });

  it('is refused when it is neither an object nor a list', async () => {
    const client = await desk.client('intake:tickets');
    for (const other of ['"text"', '7', 'null']) {
      const answer = await client('post', '/api/tickets').type('application/json').send(other);
      expect([answer.status, answer.body.detail]).toEqual([400, expect.stringContaining('Expected a body of JSON')]);
    }
  });
});

describe('a request whose sender hangs up while the server looks who it is', () => {
  it('is not done as if it had come without a body', async () => {
    const { runtime } = desk.services;
    const diagram = definitions(bpmnProcess('cut', start(), user('fix'), end(), flows('start -> fix -> end')));
    await runtime.deploy([{ name: 'cut.bpmn', content: diagram }], { actor: 'user:owner' });
    const { instance } = await runtime.start({ process: 'cut', variables: {}, actor: 'user:li' });
    const { secret } = await createToken(desk.services, {
      name: 'gone',
      scopes: ['processes:run'],
      createdBy: 'admin',
    });
    const server = createServer(desk.app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const body = '{"variables": {"done": "well"}}';
    const lines = [
      `POST /v2/user-tasks/${formatPart(instance.id, taskAt(instance, 'fix'))}/completion HTTP/1.1`,
      'host: lanework',
      `authorization: Bearer ${secret}`,
      'content-type: application/json',
      `content-length: ${body.length}`,
    ];
    socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
    await text(socket);
    await sleep(300);
    server.close();
    expect((await runtime.history(instance.id)).map(({ command }) => command.type)).toEqual(['Start']);
  });
});

describe('an address that names nothing', () => {
  it('is refused, never a fault of the server', async () => {
    const admin = await desk.browser('admin');
    const statuses: Record<string, number> = {};
    const paths = [
      '/history/9999999999999999999',
      '/history/0',
      '/inbox?own=1.5~1~1',
      '/inbox?own=1~9999999999999999999~1',
      '/inbox?own=1~1~9999999999',
      '/tickets?after=1-9999999999999999999',
      '/tickets/R%001',
      '/tickets?q=%00',
      '/ui/%00.js',
    ];
    for (const path of paths) statuses[path] = (await admin.get(path)).status;
    // A broken cursor begins the list at its start.
    expect(Object.values(statuses)).toEqual([404, 404, 200, 200, 200, 200, 400, 400, 400]);
  });
});

describe('a text that no database holds', () => {
  it('is cleaned', async () => {
    const client = await desk.client('intake:tickets');
    const filed = await client('post', '/api/tickets').send('{"title": "a\\ud800b\\u0000c"}').type('application/json');
    expect(filed.status).toBe(201);
    const read = await client('get', `/api/tickets/${filed.body.number}`);
    expect(read.body.title).toBe('a\ufffdbc');
  });

  it('is no account', async () => {
    const visitor = await desk.browser('');
    expect((await visitor.post('/sign-in', { login: 'anna\0', password: 'x' })).status).toBe(401);
  });
});
