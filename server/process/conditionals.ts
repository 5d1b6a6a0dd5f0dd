import { conditionalStarts } from '../../engine/index.ts';
import type { Instant, Variables } from '../../engine/index.ts';
import type { Database } from '../db/database.ts';
import { bucketOf } from '../db/key.ts';
import { AlreadyDone } from './guard.ts';
import { answerOnce } from './once.ts';
import type { Repeatable } from './once.ts';
import { placesOf, start } from './starts.ts';
import type { StartMore, StartOptions, StartPlace } from './starts.ts';

/** How long it is remembered what a request has started, ms. */
const REMEMBERED = 24 * 3600_000;

/** Values from outside for the conditional start events. */
export interface ConditionalRequest {
  variables: Variables;
  actor: string;
  /** Only those of this process. */
  process?: string;
}

/** Starts every process of the newest release with a conditional start event that holds for these values; gives their keys. */
export async function evaluateConditionals(
  options: StartOptions & { db: Database },
  request: ConditionalRequest,
  { once }: Repeatable = {},
): Promise<string[]> {
  const { variables, process } = request;
  const release = await options.releases.latest();
  const models = [...(release?.processes.values() ?? [])].filter(({ id }) => process === undefined || id === process);
  const now = options.clock.now();
  const places = models.flatMap((model) => placesOf(model, conditionalStarts(model, variables, now)));
  return answerOnce(options, once, async (doing) => {
    const started: string[] = [];
    for (const place of places) {
      const id =
        doing === undefined ? null : `${doing.name}>${place.process}/${place.element ?? ''}/${place.definition ?? 0}`;
      const instance = await startOne(options, request, place, id);
      if (instance !== null) started.push(instance);
    }
    return started;
  });
}

/** null when it was started by the same request before. */
async function startOne(
  options: StartOptions,
  { variables, actor }: ConditionalRequest,
  place: StartPlace,
  id: string | null,
): Promise<string | null> {
  const expiresAt = options.clock.now() + REMEMBERED;
  try {
    return (await start(options, { ...place, variables, actor }, id === null ? {} : onceAs(id, expiresAt))).instance.id;
  } catch (error) {
    if (error instanceof AlreadyDone) return null;
    throw error;
  }
}

/** Where it is remembered that it was started, there the instance lies. */
function onceAs(id: string, expiresAt: Instant): StartMore {
  const bucket = bucketOf('conditional', id);
  return { bucket, guards: [{ type: 'once', once: { bucket, kind: 'conditional', id, expiresAt } }] };
}
