import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { takeFolder } from './folder-lock.ts';
import type { Exchange } from './pglite-stream.ts';

/** The embedded database in its thread. */
export interface Pglite {
  exchange: Exchange;
  /** Writes an image of the whole database to a file, from which another can begin. */
  dump(path: string): Promise<void>;
  close(): Promise<void>;
}

/** Where the embedded database lives: in a folder, or in memory (beginning with an image, when one is given). */
export type PglitePlace = { dataDir: string } | { memory: true; image?: string };

interface Answer {
  id: number;
  bytes?: Uint8Array;
  error?: string;
}

/** @throws Error when another process has the folder open, or the database does not start */
export async function openPglite(place: PglitePlace): Promise<Pglite> {
  if ('memory' in place) return startWorker(place.image === undefined ? {} : { image: place.image });
  mkdirSync(place.dataDir, { recursive: true });
  const release = takeFolder(place.dataDir);
  try {
    return await openFolder(place.dataDir, release);
  } catch (error) {
    release();
    throw error;
  }
}

async function openFolder(folder: string, release: () => void): Promise<Pglite> {
  const dataDir = join(folder, 'pglite');
  const complete = join(folder, 'pglite.complete');
  // Without the mark the process died while the files were being made: nothing was ever stored in them.
  if (!existsSync(complete)) rmSync(dataDir, { recursive: true, force: true });
  const pglite = await startWorker({ dataDir });
  writeFileSync(complete, '');
  return {
    ...pglite,
    async close() {
      await pglite.close();
      release();
    },
  };
}

async function startWorker(workerData: { dataDir?: string; image?: string }): Promise<Pglite> {
  const worker = new Worker(new URL('./pglite-worker.js', import.meta.url), { workerData, execArgv: [] });
  const waiting = new Map<number, { resolve: (bytes: Uint8Array) => void; reject: (error: Error) => void }>();
  let ended: Error | null = null;
  let nextId = 0;
  const fail = (error: Error): void => {
    ended = error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on('message', ({ id, bytes, error }: Answer) => {
    const caller = waiting.get(id);
    waiting.delete(id);
    if (bytes === undefined) caller?.reject(new Error(`Embedded database: ${error}`));
    else caller?.resolve(bytes);
  });
  worker.on('error', (cause) => fail(new Error('Connection terminated: the embedded database stopped', { cause })));
  worker.on('exit', () => fail(new Error('Connection terminated: the embedded database was closed')));
  const expectAnswer = (id: number): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      if (ended === null) waiting.set(id, { resolve, reject });
      else reject(ended);
    });
  const ask = (
    request: { kind: 'exchange'; bytes: Uint8Array } | { kind: 'dump'; path: string } | { kind: 'close' },
  ) => {
    nextId += 1;
    const answer = expectAnswer(nextId);
    worker.postMessage({ id: nextId, ...request });
    return answer;
  };
  await expectAnswer(0);
  return {
    exchange: (bytes) => ask({ kind: 'exchange', bytes }),
    dump: async (path) => void (await ask({ kind: 'dump', path })),
    async close() {
      const exited = new Promise((resolve) => worker.once('exit', resolve));
      await ask({ kind: 'close' });
      await exited;
    },
  };
}
