/** Runs `lanework`: in this process, which is quick, or as the real command. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { main } from '../../server/cli/main.ts';

const SCRIPT = join(import.meta.dirname, '..', '..', '.scripts', 'lanework.mjs');

/** What a run of the command gave. */
export interface Ran {
  code: number | null;
  out: string;
  err: string;
}

/** Runs `lanework WORDS`. */
export type CommandLine = (...words: string[]) => Promise<Ran>;

/** The real command, with these variables and nothing of ours. `until`: when it has said this, it gets a SIGTERM. */
export function realCommand(environment: Record<string, string>, until?: RegExp): CommandLine {
  const env = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...environment };
  return async (...words) => {
    const child = spawn(process.execPath, [SCRIPT, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (until?.test(said) && !child.killed) child.kill('SIGTERM');
    });
    const code = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: await code, out, err };
  };
}

/** The same without a process of its own. */
export function commandLine(env: Record<string, string>): CommandLine {
  return async (...words) => {
    const [out, err] = [new PassThrough(), new PassThrough()];
    const said = Promise.all([text(out), text(err)]);
    const code = await main(words, { env, out, err });
    out.end();
    err.end();
    const [output, errors] = await said;
    return { code, out: output, err: errors };
  };
}
