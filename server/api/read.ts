/** Reading what clients of the API send: strictly, and saying where it does not fit. */
import { z } from 'zod';
import { Rejection } from '../../engine/rejection.ts';

/**
 * Reads a body; none counts as an empty object.
 * @throws Rejection that names each place and what was expected there
 */
export function readBody<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  return read(schema, given ?? {}, 'body');
}

/** Reads the parameters of a path or of a query. @throws Rejection as `readBody` */
export function readParameters<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  return read(schema, given, 'address');
}

function read<Schema extends z.ZodType>(schema: Schema, given: unknown, whole: string): z.output<Schema> {
  const result = parsed(schema, given, whole);
  if (result.success) return result.data;
  const found = result.error.issues.slice(0, 5).flatMap((issue) => sentences(issue, schema, issue.path, whole));
  throw new Rejection('invalid', [...new Set(found)].join(' '));
}

/** What is nested deeper than the stack allows is the sender's fault. */
function parsed<Schema extends z.ZodType>(schema: Schema, given: unknown, whole: string) {
  try {
    return schema.safeParse(given);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const found = `Expected the ${whole} to be nested at most some hundred deep, but found more. Flatten it.`;
    throw new Rejection('invalid', found);
  }
}

/** "Expected ..., but found ... at PLACE." for one issue; of a union, what is wrong with the form that fits best. */
function sentences(issue: z.core.$ZodIssue, schema: z.ZodType, path: readonly PropertyKey[], whole: string): string[] {
  const place = path.length === 0 ? `the ${whole}` : `"${path.map(String).join('.')}"`;
  if (issue.code === 'unrecognized_keys') {
    const known = membersAt(schema, path);
    const expected = known.length === 0 ? 'no unknown members' : `only ${known.join(', ')}`;
    return [`Expected ${expected} in ${place}, but found ${issue.keys.map((it) => `"${it}"`).join(', ')}. Remove it.`];
  }
  if (issue.code === 'invalid_union') {
    const forms = issue.errors.filter((form) =>
      form.every((it) => it.path.length > 0 || it.code === 'unrecognized_keys'),
    );
    const [best] = forms;
    if (best !== undefined) return best.flatMap((it) => sentences(it, schema, [...path, ...it.path], whole));
    const messages = [...new Set(issue.errors.flatMap((form) => form.map((it) => it.message)))];
    const types = messages.map(typesIn);
    const [first] = types;
    if (first && types.every((it) => it?.found === first.found)) {
      return [`Expected ${types.map((it) => it?.expected).join(' or ')} at ${place}, but found ${first.found}.`];
    }
    return [`Found a value that does not fit at ${place}: ${messages.map(lower).join(', or ')}.`];
  }
  const types = typesIn(issue.message);
  if (types !== null) return [`Expected ${types.expected} at ${place}, but found ${types.found}.`];
  return [`Found a value that does not fit at ${place}: ${lower(issue.message)}.`];
}

/** What zod's message says of a value of another type. */
function typesIn(message: string): { expected: string; found: string } | null {
  const [, expected, found] = /^Invalid input: expected (.+), received (.+)$/.exec(message) ?? [];
  if (expected === undefined || found === undefined) return null;
  return { expected, found: found === 'undefined' ? 'nothing' : found };
}

function lower(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}

/** The members that the schema knows at a path; empty where it does not say. */
function membersAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const inner = objectIn(schema);
  const [step, ...rest] = path;
  if (inner instanceof z.ZodObject) {
    const shape = inner.shape as Record<string, z.ZodType>;
    if (step === undefined) return Object.keys(shape);
    const next = shape[String(step)];
    return next === undefined ? [] : membersAt(next, rest);
  }
  if (inner instanceof z.ZodArray && typeof step === 'number') return membersAt(inner.element as z.ZodType, rest);
  return [];
}

/** Takes off what wraps an object or array: optional, default, the union with a plain value. */
function objectIn(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) {
    return objectIn(schema.unwrap() as z.ZodType);
  }
  if (schema instanceof z.ZodUnion) {
    const options = schema.options as readonly z.ZodType[];
    return options.map(objectIn).find((it) => it instanceof z.ZodObject) ?? schema;
  }
  return schema;
}
