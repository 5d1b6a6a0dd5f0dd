/** The documentation of the API: for programs as OpenAPI, for people as a page that needs nothing from elsewhere. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Route } from '../routes/route.ts';
import { openApi } from './openapi.ts';

const file = join(import.meta.dirname, '..', '..', 'package.json');

/** The routes that document these routes and themselves. */
export function documentation(documented: readonly Route[]): Route[] {
  let text: string | null = null;
  const routes: Route[] = [
    {
      method: 'get',
      path: '/api/openapi.json',
      permission: 'public',
      document: {
        summary: 'Get this document',
        tag: 'Documentation',
        responses: { 200: z.looseObject({ openapi: z.string() }) },
      },
      handle(_request, response) {
        const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
        text ??= JSON.stringify(openApi([...documented, ...routes], version));
        response.type('application/json').send(text);
      },
    },
    {
      method: 'get',
      path: '/api/docs',
      permission: 'public',
      document: {
        summary: 'Read this document as a page',
        tag: 'Documentation',
        responses: { 200: { description: 'The page', type: 'text/html', schema: z.string() } },
      },
      handle(_request, response) {
        response.render('api-docs', { layout: false });
      },
    },
  ];
  return routes;
}
