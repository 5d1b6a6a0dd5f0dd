/** Imports (format import/1): every foreign file is deployed or refused with the elements' ids; none hangs or crashes. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Imported } from './corpus-worker.ts';
import { Mismatch, verdictOf } from './expectation.ts';
import { reportOf } from './report.ts';
import type { Suite } from './suite.ts';

interface CorpusFile {
  readonly id: string;
  readonly path: string;
  readonly area: string;
  /** What bpmn-moddle alone says of it. */
  readonly moddle: 'ok' | 'warnings' | 'error';
}

/** Rules that are about the file as a whole: the text of the problem says where. */
const OF_THE_FILE = ['readable', 'executable'];

/** How long one file may take, ms. */
const LIMIT = 20_000;

/** A worker cannot be started with TypeScript; it has to be taught to read it first. */
const BOOT = `
  const { workerData } = require('node:worker_threads');
  import(workerData.tsx).then(({ register }) => {
    register();
    return import(workerData.program);
  });
`;

export const corpus: Suite = {
  name: 'operaton-corpus',
  file: 'corpus.json',
  modes: ['memory'],
  async run(folder, mode, wanted) {
    const listed = JSON.parse(readFileSync(join(folder, 'corpus.json'), 'utf8')) as {
      archive: string;
      cases: CorpusFile[];
    };
    const files = mkdtempSync(join(tmpdir(), 'corpus-'));
    const importer = createImporter();
    try {
      execFileSync('tar', ['-xzf', join(folder, listed.archive), '-C', files]);
      const verdicts = [];
      for (const one of listed.cases.filter(({ id }) => wanted(id))) {
        const named = { id: one.id, group: one.moddle };
        verdicts.push(await verdictOf(named, async () => check(one, await importer.take(join(files, one.path)))));
      }
      return [reportOf('operaton-corpus', mode, verdicts)];
    } finally {
      await importer.close();
      rmSync(files, { recursive: true });
    }
  },
  failed: ({ passed, total }) => passed < total,
};

function check({ moddle }: CorpusFile, { crash, deployed, problems }: Imported): void {
  if (crash !== undefined) throw new Mismatch('no crash', crash);
  if (moddle === 'error') {
    if (deployed || problems.length === 0)
      throw new Mismatch('a file that cannot be read to be refused', 'it was deployed');
    return;
  }
  if (deployed) return;
  if (problems.length === 0)
    throw new Mismatch('to be deployed, or refused with a reason', 'no process and no problem');
  const nameless = problems.find(({ rule, element }) => element === '' && !OF_THE_FILE.includes(rule));
  if (nameless) throw new Mismatch('the problem to name its element', nameless.message);
}

interface Importer {
  /** Imports one file. A file that takes longer than it may is a crash, and the next has a new worker. */
  take(path: string): Promise<Imported>;
  close(): Promise<void>;
}

function createImporter(): Importer {
  const workerData = {
    tsx: import.meta.resolve('tsx/esm/api'),
    program: new URL('corpus-worker.ts', import.meta.url).href,
  };
  const open = (): Worker => new Worker(BOOT, { eval: true, workerData });
  let worker = open();
  return {
    async take(path) {
      const answer = await asked(worker, path);
      if (answer) return answer;
      await worker.terminate();
      worker = open();
      return { crash: `nothing came within ${LIMIT} ms, or the worker died`, deployed: false, problems: [] };
    },
    close: async () => void (await worker.terminate()),
  };
}

/** null when nothing comes in time, or the worker dies of it. */
function asked(worker: Worker, path: string): Promise<Imported | null> {
  return new Promise((resolve) => {
    const settle = (answer: Imported | null): void => {
      clearTimeout(timer);
      worker.off('message', settle).off('error', died);
      resolve(answer);
    };
    const died = (): void => settle(null);
    const timer = setTimeout(died, LIMIT);
    worker.on('message', settle).on('error', died);
    worker.postMessage(path);
  });
}
