import { bucketOfKey } from './key.ts';
import type { Parameter } from './sql.ts';

/** Names something that lives inside an instance: a task, job, timer, incident, outgoing message. */
export interface Part {
  instance: string;
  id: number;
}

/** The three arrays by which a statement finds parts: buckets, instances, ids. */
export function partArrays(parts: readonly Part[]): [Parameter, Parameter, Parameter] {
  return [
    parts.map((part) => bucketOfKey(part.instance)),
    parts.map((part) => part.instance),
    parts.map((part) => part.id),
  ];
}

/** A Map key for a part. */
export function partKey(part: Part): string {
  return `${part.instance}/${part.id}`;
}

/** A part that is at another element now. BPMN ids. */
export interface Placed extends Part {
  process: string;
  element: string;
}

/** The parameters of a statement about them: bucket, instance, id, process, element. */
export function placedArrays(rows: readonly Placed[]): Parameter[] {
  return [...partArrays(rows), rows.map((row) => row.process), rows.map((row) => row.element)];
}
