/** The server processes: started as `npm start` does, started again when they end. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openProxy } from '../support/proxy.ts';
import type { Proxy } from '../support/proxy.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'server', 'main.ts');
/** A server that was told to stop is gone by then, ms: ten seconds, and what the machine needs. */
const STOPPED = 12_000;

export interface ServerProcess {
  /** null while it is not there. */
  url: string | null;
  proxy: Proxy;
  kill(): void;
  /** SIGSTOP, and SIGCONT after a while. */
  pause(milliseconds: number): void;
  /** SIGTERM; gives the exit code, null when it had to be killed after its time. */
  stop(): Promise<number | null>;
}

/**
 * Starts a server process that reaches the database only through its own proxy.
 * @param socket folder of the database's socket
 * @param logs folder for what it prints
 */
export async function startServer(
  name: string,
  socket: string,
  database: string,
  logs: string,
): Promise<ServerProcess> {
  const proxy = await openProxy(join(socket, '.s.PGSQL.5432'));
  const output = createWriteStream(join(logs, `${name}.log`), { flags: 'a' });
  let child: ChildProcess;
  let stopping = false;

  const begin = (): void => {
    child = spawn(process.execPath, ['--import', 'tsx', MAIN], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        PORT: '0',
        LOG_LEVEL: 'info',
        DATABASE_URL: `postgres://postgres@127.0.0.1:${proxy.port}/${database}`,
        DATABASE_POOL: '6',
        SAMPLE_CONTENT: 'false',
        // The same in all answers, whichever process gives them.
        PUBLIC_URL: 'http://chaos.test',
      },
    });
    child.stdout?.on('data', (data: Buffer) => {
      output.write(data);
      const url = /Lanework is ready: (\S+)/.exec(data.toString())?.[1];
      if (url !== undefined) server.url = url;
    });
    child.stderr?.pipe(output, { end: false });
    child.on('exit', (code, signal) => {
      output.write(`ended with ${code ?? signal}\n`);
      server.url = null;
      if (!stopping) setTimeout(begin, 200);
    });
  };
  const server: ServerProcess = {
    url: null,
    proxy,
    kill: () => void child.kill('SIGKILL'),
    pause(milliseconds) {
      const paused = child;
      paused.kill('SIGSTOP');
      setTimeout(() => paused.kill('SIGCONT'), milliseconds);
    },
    async stop() {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const ended = once(child, 'exit') as Promise<[number | null]>;
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), STOPPED);
      const [code] = await ended;
      clearTimeout(late);
      proxy.close();
      return code;
    },
  };
  begin();
  return server;
}

/** Waits until so many of them answer, or all. */
export async function untilReady(servers: readonly ServerProcess[], atLeast = servers.length): Promise<void> {
  for (let waited = 0; servers.filter(({ url }) => url !== null).length < atLeast; waited += 100) {
    if (waited > 60_000) throw new Error(`Expected ${atLeast} servers to be ready within a minute, but they are not.`);
    await sleep(100);
  }
}
