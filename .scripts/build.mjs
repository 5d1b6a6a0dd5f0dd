/**
 * `npm run build`: bundles the browser side into dist/ui. Every module directly in ui/client is the script of one kind
 * of page; every style sheet named below is one file. dist/ui/manifest.json lists the files with their sizes in bytes.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from './setup.mjs';

const output = join(root, 'dist/ui');
const styles = ['main', 'diagram', 'modeler', 'api-docs'];

export async function build() {
  const { build: bundle } = await import('esbuild');
  const began = Date.now();
  mkdirSync(output, { recursive: true });
  const result = await bundle({
    absWorkingDir: root,
    entryPoints: [
      ...scripts(),
      ...styles.map((name) => `ui/styles/${name}.css`).filter((file) => existsSync(join(root, file))),
    ],
    outdir: output,
    entryNames: '[name]',
    assetNames: '[name]-[hash]',
    bundle: true,
    // htm does not find the preact of its parent package when npm puts it aside; the panel brings one for everybody.
    alias: { preact: '@bpmn-io/properties-panel/preact' },
    format: 'esm',
    target: ['chrome111', 'firefox115', 'safari16.4'],
    minify: true,
    sourcemap: true,
    metafile: true,
    logLevel: 'warning',
    loader: { '.woff2': 'file', '.woff': 'file' },
  });
  finish(Object.keys(result.metafile.outputs).map((file) => basename(file)));
  console.log(`Built the browser side in ${Date.now() - began} ms.`);
}

function scripts() {
  const folder = join(root, 'ui/client');
  if (!existsSync(folder)) return [];
  const modules = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'));
  return modules.map((name) => `ui/client/${name}`);
}

/** Writes the manifest, removes what earlier builds left, prints the sizes. */
function finish(built) {
  const manifest = {};
  for (const name of built.filter((name) => !name.endsWith('.map')).sort()) {
    const content = readFileSync(join(output, name));
    manifest[name] = { bytes: content.length, gzip: gzipSync(content).length };
    console.log(`  ${name.padEnd(24)} ${kilobytes(manifest[name].bytes)} ${kilobytes(manifest[name].gzip)} gz`);
  }
  const kept = new Set([...built, 'manifest.json']);
  for (const name of readdirSync(output)) if (!kept.has(name)) rmSync(join(output, name), { recursive: true });
  writeFileSync(join(output, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1).padStart(7)} KB`;

if (process.argv[1] === import.meta.filename) await build();
