/**
 * Makes a fresh clone ready: installs the packages when they are missing or do not match the lock file, and builds the
 * browser side when it is missing or older than its sources. Imports nothing but Node at load time, since it runs
 * before anything is installed.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Installs and builds what is missing.
 * @param {{ development?: boolean }} [options] development: the packages that only tests and checks need must be there too
 */
export async function ensureReady({ development = false } = {}) {
  if (!installed(development)) {
    console.log('Installing packages (npm ci) ...');
    const status = await run('npm', ['ci', '--no-audit', '--no-fund'], { shell: process.platform === 'win32' });
    if (status !== 0)
      throw new Error(`Expected npm ci to succeed, but it ended with ${status}. Its own message is above.`);
  }
  if (newest(sources) > modified('dist/ui/manifest.json')) {
    const { build } = await import('./build.mjs');
    await build();
  }
}

/**
 * Runs a program in the repository's folder with our own input and output; signals reach it.
 * @returns {Promise<number>} its exit status
 */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: 'inherit', ...options });
    const forward = (signal) => child.kill(signal);
    process.on('SIGINT', forward).on('SIGTERM', forward);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      process.off('SIGINT', forward).off('SIGTERM', forward);
      resolve(signal ? 1 : code);
    });
  });
}

/** Runs a program's main module and ends this process with its status. */
export async function runAndExit(...args) {
  process.exit(await run(...args));
}

const sources = ['ui/client', 'ui/styles', 'ui/duration.ts', 'engine', '.scripts/build.mjs', 'package-lock.json'];

/** Whether node_modules holds what the lock file asks for. Packages for other platforms may be absent. */
function installed(development) {
  const wanted = packages('package-lock.json');
  const found = packages('node_modules/.package-lock.json');
  return Object.entries(wanted).every(
    ([path, { version, optional, devOptional, dev }]) =>
      path === '' || optional || ((dev || devOptional) && !development) || found[path]?.version === version,
  );
}

function packages(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

/** The time of the last change below these paths, ms since the epoch. */
function newest(paths) {
  return Math.max(0, ...paths.map((path) => (isFolder(path) ? newest(entries(path)) : modified(path))));
}

const entries = (folder) => readdirSync(join(root, folder)).map((name) => join(folder, name));
const isFolder = (path) => statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() ?? false;
const modified = (path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
