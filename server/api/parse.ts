/** What clients send, as several routes take it. */
import { z } from 'zod';

/** A value of JSON. What was read from a body is one already, and is not looked through again. */
const value = z.unknown() as z.ZodType<z.core.util.JSONType>;

/** Variables of a process. No text of the database can hold a NUL character. */
export const variables = z
  .record(z.string().min(1).max(200), value)
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
