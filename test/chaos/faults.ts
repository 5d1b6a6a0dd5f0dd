/** What goes wrong, at random. */
import { setTimeout as sleep } from 'node:timers/promises';
import { killCluster, startCluster, stopCluster } from '../support/cluster.ts';
import type { Cluster } from '../support/cluster.ts';
import type { Chance } from './random.ts';
import { untilReady } from './servers.ts';
import type { ServerProcess } from './servers.ts';

/** How often each fault was made. */
export type Faults = Record<FaultName, number>;

interface Scene {
  cluster: Cluster;
  servers: readonly ServerProcess[];
  chance: Chance;
}

const faults = {
  killServer: ({ servers, chance }: Scene) => chance.pick(servers).kill(),
  killAllServers: ({ servers }: Scene) => servers.forEach((server) => server.kill()),
  pauseServer: ({ servers, chance }: Scene) => chance.pick(servers).pause(chance.between(1500, 6000)),
  cutConnections: ({ servers, chance }: Scene) => chance.pick(servers).proxy.cut(),
  cutAllConnections: ({ servers }: Scene) => servers.forEach(({ proxy }) => proxy.cut()),
  cutCommit: ({ servers, chance }: Scene) =>
    chance.pick(servers).proxy.cutAtCommit(chance.pick(['before', 'after', 'late'])),
  async restartDatabase({ cluster }: Scene) {
    await stopCluster(cluster, 'immediate');
    await startCluster(cluster);
  },
  async killDatabase({ cluster, chance }: Scene) {
    killCluster(cluster);
    await sleep(chance.between(0, 1000));
    await startCluster(cluster);
  },
};

type FaultName = keyof typeof faults;

/** How often each is chosen, of 100. */
const weights: Record<FaultName, number> = {
  killServer: 20,
  killAllServers: 3,
  pauseServer: 12,
  cutConnections: 12,
  cutAllConnections: 6,
  cutCommit: 34,
  restartDatabase: 7,
  killDatabase: 6,
};

/** Faults that end a process. */
export const KILLS: readonly FaultName[] = ['killServer', 'killAllServers', 'restartDatabase', 'killDatabase'];

/** Makes faults until the time is over; with `cut`, cuts all connections every so many milliseconds and nothing else. */
export async function makeTrouble(scene: Scene, until: number, cut?: number): Promise<Faults> {
  const names = Object.keys(faults) as FaultName[];
  const made = Object.fromEntries(names.map((name) => [name, 0])) as Faults;
  const lots = names.flatMap((name) => Array.from({ length: weights[name] }, () => name));
  for (;;) {
    await sleep(cut ?? scene.chance.between(200, 1800));
    // Trouble for servers that are all down already tries nothing.
    if (cut === undefined) await untilReady(scene.servers, Math.ceil(scene.servers.length / 2));
    if (Date.now() >= until) return made;
    const name = cut === undefined ? scene.chance.pick(lots) : 'cutAllConnections';
    await faults[name](scene);
    made[name] += 1;
  }
}
