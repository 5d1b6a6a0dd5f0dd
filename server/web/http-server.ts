import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:http';
import type { Express } from 'express';

/**
 * The server of an application. Its requests and answers are made with the prototypes that express gives them: it would
 * change them otherwise, and whatever is read or written on an object after that takes several times as long.
 */
export function httpServer(app: Express): Server {
  class Request extends IncomingMessage {}
  class Response extends ServerResponse {}
  app.request = Object.setPrototypeOf(Request.prototype, app.request) as Express['request'];
  app.response = Object.setPrototypeOf(Response.prototype, app.response) as Express['response'];
  return createServer({ IncomingMessage: Request, ServerResponse: Response }, app);
}
