/** Instances as people name them: by key, or by business key, such as the number of a ticket. */
import { readInstancesOfBusinessKey } from '../db/instance-pages.ts';
import { readStored } from '../db/journal.ts';
import { isKey } from '../db/key.ts';
import type { Services } from '../services.ts';

/** A word does not name one instance. */
export class NotOne extends Error {
  override readonly name = 'NotOne';
}

/** @throws NotOne */
export async function keyOf(services: Pick<Services, 'runtime' | 'db'>, word: string): Promise<string> {
  if (isKey(word) && (await isThere(services, word))) return word;
  const keys = (await readInstancesOfBusinessKey(services.db, word, { limit: 100 })).map(({ id }) => id).reverse();
  const [key] = keys;
  if (keys.length > 1) {
    throw new NotOne(
      `Expected one instance with the business key "${word}", but found ${keys.length}: ${keys.join(', ')}. Name one by its key.`,
    );
  }
  if (key !== undefined) return key;
  throw new NotOne(
    `Expected an instance with the key or business key "${word}", but found none. See lanework instances list.`,
  );
}

/** As `keyOf`, of each. */
export async function keysOf(services: Pick<Services, 'runtime' | 'db'>, words: readonly string[]): Promise<string[]> {
  const keys: string[] = [];
  for (const word of words) keys.push(await keyOf(services, word));
  return keys;
}

/** A history without its instance counts as well: whoever took the instance away should be found out. */
async function isThere({ runtime, db }: Pick<Services, 'runtime' | 'db'>, key: string): Promise<boolean> {
  return (await runtime.instance(key)) !== null || (await readStored(db, key)).length > 0;
}
