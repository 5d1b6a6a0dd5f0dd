import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { errorMessage } from '../../db/error-code.ts';
import { bytesText } from '../print.ts';
import { error, ok, warning } from './finding.ts';
import type { Finding } from './finding.ts';

/** Below this the database will stop soon. */
const FULL = 200e6;
const SCARCE = 2e9;

/** The data folder of the embedded database, or the one in which it will be made. */
export function checkFolder(dataDir: string): Finding[] {
  const folder = resolve(dataDir);
  const there = existsSync(join(folder, 'pglite'));
  const made = there
    ? ok('data folder', folder)
    : warning('data folder', `there is no database in ${folder} yet`, 'Run lanework start, which makes it.');
  return [made, ...checkPlace(nearest(folder))];
}

function nearest(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearest(dirname(folder));
}

function checkPlace(folder: string): Finding[] {
  try {
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    return [error('data folder', errorMessage(cause), `Let this user write to ${folder}, or choose another DATA_DIR.`)];
  }
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free < FULL) return [error('disk', `${bytesText(free)} free at ${folder}`, 'Make room now: writes will fail.')];
  if (free < SCARCE) return [warning('disk', `${bytesText(free)} free at ${folder}`, 'Make room.')];
  return [ok('disk', `${bytesText(free)} free`)];
}
