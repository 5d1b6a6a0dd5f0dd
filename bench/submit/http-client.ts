/**
 * Sends requests as fast as a server answers them: a process of its own, on bare sockets, so that it takes little of what
 * is measured. In: a `Load`; out: the seconds that it took, or what the first wrong answer was.
 */
import { connect } from 'node:net';

/** POST requests for one server. */
export interface Load {
  port: number;
  paths: readonly string[];
  /** Header lines. */
  headers: readonly string[];
  body: string;
  /** Connections; each sends its next request when the last one is answered. */
  callers: number;
}

/** What came of it. */
export type Sent = { seconds: number } | { wrong: string };

process.on('message', (load: Load) => {
  void send(load).then((sent) => process.send?.(sent));
});

async function send({ callers, ...load }: Load): Promise<Sent> {
  const rest = [...load.paths];
  const began = performance.now();
  const wrong = await Promise.all(Array.from({ length: callers }, () => call(load, rest)));
  const first = wrong.find((it) => it !== null);
  return first === undefined ? { seconds: (performance.now() - began) / 1000 } : { wrong: first };
}

/** Takes one path after the other; gives the first answer that is not 204, else null. */
function call({ port, headers, body }: Omit<Load, 'callers'>, rest: string[]): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const end = (wrong: string | null): void => {
      socket.destroy();
      resolve(wrong);
    };
    const next = (): void => {
      const path = rest.pop();
      if (path === undefined) end(null);
      else socket.write([`POST ${path} HTTP/1.1`, ...headers, '', body].join('\r\n'));
    };
    let answer = '';
    socket.on('connect', next).on('error', reject);
    socket.on('data', (data) => {
      answer += data.toString('latin1');
      if (!answer.includes('\r\n\r\n')) return;
      if (!answer.startsWith('HTTP/1.1 204 ')) end(answer);
      answer = '';
      next();
    });
  });
}
