/** `lanework instances migrate`: the instances of one version of a process go over to another. */
import { readDefinitionVersion } from '../db/definitions.ts';
import type { MigrationOutcome, MigrationPlan, MigrationRequest } from '../process/migration.ts';
import type { Services } from '../services.ts';
import { UsageError } from './command.ts';
import type { Call } from './command.ts';
import { operator } from './open.ts';
import { print, printJson } from './print.ts';

/** What a call asks for. */
export interface WantedMigration {
  process: string;
  from: number;
  to: number;
  elements: Readonly<Record<string, string>>;
}

/** @throws UsageError */
export function wantedMigration(process: string, call: Call): WantedMigration {
  return { process, from: versionIn('from', call), to: versionIn('to', call), elements: mapped(call) };
}

/** Prints the plan, then tries it or does it. Gives 1 when some instances stay where they are. */
export async function migrateInstances(services: Services, wanted: WantedMigration, call: Call): Promise<number> {
  const { migration } = services.runtime;
  const dry = call.flag('dry-run');
  const from = await keyOfVersion(services, wanted.process, wanted.from);
  const to = await keyOfVersion(services, wanted.process, wanted.to);
  const plan = await migration.plan({ from, to });
  const renamed = plan.difference.renamed.map((one) => [one.from, one.to] as const);
  const request: MigrationRequest = { from, to, elements: { ...Object.fromEntries(renamed), ...wanted.elements } };
  const reason = call.text('reason');
  const by = { actor: operator(), ...(reason === undefined ? {} : { reason }) };
  const outcome = await (dry ? migration.dryRun(request) : migration.run(request, by));
  if (call.flag('json')) await printJson(call, { difference: plan.difference, elements: request.elements, ...outcome });
  else await printOutcome(plan, request, outcome, call);
  return outcome.refusals === 0 ? 0 : 1;
}

function versionIn(side: 'from' | 'to', call: Call): number {
  const version = call.number(side, 1, undefined);
  if (version === undefined) throw new UsageError(`Expected --${side} VERSION, but found none.`);
  return version;
}

async function keyOfVersion({ db }: Services, process: string, version: number): Promise<string> {
  const found = await readDefinitionVersion(db, 'process', process, version);
  if (found !== null) return found.key;
  throw new Error(`Expected version ${version} of process "${process}", but there is none.`);
}

/** `--map a=x,b=y`. @throws UsageError */
function mapped(call: Call): Record<string, string> {
  const pairs = (call.text('map') ?? '').split(',').filter((pair) => pair !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, here, there] = /^([^=]+)=([^=]+)$/.exec(pair.trim()) ?? [];
      if (here === undefined || there === undefined) {
        throw new UsageError(`Expected --map OLD=NEW,..., but found "${pair}".`);
      }
      return [here.trim(), there.trim()];
    }),
  );
}

async function printOutcome(
  { difference }: MigrationPlan,
  { elements = {} }: MigrationRequest,
  { migrated, refusals, refused }: MigrationOutcome,
  call: Call,
): Promise<void> {
  for (const [here, there] of Object.entries(elements)) await print(call, `${here} goes over to ${there}`);
  for (const { element, reason } of difference.changed) await print(call, `${element}: ${reason}`);
  for (const element of difference.gone) if (!(element in elements)) await print(call, `${element} is gone`);
  for (const { instance, reasons } of refused) {
    const said = reasons.map(({ element, reason }) => (element === undefined ? reason : `${element}: ${reason}`));
    await print(call, `${instance} stays: ${said.join('; ')}`);
  }
  if (refusals > refused.length) await print(call, `and ${refusals - refused.length} more stay`);
  const [go, stay] = call.flag('dry-run') ? ['would go over', 'would stay'] : ['went over', 'stay'];
  await print(call, `${migrated} ${go}, ${refusals} ${stay}.`);
}
