/**
 * One contender in a process of its own, as it would run anywhere: not on the heap that another has left, and not in code
 * that V8 compiled for all of them. In: a `Role`, which it answers with null, then a `Turn` for each `Round`.
 */
import { openDatabase } from '../../server/db/database.ts';
import type { Role, Turn } from './apart.ts';
import { classic, POOL } from './classic.ts';
import { lanework } from './lanework.ts';
import { measure, type Contender, type Round } from './load.ts';
import { minimal } from './minimal.ts';

let take: (turn: Turn) => Promise<Round>;

process.on('message', (message: Role | Turn) => {
  void act(message).then((answer) => process.send?.(answer));
});

// It ends with the process that began it.
process.on('disconnect', () => process.exit());

async function act(message: Role | Turn): Promise<Round | null> {
  if ('callers' in message) return take(message);
  const contender = await begin(message);
  take = ({ callers, milliseconds }) => measure(contender, callers, milliseconds, message.postmaster);
  return null;
}

async function begin({ name, url, stored }: Role): Promise<Contender> {
  const db = await openDatabase(name === 'classic' ? { url, pool: POOL } : { url });
  if (name === 'minimal') return minimal(db, stored);
  return name === 'classic' ? classic(db) : lanework(db);
}
