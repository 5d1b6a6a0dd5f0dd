/** What stands between a server process and the database, so that their connections can be cut. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface Proxy {
  /** On 127.0.0.1. */
  port: number;
  /** Cuts every open connection; new ones are let through. */
  cut(): void;
  /** Cuts the connection of the next COMMIT, so that the server process does not hear what became of it. */
  cutAtCommit(when: CommitCut): void;
  close(): void;
}

/** `before` the database sees it; `after` it is done; `late`: it is still under way, and will be done in a while. */
export type CommitCut = 'before' | 'after' | 'late';

/** How long a late one is under way, ms. */
const LATE = 150;

/** @param path the socket of the database */
export async function openProxy(path: string): Promise<Proxy> {
  const open = new Set<Socket>();
  let armed: CommitCut | null = null;

  const listener = createServer((client) => {
    const database = connect(path);
    let cutting: CommitCut | null = null;
    let begun = false;
    const end = (): void => {
      client.destroy();
      if (cutting !== 'late') database.destroy();
    };
    for (const socket of [client, database]) {
      open.add(socket);
      // A broken connection is what this is for.
      socket.on('error', end);
      socket.on('close', () => {
        open.delete(socket);
        end();
      });
    }
    client.on('data', (data) => {
      begun ||= data.includes('begin\0');
      if (isCommit(data, begun)) {
        begun = false;
        if (armed !== null) [cutting, armed] = [armed, null];
      }
      if (cutting === null || cutting === 'after') database.write(data);
      else if (cutting === 'late') setTimeout(() => database.end(data), LATE);
      if (cutting === 'before' || cutting === 'late') end();
    });
    database.on('data', (data) => {
      if (cutting === null) client.write(data);
      else end();
    });
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const cut = (): void => open.forEach((socket) => socket.destroy());
  return {
    port: (listener.address() as AddressInfo).port,
    cut,
    cutAtCommit(when) {
      armed = when;
    },
    close() {
      listener.close();
      cut();
    },
  };
}

/** Names of the prepared statements that write the journal. */
const journal = new Set<string>();

/** A COMMIT; outside of a transaction that was begun, the statements among which the journal is written. */
function isCommit(data: Buffer, begun: boolean): boolean {
  // The name stands before the text, as it does in the message Parse.
  for (const [, name = ''] of data.toString('latin1').matchAll(/([\w-]+)\0insert into journal /g)) journal.add(name);
  if (data.includes('commit\0')) return true;
  return !begun && [...journal].some((name) => data.includes(`${name}\0`));
}
