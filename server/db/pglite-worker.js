/**
 * The embedded database, in its own thread, so that a long statement never blocks the server's event loop.
 * It takes whole requests of the PostgreSQL wire protocol and answers with the server's bytes, one after the other.
 *
 * In: `{id, kind: 'exchange', bytes}`, `{id, kind: 'dump', path}` or `{id, kind: 'close'}`. Out: `{id, bytes}` or `{id, error}`.
 * `id` 0 is the answer to the start.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';

/** @type {import('node:worker_threads').MessagePort} */
const port = parentPort;
/** @type {{ dataDir?: string, image?: string }} folder of the data (none: in memory), or the path of a dump to begin with */
const { dataDir, image } = workerData;

/** @type {PGlite} */
let pglite;

/** @param {Uint8Array} message @returns {Promise<Uint8Array>} */
async function exchange(message) {
  const chunks = [];
  // Streamed: the other call would parse every answer a second time and keep the parsed rows.
  await pglite.execProtocolRawStream(message, { onRawData: (data) => chunks.push(data.slice()) });
  return chunks.length === 1 ? chunks[0] : new Uint8Array(Buffer.concat(chunks));
}

async function handle(request) {
  if (request.kind === 'exchange') return exchange(request.bytes);
  if (request.kind === 'dump') {
    const dump = await pglite.dumpDataDir('none');
    writeFileSync(request.path, Buffer.from(await dump.arrayBuffer()));
  } else await pglite.close();
  return new Uint8Array(0);
}

/** @param {number} id @param {Promise<Uint8Array>} work */
async function answer(id, work) {
  try {
    const bytes = await work;
    port.postMessage({ id, bytes }, [bytes.buffer]);
  } catch (error) {
    port.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
}

let last = answer(
  0,
  PGlite.create({
    dataDir: dataDir ?? 'memory://',
    relaxedDurability: false,
    ...(image === undefined ? {} : { loadDataDir: new Blob([readFileSync(image)]) }),
  }).then((it) => {
    pglite = it;
    return new Uint8Array(0);
  }),
);
port.on('message', (request) => {
  last = last.then(async () => {
    await answer(request.id, handle(request));
    if (request.kind === 'close') port.close();
  });
});
