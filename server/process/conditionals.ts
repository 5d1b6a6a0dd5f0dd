import { conditionalStarts } from '../../engine/index.ts';
import type { Variables } from '../../engine/index.ts';
import { placesOf, start } from './starts.ts';
import type { StartOptions } from './starts.ts';

/** Values from outside for the conditional start events. */
export interface ConditionalRequest {
  variables: Variables;
  actor: string;
  /** Only those of this process. */
  process?: string;
}

/** Starts every process of the newest release with a conditional start event that holds for these values; gives their keys. */
export async function evaluateConditionals(options: StartOptions, request: ConditionalRequest): Promise<string[]> {
  const { variables, actor, process } = request;
  const release = await options.releases.latest();
  const models = [...(release?.processes.values() ?? [])].filter(({ id }) => process === undefined || id === process);
  const started: string[] = [];
  for (const model of models) {
    for (const place of placesOf(model, conditionalStarts(model, variables, options.clock.now()))) {
      started.push((await start(options, { ...place, variables, actor })).instance.id);
    }
  }
  return started;
}
