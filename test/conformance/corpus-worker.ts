/**
 * A thread that imports files, one after the other, so that one that hangs can be ended: the way of a foreign diagram
 * into a release, without storing anything.
 */
import { readFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { compileBpmn, decodeXml, importCamunda, isCamunda7, readBpmn, type Problem } from '../../engine/index.ts';

/** What became of a file. */
export interface Imported {
  /** What the engine threw. */
  readonly crash?: string;
  readonly deployed: boolean;
  /** Errors only. */
  readonly problems: readonly Pick<Problem, 'rule' | 'element' | 'message'>[];
}

/** Imports a file as the product does. Never rejects. */
async function importFile(path: string): Promise<Imported> {
  try {
    const xml = decodeXml(readFileSync(path));
    const imported = isCamunda7(xml) ? await importCamunda(xml) : { xml, problems: [] };
    const compiled = compileBpmn(await readBpmn(imported.xml));
    const problems = [...imported.problems, ...compiled.problems]
      .filter(({ severity }) => severity === 'error')
      .map(({ rule, element, message }) => ({ rule, element, message }));
    return { deployed: problems.length === 0 && compiled.processes.length > 0, problems };
  } catch (cause) {
    const crash = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    return { crash: crash.split('\n').slice(0, 4).join(' / '), deployed: false, problems: [] };
  }
}

parentPort?.on('message', (path: string) => {
  void importFile(path).then((imported) => parentPort?.postMessage(imported));
});
