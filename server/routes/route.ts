/** A route: one method and path, the permission it needs, and what it does. Page files export `const routes: Route[]`. */
import type { Request, Response } from 'express';
import type { Permission } from '../people/permission.ts';
import type { Services } from '../services.ts';
import type { RouteDocument } from './document.ts';

export interface Route {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** An express path: `/tasks/:key`. */
  path: string;
  permission: Permission;
  /** What OpenAPI says of it; every route under /api and /v2 has one. */
  document?: RouteDocument;
  /**
   * Parse, act, render or redirect. Who asks, their language and the texts: `context(response)`. A thrown Rejection
   * becomes a 4xx page (or problem+json under /api and /v2); anything else thrown becomes a logged 500.
   */
  handle(request: Request, response: Response, services: Services): Promise<void> | void;
}
