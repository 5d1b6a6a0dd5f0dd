/** How often a job is tried. */
import type { ModdleElement } from 'bpmn-moddle';
import { extension } from '../../bpmn/read.ts';
import { addExtension, note, takeElements, type Importer } from '../importer.ts';

/** `R5/PT10M`, or a list of pauses. */
const RETRIES = /^R(\d+)\//u;

export function translateRetries(node: ModdleElement, c: Importer): void {
  for (const { body } of takeElements(c, node, 'failedJobRetryTimeCycle')) {
    const count = RETRIES.exec(body)?.[1] ?? (body.startsWith('P') ? String(body.split(',').length + 1) : undefined);
    if (count !== undefined && extension(node, 'zeebe:TaskDefinition')) {
      addExtension(c, node, 'zeebe:TaskDefinition', { retries: count });
      const message = `The job is tried ${count} times; the worker says after which pause.`;
      note(c, node, 'camunda:failedJobRetryTimeCycle', 'replaced', message);
    } else {
      note(c, node, 'camunda:failedJobRetryTimeCycle', 'left-out', 'Only jobs are tried again here.');
    }
  }
}
