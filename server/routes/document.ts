/** What OpenAPI says of a route: the same schemas that the route parses with. */
import type { z } from 'zod';

/** An answer of a route: its schema as JSON, or another media type, or no content. */
export type AnswerDocument = z.ZodType | { description: string; type?: string; schema?: z.ZodType };

export interface RouteDocument {
  /** One line, imperative: "Search process instances". */
  summary: string;
  /** Groups the routes: "Process instances". */
  tag: string;
  /** More than the summary says, Markdown. */
  description?: string;
  /** Of the path, by the names that it has there. Names without a schema are texts. */
  params?: z.ZodObject;
  query?: z.ZodObject;
  /** It takes an `Idempotency-Key`, and whoever repeats it gets the first answer; true for whatever changes something once. */
  repeatable?: true;
  /** JSON, or form data with files. */
  body?: z.ZodType | { type: 'multipart/form-data'; schema: z.ZodType };
  /** By HTTP status; problems (4xx, 5xx) need not be named. */
  responses: Readonly<Record<number, AnswerDocument>>;
}
