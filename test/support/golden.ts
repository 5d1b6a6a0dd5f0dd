import { compileBpmn, compileDecisions, readBpmn, readDecisions } from '../../engine/index.ts';
import type { Decision, Instance, ProcessModel, Recorded, Release } from '../../engine/index.ts';

/** What a release left: the resources of its process, a journal and the state at its end. */
export interface Golden {
  /** File name to content. */
  resources: Record<string, string>;
  history: Recorded[];
  final: Instance;
}

/** Compiles the resources of a golden history. */
export async function releaseFrom(resources: Record<string, string>): Promise<Release> {
  const processes = new Map<string, ProcessModel>();
  const decisions = new Map<string, Decision>();
  const forms = new Map<string, unknown>();
  for (const [name, content] of Object.entries(resources)) {
    if (name.endsWith('.bpmn')) {
      for (const model of compileBpmn(await readBpmn(content)).processes) processes.set(model.id, model);
    } else if (name.endsWith('.dmn')) {
      for (const [id, one] of compileDecisions(await readDecisions(content)).decisions) decisions.set(id, one);
    } else {
      forms.set((JSON.parse(content) as { id: string }).id, JSON.parse(content));
    }
  }
  return { id: '1', processes, decisions, forms };
}
