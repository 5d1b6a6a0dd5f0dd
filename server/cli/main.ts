/** The subcommands of `lanework`: finds the one that is meant, runs it, says what went wrong. */
import { errorMessage } from '../db/error-code.ts';
import { UsageError, helpOf, readCall, twoColumns } from './command.ts';
import type { Io, Subcommand } from './command.ts';
import { print, say } from './print.ts';

/** Loaded when they are needed: most of the time only one is. */
const subcommands: Readonly<Record<string, () => Promise<Subcommand>>> = {
  start: async () => (await import('./start.ts')).start,
  migrate: async () => (await import('./migrate.ts')).migrate,
  deploy: async () => (await import('./deploy.ts')).deploy,
  instances: async () => (await import('./instances.ts')).instances,
  incidents: async () => (await import('./incidents.ts')).incidents,
  export: async () => (await import('./export.ts')).exportHistories,
  verify: async () => (await import('./verify.ts')).verify,
  doctor: async () => (await import('./doctor.ts')).doctor,
};

/** Does what the words say. Gives the exit code: 0 well, 1 trouble, 2 called wrongly. */
export async function main([name = '--help', ...words]: readonly string[], io: Io): Promise<number> {
  if (name === '--help' || name === 'help') {
    await print(io, await overview());
    return 0;
  }
  const load = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
  try {
    if (load === undefined) throw new UsageError(`Expected a command, but found "${name}".`);
    const subcommand = await load();
    if (words.includes('--help')) {
      await print(io, helpOf(subcommand));
      return 0;
    }
    return await subcommand.run(readCall(io, subcommand.options, words));
  } catch (error) {
    if (error instanceof UsageError) {
      say(io, `${error.message} See lanework ${load === undefined ? '' : `${name} `}--help.`);
      return 2;
    }
    say(io, errorMessage(error));
    return 1;
  }
}

async function overview(): Promise<string> {
  const all = await Promise.all(Object.values(subcommands).map((load) => load()));
  return [
    'Lanework runs BPMN processes for support desks.',
    '',
    '  lanework COMMAND [...]',
    '',
    ...twoColumns(all.map(({ name, summary }) => [name, summary])),
    '',
    'lanework COMMAND --help says more. All of them work on the database that the environment names: DATABASE_URL, or the',
    'embedded one in DATA_DIR (then no server may have it open).',
  ].join('\n');
}
