/** Reading what clients send. */
import { z } from 'zod';
import { Rejection } from '../../engine/rejection.ts';

/** Reads what was sent, or rejects it with the names of the fields that do not fit. */
export function parse<T>(schema: z.ZodType<T>, given: unknown): T {
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  const issues = read.error.issues.slice(0, 10).map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  throw new Rejection('invalid', `Expected a request as documented, but found: ${issues.join('; ')}`);
}

/** Variables of a process. No text of the database can hold a NUL character. */
export const variables = z
  .record(z.string().min(1).max(200), z.json())
  .default({})
  .refine((values) => !JSON.stringify(values).includes('\\u0000'), { message: 'Expected no NUL characters.' });

const text = z
  .string()
  .max(500)
  .refine((given) => !given.includes('\0'), { message: 'Expected no NUL characters.' });

/** A name in a diagram: of a message, a signal, a process, an element. */
export const name = text.min(1);

/** The key of a message; '' when it has none. */
export const correlationKey = text.default('');
