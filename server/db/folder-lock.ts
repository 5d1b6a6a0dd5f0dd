import { existsSync, linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { errorCode } from './error-code.ts';

/** A living process has the folder. */
export class FolderTaken extends Error {
  override readonly name = 'FolderTaken';
}

const held = new Set<string>();

/**
 * Takes a data folder for this process and gives the function that gives it back. The lock file holds the process id and
 * the start time of the process, so that the lock of a killed process is noticed and taken over, even when its id was
 * given to another one since.
 * @throws FolderTaken
 */
export function takeFolder(folder: string): () => void {
  const path = join(folder, 'lanework.lock');
  const mine = JSON.stringify({ pid: process.pid, started: startOf(process.pid), token: randomUUID() });
  const draft = `${path}.${process.pid}.${randomUUID()}`;
  writeFileSync(draft, mine);
  try {
    for (let attempt = 0; attempt < 10; attempt += 1) {
      if (link(draft, path)) {
        held.add(path);
        return () => {
          held.delete(path);
          if (existsSync(path) && readFileSync(path, 'utf8') === mine) unlinkSync(path);
        };
      }
      removeStale(path, folder);
    }
    throw new Error(`Expected to take the data folder ${folder}, but other processes keep taking it. Start only one.`);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** A hard link is made whole or not at all, and only when there is no such file. */
function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function removeStale(path: string, folder: string): void {
  const content = read(path);
  if (content === null) return;
  const owner = parse(content);
  if (owner !== null && isAlive(owner, path)) {
    throw new FolderTaken(
      `Expected the data folder ${folder} to be free, but process ${owner.pid} has it open. ` +
        'Stop that process, choose another DATA_DIR, or set DATABASE_URL to share one PostgreSQL.',
    );
  }
  // Moved aside first: of two processes that find the same stale file, only one gets to remove it.
  const aside = `${path}.stale.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch {
    return; // Somebody else was faster; the next attempt sees what they left.
  }
  if (read(aside) !== content) link(aside, path);
  rmSync(aside, { force: true });
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

interface Owner {
  pid: number;
  started: string;
}

function parse(content: string): Owner | null {
  try {
    const value: unknown = JSON.parse(content);
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('started' in value)) return null;
    return typeof value.pid === 'number' && typeof value.started === 'string'
      ? { pid: value.pid, started: value.started }
      : null;
  } catch {
    return null; // Cut off by a crash: nobody's.
  }
}

function isAlive(owner: Owner, path: string): boolean {
  if (owner.pid === process.pid && owner.started === startOf(process.pid)) return held.has(path);
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if (errorCode(error) !== 'EPERM') return false;
  }
  const started = startOf(owner.pid);
  return started === '' || owner.started === '' || started === owner.started;
}

/** The start time of a process in the system's own ticks, '' where the system does not tell. */
function startOf(pid: number): string {
  const stat = existsSync(`/proc/${pid}/stat`) ? read(`/proc/${pid}/stat`) : null;
  // The second field is the name in parentheses and may hold spaces; the start time is the 22nd.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
