/** Contenders from the outside. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Round } from './load.ts';
import type { Bytes } from './minimal.ts';

export const NAMES = ['minimal', 'lanework', 'classic'] as const;
export type Name = (typeof NAMES)[number];

export interface Role {
  name: Name;
  /** The database: empty, or for Lanework migrated. */
  url: string;
  postmaster: number;
  /** What the commands of a case store, for the minimal write. */
  stored: Bytes[];
}

/** So many callers work for so long. */
export interface Turn {
  callers: number;
  milliseconds: number;
}

export interface Apart {
  measure(turn: Turn): Promise<Round>;
  stop(): Promise<void>;
}

/** Begins a contender in a process of its own, with the options of V8 that this one has. */
export async function apart(role: Role): Promise<Apart> {
  const child = fork(join(import.meta.dirname, 'contender.ts'), {
    execArgv: [...process.execArgv, '--import', 'tsx'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`Expected the process of ${role.name} to go on, but it ended with ${String(code)}.`);
  });
  const ask = async (message: Role | Turn): Promise<unknown> => {
    child.send(message);
    const [answer] = (await Promise.race([once(child, 'message'), ended])) as [unknown];
    return answer;
  };
  await ask(role);
  return {
    // What it answers to a turn.
    measure: async (turn) => (await ask(turn)) as Round,
    async stop() {
      child.kill();
      await ended.catch(() => undefined);
    },
  };
}
