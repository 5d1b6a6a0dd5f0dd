/** Error event definition (BPMN 2.0, 10.5.5). An error without code is caught by any error event without code. */
import type { ModdleElement } from 'bpmn-moddle';
import { child, text } from '../bpmn/read.ts';
import { throwError } from '../throwing.ts';
import type { EventDefinition } from './definition.ts';

interface ErrorData {
  /** '' catches, or throws, an error without code. */
  readonly code: string;
}

/** The code that an error or escalation event refers to; '' for none. */
export function codeOf(node: ModdleElement, reference: string, property: string): string {
  const ref = child(node, reference);
  return (ref && text(ref, property)) ?? '';
}

/** 2 when the codes are equal, 1 when the catching event names none. */
export function closeness(caught: string, thrown: string): 0 | 1 | 2 {
  if (caught === '') return 1;
  return caught === thrown ? 2 : 0;
}

export const error: EventDefinition<ErrorData> = {
  type: 'bpmn:ErrorEventDefinition',
  places: ['event-sub-process', 'boundary', 'end'],
  mustInterrupt: true,
  compile: (node) => ({ code: codeOf(node, 'errorRef', 'errorCode') }),
  final: () => true,
  throw: (x, token, element, { code }) => throwError(x, token, code, element.name),
  catches: (data, kind, code) => (kind === 'error' ? closeness(data.code, code) : 0),
};
