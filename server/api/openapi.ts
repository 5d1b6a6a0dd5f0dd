/** The OpenAPI document, made from what the routes say of themselves: the schemas are those that they parse with. */
import { z } from 'zod';
import { createDocument } from 'zod-openapi';
import type {
  ZodOpenApiOperationObject,
  ZodOpenApiPathsObject,
  ZodOpenApiResponseObject,
  ZodOpenApiResponsesObject,
} from 'zod-openapi';
import type { AnswerDocument, RouteDocument } from '../routes/document.ts';
import type { Route } from '../routes/route.ts';

/** A problem, as every route answers it (RFC 9457). */
const problem = z
  .object({
    type: z.literal('about:blank'),
    title: z.string().meta({ description: 'The sort of problem; under /v2 a name such as INVALID_ARGUMENT' }),
    status: z.int(),
    code: z.string().meta({ description: 'The sort of problem, for programs' }),
    detail: z.string().meta({ description: 'What was expected, what was found and what to do' }),
    instance: z.string().meta({ description: 'The path that was asked' }),
    reference: z.string().optional().meta({ description: 'Under which the server has logged its own fault' }),
  })
  .meta({ id: 'Problem' });

const about = `Two interfaces in one document.

**/v2** runs processes in the shapes of the Camunda 8 Orchestration Cluster API v2, so that REST clients and job workers written for it run unchanged where they use what this document lists. Keys are decimal strings, dates RFC 3339 in UTC. Searches read what is committed, never a lagging index; they take \`{filter, sort, page}\` and answer \`{items, page}\`.

Whatever changes something may come with a header \`Idempotency-Key\`, but the activation of jobs, which hands out what is still there, and alerts, which are known by their fingerprints. Whoever repeats it with the same key within 24 hours gets the first answer again, and nothing is done twice; the same key with another request is refused with 422. A request that was refused is not remembered. The database being away is answered with 503 and \`Retry-After\`: then repeat the request with its key.

**/api** is the desk's own: tickets, cases, alerts and what happened outside.

Members of a body that the route does not know are refused, except in what Alertmanager delivers.

Sign in with an API token (\`Authorization: Bearer\`), which holds the permissions it was made with, or with login and password (\`Authorization: Basic\`) of an account whose roles hold them.`;

const idempotencyKey = z.object({
  'Idempotency-Key': z.string().min(1).max(255).optional().meta({
    description: 'Of your choice, a new one for each request: repeated with it, the request gets the first answer',
  }),
});

/** A route that says what it is. */
type Documented = Route & { document: RouteDocument };

function isDocumented(route: Route): route is Documented {
  return route.document !== undefined;
}

/** The document as JSON, of those routes that say something of themselves. */
export function openApi(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of routes.filter(isDocumented)) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[route.method] = operationOf(route);
  }
  return createDocument({
    openapi: '3.1.1',
    info: { title: 'Lanework', version, description: about, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'An API token' },
        account: { type: 'http', scheme: 'basic', description: 'Login and password of an account' },
      },
    },
    paths: paths satisfies ZodOpenApiPathsObject,
  });
}

function operationOf({ path, permission, document }: Documented): ZodOpenApiOperationObject {
  const { summary, tag, description = '', query, repeatable, body } = document;
  const open = permission === 'public';
  const needs = open || permission === 'known' ? '' : `Needs the permission \`${permission}\`.`;
  const named = pathParameters(path, document);
  return {
    summary,
    operationId: operationId(summary),
    tags: [tag],
    description: [description, needs].filter((text) => text !== '').join('\n\n'),
    security: open ? [] : [{ token: [] }, { account: [] }],
    requestParams: {
      ...(named === null ? {} : { path: named }),
      ...(query === undefined ? {} : { query }),
      ...(repeatable === undefined ? {} : { header: idempotencyKey }),
    },
    ...(body === undefined ? {} : { requestBody: { required: !isOptional(body), content: contentOf(body) } }),
    responses: responsesOf(document),
  };
}

/** "Search process instances" is named searchProcessInstances. */
function operationId(summary: string): string {
  const [first = '', ...rest] = summary.replaceAll(/[^\w ]/g, '').split(/ +/);
  return first.toLowerCase() + rest.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/** Every parameter of the path has a schema: its own, or that of a text. */
function pathParameters(path: string, { params }: RouteDocument): z.ZodObject | null {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  if (names.length === 0) return null;
  const own = params?.shape ?? {};
  return z.object(Object.fromEntries(names.map((name) => [name, own[name] ?? z.string()])));
}

type Body = NonNullable<RouteDocument['body']>;

function isForm(body: Body): body is Exclude<Body, z.ZodType> {
  return !(body instanceof z.ZodType);
}

function isOptional(body: Body): boolean {
  return !isForm(body) && body.safeParse({}).success;
}

function contentOf(body: Body) {
  return isForm(body) ? { [body.type]: { schema: body.schema } } : { 'application/json': { schema: body } };
}

function responsesOf({ responses }: RouteDocument): ZodOpenApiResponsesObject {
  const answers = Object.entries(responses).map(([status, answer]) => [status, responseOf(answer)]);
  return {
    ...(Object.fromEntries(answers) as Record<`${2 | 3 | 4}${string}`, ZodOpenApiResponseObject>),
    default: { description: 'A problem', content: { 'application/problem+json': { schema: problem } } },
  };
}

function responseOf(answer: AnswerDocument): ZodOpenApiResponseObject {
  if (answer instanceof z.ZodType) {
    return { description: answer.description ?? 'Done', content: { 'application/json': { schema: answer } } };
  }
  const { description, type = 'application/json', schema } = answer;
  return { description, ...(schema === undefined ? {} : { content: { [type]: { schema } } }) };
}
