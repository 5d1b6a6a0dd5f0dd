/** The HTTP application: middlewares, then every route behind its permission, then the error pages. */
import { join } from 'node:path';
import express from 'express';
import type { Express, NextFunction, RequestHandler, Response, Router } from 'express';
import helmet from 'helmet';
import { documentation, DOCUMENTATION } from './api/documentation.ts';
import { routes as api } from './api/index.ts';
import { routes as intake } from './intake/index.ts';
import { routes as pages } from './routes/index.ts';
import type { Route } from './routes/route.ts';
import type { Services, Unanswered } from './services.ts';
import { assets, assetUrls } from './web/assets.ts';
import { readBody } from './web/body.ts';
import { isApi, readContext } from './web/context.ts';
import { requireCsrf } from './web/csrf.ts';
import { refuseCutOff } from './web/cut-off.ts';
import { answerErrors, missing } from './web/errors.ts';
import { loadTexts } from './web/locales.ts';
import { requireMediaType } from './web/media-type.ts';
import { refuseNul } from './web/nul.ts';
import { permit } from './web/permit.ts';
import { roomsOf } from './web/rooms.ts';
import { useViews } from './web/views.ts';

const root = join(import.meta.dirname, '..');

/** What programs get is no page: it may not be shown, framed or taken for anything else. */
const ofAnswers = Object.entries({
  'Content-Security-Policy': "default-src 'none';frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
});

/** bpmn-js writes styles and inlines its font and images; nothing needs eval. */
const ofPages = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      fontSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      workerSrc: ["'self'", 'blob:'],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  referrerPolicy: { policy: 'same-origin' },
});

const security: RequestHandler = (request, response, next) => {
  if (!isApi(request) || request.path === DOCUMENTATION) return ofPages(request, response, next);
  for (const [name, value] of ofAnswers) response.setHeader(name, value);
  next();
};

function mount(room: Router, route: Route, services: Services): void {
  const typed = route.document === undefined || route.method === 'get' ? [] : [requireMediaType(route)];
  room[route.method](route.path, permit(route.permission), requireCsrf, ...typed, (request, response) => {
    const began = performance.now();
    response.on('finish', () => {
      const seconds = (performance.now() - began) / 1000;
      services.metrics.request(route.method.toUpperCase(), route.path, response.statusCode, seconds);
    });
    return route.handle(request, response, services);
  });
}

class Waiting implements Unanswered {
  readonly #response: Response;
  readonly #next: NextFunction;

  constructor(response: Response, next: NextFunction) {
    this.#response = response;
    this.#next = next;
  }

  last(): void {
    if (!this.#response.headersSent) this.#response.setHeader('Connection', 'close');
  }

  refuse(error: Error): void {
    if (!this.#response.headersSent) this.#next(error);
  }
}

/** Keeps account of what is not answered yet, so that the end of the process can answer it. */
function keepAccount(services: Services): RequestHandler {
  return (_request, response, next) => {
    const entry = new Waiting(response, next);
    services.unanswered.push(entry);
    if (services.draining) entry.last();
    // From the end: streams, which stay, gather at the beginning.
    response.on('close', () => void services.unanswered.splice(services.unanswered.lastIndexOf(entry), 1));
    next();
  };
}

/** Makes the application. It does not listen, and starts nothing that outlives a request. */
export function createApp(services: Services): Express {
  const app = express();
  const built = join(root, 'dist', 'ui');
  app.disable('x-powered-by');
  app.set('trust proxy', 'loopback');
  useViews(app, join(root, 'ui', 'views'), assetUrls(built));
  app.use(security);
  app.use(keepAccount(services));
  app.use('/ui', assets(built));
  app.use(readContext(services, loadTexts(join(root, 'ui', 'locales'))));
  app.use(refuseNul);
  app.use(refuseCutOff);
  // After the context, so that a body that cannot be read is refused in the reader's language.
  app.use(readBody);
  const routes = [...api, ...intake];
  const all = [...routes, ...documentation(routes), ...pages];
  app.use(roomsOf(all, (room, route) => mount(room, route, services)));
  app.use(missing);
  app.use(answerErrors(services));
  return app;
}
