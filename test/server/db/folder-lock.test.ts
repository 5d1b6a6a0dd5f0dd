import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { takeFolder } from '../../../server/db/folder-lock.ts';

describe('the lock of a data folder', () => {
  let folder: string;
  let lock: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lanework-lock-'));
    lock = join(folder, 'lanework.lock');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is refused to a second opener and given back', () => {
    const release = takeFolder(folder);
    expect(() => takeFolder(folder)).toThrow(`process ${process.pid} has it open`);
    release();
    expect(readdirSync(folder)).toEqual([]);
    takeFolder(folder)();
  });

  it('of a process that is gone is taken over', () => {
    const gone = spawnSync('true');
    writeFileSync(lock, JSON.stringify({ pid: gone.pid, started: '1', token: 't' }));
    const release = takeFolder(folder);
    expect(JSON.parse(readFileSync(lock, 'utf8'))).toMatchObject({ pid: process.pid });
    release();
  });

  it('of a process whose number was given to another one is taken over', () => {
    writeFileSync(lock, JSON.stringify({ pid: process.pid, started: '1', token: 't' }));
    takeFolder(folder)();
  });

  it('of a living process is respected', () => {
    writeFileSync(lock, JSON.stringify({ pid: process.ppid, started: '', token: 't' }));
    expect(() => takeFolder(folder)).toThrow(`process ${process.ppid} has it open`);
    expect(existsSync(lock)).toBe(true);
  });

  it('that was cut off by a crash is nobody’s', () => {
    writeFileSync(lock, '{"pid":');
    takeFolder(folder)();
  });
});
