/** What stands between a server process and the database, so that their connections can be cut. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface Proxy {
  /** On 127.0.0.1. */
  port: number;
  /** Cuts every open connection; new ones are let through. */
  cut(): void;
  /**
   * Cuts the connection of the next COMMIT: `before` the database has seen it, or `after`, when it is done and the
   * server process has not heard of it.
   */
  cutAtCommit(when: 'before' | 'after'): void;
  close(): void;
}

/** @param path the socket of the database */
export async function openProxy(path: string): Promise<Proxy> {
  const open = new Set<Socket>();
  let armed: 'before' | 'after' | null = null;

  const listener = createServer((client) => {
    const database = connect(path);
    let mute = false;
    const both = [client, database];
    const end = (): void => both.forEach((socket) => socket.destroy());
    for (const socket of both) {
      open.add(socket);
      socket.on('close', () => {
        open.delete(socket);
        end();
      });
      // A broken connection is what this is for; its end follows.
      socket.on('error', end);
    }
    client.on('data', (data) => {
      const cuts = armed !== null && isCommit(data);
      if (cuts && armed === 'before') end();
      else {
        if (cuts) mute = true;
        if (!database.destroyed) database.write(data);
      }
      if (cuts) armed = null;
    });
    database.on('data', (data) => {
      if (mute) end();
      else if (!client.destroyed) client.write(data);
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

/** A simple query, or a parse message of the wire protocol, with this text. */
function isCommit(data: Buffer): boolean {
  return data.includes('commit\0') || data.includes('COMMIT\0');
}
