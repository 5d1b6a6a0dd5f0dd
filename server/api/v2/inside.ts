/** Keys of what lives inside an instance, and the instance that a request names. */
import { ROOT } from '../../../engine/index.ts';
import type { Command, Instance, Outcome } from '../../../engine/index.ts';
import { Rejection } from '../../../engine/rejection.ts';
import type { Definition } from '../../db/definitions.ts';
import { formatPart, isKey, parsePart } from '../../db/key.ts';
import type { Part } from '../../db/part.ts';
import { chronicleOf } from '../../process/chronicle.ts';
import type { Chronicle } from '../../process/chronicle.ts';
import type { Repeatable } from '../../process/once.ts';
import type { Services } from '../../services.ts';

/** The key of an element instance or scope: of the process itself that of the instance. */
export function elementKey(instance: string, id: number): string {
  return id === ROOT ? instance : formatPart(instance, id);
}

/** What a key names: an instance as a whole (ROOT), or something inside it; null when it can be neither. */
export function readElementKey(key: string): Part | null {
  if (isKey(key)) return { instance: key, id: ROOT };
  return parsePart(key);
}

/** The instance with this key. @throws Rejection when there is none */
export async function findInstance({ runtime }: Services, key: string): Promise<Instance> {
  const found = isKey(key) ? await runtime.instance(key) : null;
  if (found === null) {
    throw new Rejection('not-found', `Expected a process instance with the key ${key}, but found none. Search for it.`);
  }
  return found;
}

/** All that has been in the instance with this key. @throws Rejection when there is none */
export async function findChronicle({ runtime }: Services, key: string): Promise<Chronicle> {
  const found = isKey(key) ? chronicleOf(await runtime.history(key)) : null;
  if (found === null) {
    throw new Rejection('not-found', `Expected a process instance with the key ${key}, but found none. Search for it.`);
  }
  return found;
}

/**
 * What an instance was started from, or was migrated to. What is called is a scope of the instance that calls it, so all
 * that lives in an instance names this definition.
 */
export async function definitionOf({ runtime }: Services, { release, process }: Instance): Promise<Definition> {
  return (await runtime.definitions.of(release)).find('process', process);
}

/**
 * Does a command on an instance. When it comes too late, `missing` tells from the state whether what it is about is gone:
 * that is not found, as clients of this API expect, and no conflict.
 */
export async function submitTo(
  { runtime }: Services,
  instance: string,
  command: Command,
  missing: (state: Instance) => Rejection | null,
  repeatable: Repeatable,
): Promise<Outcome> {
  try {
    return await runtime.submit(instance, command, repeatable);
  } catch (error) {
    if (!(error instanceof Rejection) || error.code !== 'conflict') throw error;
    const state = await runtime.instance(instance);
    throw (state && missing(state)) ?? error;
  }
}
