/** The subcommands of `lanework`: finds the one that is meant, runs it, says what went wrong. */
import { errorMessage } from '../db/error-code.ts';
import { UsageError, helpOf, readCall, twoColumns } from './command.ts';
import type { Io, Subcommand } from './command.ts';
import { deploy } from './deploy.ts';
import { doctor } from './doctor.ts';
import { exportHistories } from './export.ts';
import { hold } from './hold.ts';
import { incidents } from './incidents.ts';
import { instances } from './instances.ts';
import { migrate } from './migrate.ts';
import { print, say } from './print.ts';
import { retention } from './retention.ts';
import { start } from './start.ts';
import { verify } from './verify.ts';
import { VERSION } from '../version.ts';

const subcommands: readonly Subcommand[] = [
  start,
  migrate,
  deploy,
  instances,
  incidents,
  exportHistories,
  verify,
  doctor,
  retention,
  hold,
];

/** Does what the words say. Gives the exit code: 0 well, 1 trouble, 2 called wrongly. */
export async function main([name = '--help', ...words]: readonly string[], io: Io): Promise<number> {
  if (name === '--help' || name === 'help') {
    await print(io, overview());
    return 0;
  }
  if (name === '--version') {
    await print(io, VERSION);
    return 0;
  }
  const subcommand = subcommands.find((it) => it.name === name);
  try {
    if (subcommand === undefined) throw new UsageError(`Expected a command, but found "${name}".`);
    if (words.includes('--help')) {
      await print(io, helpOf(subcommand));
      return 0;
    }
    return await subcommand.run(readCall(io, subcommand, words));
  } catch (error) {
    if (error instanceof UsageError) {
      say(io, `${error.message} See lanework ${subcommand === undefined ? '' : `${name} `}--help.`);
      return 2;
    }
    say(io, errorMessage(error));
    return 1;
  }
}

function overview(): string {
  return [
    'Lanework runs BPMN processes for support desks.',
    '',
    '  lanework COMMAND [...]',
    '',
    ...twoColumns(subcommands.map(({ name, summary }) => [name, summary])),
    '',
    'lanework COMMAND --help says more, lanework --version which one this is. All commands work on the database that the',
    'environment names: DATABASE_URL, or the embedded one in DATA_DIR (then no server may have it open).',
  ].join('\n');
}
