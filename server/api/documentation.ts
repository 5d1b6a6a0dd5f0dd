/** The documentation of the API: for programs as OpenAPI, for people as a page that needs nothing from elsewhere. */
import { z } from 'zod';
import type { Route } from '../routes/route.ts';
import { VERSION } from '../version.ts';
import { openApi } from './openapi.ts';

/** Where the page is. */
export const DOCUMENTATION = '/api/docs';

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
        text ??= JSON.stringify(openApi([...documented, ...routes], VERSION));
        response.type('application/json').send(text);
      },
    },
    {
      method: 'get',
      path: DOCUMENTATION,
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
