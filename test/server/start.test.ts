import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { realCommand } from '../support/command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanework-start-'));
const other = createServer();

beforeAll(() => new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  return new Promise((resolve) => other.close(resolve));
});

it('says nothing but that the port is taken when it is', async () => {
  const { port } = other.address() as AddressInfo;
  // The embedded database, whose end is noticed at once by who still works on it.
  const ran = await realCommand({ PORT: String(port), SAMPLE_CONTENT: 'false', DATA_DIR: folder })('start');
  expect(ran).toEqual({
    code: 1,
    out: '',
    err: `Lanework did not start. Expected port ${port} of 127.0.0.1 to be free, but found that it is taken. Set PORT to another one, or end the program that has it.\n`,
  });
}, 120_000);
