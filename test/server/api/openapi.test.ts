import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import supertest from 'supertest';
import type { Database } from '../../../server/db/database.ts';
import { scopes } from '../../../server/people/permission.ts';
import { openMemory } from '../../support/database.ts';
import { openDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';
import { mountedOn } from '../../support/mounted.ts';

interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  parameters?: { name: string; in: string; required?: boolean; schema: object }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
  security: object[];
}

interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; securitySchemes: Record<string, object> };
}

let db: Database;
let desk: Desk;
let document: Document;
let operations: { name: string; path: string; operation: Operation }[];

beforeAll(async () => {
  db = await openMemory();
  desk = await openDesk(db);
  document = (await supertest(desk.app).get('/api/openapi.json')).body;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, path, operation })),
  );
}, 180_000);

afterAll(() => db.close());

/** Everything in a JSON value that a key has, at any depth. */
function within(value: unknown, key: string): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [...(name === key ? [inner] : []), ...within(inner, key)]);
}

/** The forms that a body may have: itself, or those of its union. */
function formsOf(schema: object): Record<string, unknown>[] {
  const { anyOf, oneOf } = schema as { anyOf?: object[]; oneOf?: object[] };
  return (anyOf ?? oneOf)?.flatMap(formsOf) ?? [schema as Record<string, unknown>];
}

describe('the OpenAPI document', () => {
  it('has every route of the API, and no other', () => {
    const mounted = mountedOn(desk.app)
      .filter(({ path }) => /^\/(api|v2)\//.test(path))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect(operations.map(({ name }) => name).sort()).toEqual(mounted.sort());
    expect(mounted.length).toBeGreaterThan(20);
  });

  it('is OpenAPI 3.1: every part is there, every reference leads somewhere', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d$/);
    const references = within(document, '$ref') as string[];
    const missing = references.filter((reference) => {
      const steps = reference.replace(/^#\//, '').split('/');
      const found = steps.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], document);
      return !reference.startsWith('#/') || found === undefined;
    });
    expect(missing).toEqual([]);
    for (const { name, path, operation } of operations) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      const inPath = (operation.parameters ?? []).filter((it) => it.in === 'path');
      expect([name, inPath.map((it) => it.name)]).toEqual([name, named]);
      expect([name, inPath.every(({ required }) => required)]).toEqual([name, true]);
      const schemas = [
        ...(operation.parameters ?? []).map(({ schema }) => schema),
        ...Object.values(operation.requestBody?.content ?? {}).map(({ schema }) => schema),
        ...Object.values(operation.responses).flatMap(({ content = {} }) =>
          Object.values(content).map((it) => it.schema),
        ),
      ];
      expect([name, schemas.every((schema) => Object.keys(schema).length > 0)]).toEqual([name, true]);
      expect(Object.keys(operation.responses).filter((status) => !/^([2-5]\d\d|default)$/.test(status))).toEqual([]);
      expect(Object.values(operation.responses).every(({ description }) => description !== '')).toBe(true);
      expect([name, operation.tags.length, operation.summary]).toEqual([name, 1, expect.stringMatching(/^[A-Z]/)]);
    }
    const types = within(document, 'type')
      .flat()
      .filter((type) => typeof type === 'string');
    const known = /^(string|number|integer|boolean|object|array|null|http|about:blank)$/;
    expect(types.filter((type) => !known.test(type))).toEqual([]);
  });

  it('names each operation once', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(ids.filter((id) => !/^[a-z][A-Za-z0-9]+$/.test(id))).toEqual([]);
  });

  it('says what is refused: unknown members of every body but the one that Alertmanager defines', () => {
    const bodies = operations.flatMap(({ name, operation }) => {
      const schema = operation.requestBody?.content['application/json']?.schema;
      return schema === undefined ? [] : [{ name, forms: formsOf(schema) }];
    });
    expect(bodies.length).toBeGreaterThan(30);
    const tolerant = bodies.filter(({ forms }) => forms.some((form) => form['additionalProperties'] !== false));
    expect(tolerant.map(({ name }) => name)).toEqual(['post /api/intake/alertmanager']);
  });

  it('says what may be repeated: whatever changes something, but handing out jobs and what alerts bring', () => {
    const once = operations.filter(({ name, path, operation }) => {
      const repeatable =
        operation.parameters?.some((it) => it.in === 'header' && it.name === 'Idempotency-Key') ?? false;
      return !/^get /.test(name) && !path.endsWith('/search') && !repeatable;
    });
    expect(once.map(({ name }) => name).sort()).toEqual([
      'post /api/intake/alertmanager',
      'post /api/migrations/plan',
      'post /v2/decision-definitions/evaluation',
      'post /v2/jobs/activation',
      'post /v2/process-definitions/{processDefinitionKey}/statistics/element-instances',
    ]);
  });

  it('says which kind of body is read: any other is refused, not passed over', async () => {
    const client = await desk.client(...scopes);
    const wrong = operations
      .filter(({ name }) => !/^get /.test(name))
      .map(async ({ name, path }) => {
        const [method] = name.split(' ') as ['post'];
        const answer = await client(method, path.replaceAll(/\{\w+\}/g, '1'))
          .type('text/plain')
          .send('{"filter": {}}');
        return answer.status === 415 ? [] : [[name, answer.status]];
      });
    expect((await Promise.all(wrong)).flat()).toEqual([]);
  });
});

describe('the page of the documentation', () => {
  it('needs nothing from elsewhere, and no script inside', async () => {
    const page = await supertest(desk.app).get('/api/docs');
    expect([page.status, page.type]).toEqual([200, 'text/html']);
    const links = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !/^(\/(ui|api)\/|data:,$)/.test(link))).toEqual([]);
    expect(page.text).not.toMatch(/<script(?![^>]* src=)/);
    expect(page.headers['content-security-policy']).toContain("script-src 'self';");
  });
});

describe('an answer for programs', () => {
  it('can be no part of a page, and is found whatever the case of the address', async () => {
    for (const path of ['/v2/license', '/V2/License/']) {
      const answer = await supertest(desk.app).get(path);
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.headers['content-security-policy']).toBe("default-src 'none';frame-ancestors 'none'");
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
    }
    expect((await supertest(desk.app).get('/v2/licenses')).body).toMatchObject({ status: 404 });
  });
});
