/** The content that a new database begins with: the processes under processes/ and the groups that they name. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listGroups, saveGroup } from '../people/group.ts';
import { shippedGroups } from '../people/sample.ts';
import type { DeployedFile } from '../process/compile.ts';
import type { Services } from '../services.ts';

const PROCESSES = join(import.meta.dirname, '..', '..', 'processes');
const DEPLOYED = /\.(bpmn|dmn|form)$/;

/** Deploys what ships when nothing was ever deployed, and makes its groups when there are none. */
export async function installShipped(services: Services): Promise<void> {
  if ((await listGroups(services)).length === 0) {
    for (const group of shippedGroups) await saveGroup(services, group);
  }
  if ((await services.runtime.latestRelease()) !== null) return;
  const { release, problems } = await services.runtime.deploy(await shippedFiles(), {
    actor: 'system',
    note: 'As shipped',
  });
  if (release === undefined) {
    throw new Error(`Expected the shipped processes to be deployable, but found: ${JSON.stringify(problems)}`);
  }
}

/** Every diagram, decision table and form under processes/. */
async function shippedFiles(folder = PROCESSES): Promise<DeployedFile[]> {
  const entries = await readdir(folder, { recursive: true });
  const names = entries.filter((name) => DEPLOYED.test(name)).sort();
  return Promise.all(names.map(async (name) => ({ name, content: await readFile(join(folder, name), 'utf8') })));
}
