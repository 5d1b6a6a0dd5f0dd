/** A thread that imports files, one after the other: so that one that hangs can be ended. */
import { parentPort } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
const { importFile } = await import('./corpus-worker.ts');
parentPort?.on('message', (path) => {
  void importFile(path).then((imported) => parentPort?.postMessage(imported));
});
