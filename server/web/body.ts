/** Reads the bodies of requests. */
import express from 'express';
import type { NextFunction, Request, RequestHandler } from 'express';

/** No larger body of JSON is read, bytes. */
const LARGEST = 4 * 1024 * 1024;

/** What is read as JSON. */
export const JSON_TYPES = ['application/json', 'application/*+json'] as const;

const forms = express.urlencoded({ extended: true, limit: '1mb' });
const json = express.json({ limit: LARGEST, type: [...JSON_TYPES] });

/** What programs send nearly always is read at once, which takes a tenth of the time; all else as express does it. */
export const readBody: RequestHandler = (request, response, next) => {
  const { 'content-type': type = '', 'content-encoding': encoding, 'content-length': length } = request.headers;
  const plain = encoding === undefined && /^application\/json(; ?charset=utf-8)?$/i.test(type);
  // The server reads no more of a body than its length says.
  if (plain && Number(length) <= LARGEST) readJson(request, next);
  else if (/^application\/x-www-form-urlencoded/i.test(type)) forms(request, response, next);
  else json(request, response, next);
};

/** When the connection is closed before the end, nothing more happens: there is nobody to be answered. */
function readJson(request: Request, next: NextFunction): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => void chunks.push(chunk));
  request.on('end', () => {
    try {
      request.body = parse(Buffer.concat(chunks).toString());
    } catch (error) {
      // Marked as express does.
      return next(Object.assign(error as Error, { type: 'entity.parse.failed' }));
    }
    next();
  });
}

/** None counts as an empty object. */
function parse(text: string): object {
  if (text === '') return {};
  const found: unknown = JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text);
  if (typeof found === 'object' && found !== null) return found;
  throw new SyntaxError(`Unexpected ${found === null ? 'null' : typeof found}: neither an object nor a list`);
}
