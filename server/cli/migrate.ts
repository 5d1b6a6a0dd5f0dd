import { compareMigrations, migrate as runMigrations } from '../db/migrate.ts';
import { json } from './command.ts';
import type { Subcommand } from './command.ts';
import { withDatabase } from './open.ts';
import { print, printJson } from './print.ts';

/** Brings the database to the schema of this version. */
export const migrate: Subcommand = {
  name: 'migrate',
  summary: 'Brings the database to the schema of this version; an empty one is enough.',
  usage: ['[--dry-run] [--json]'],
  options: { 'dry-run': { type: 'boolean', help: 'say what would run, and run nothing' }, json },
  wordless: true,
  notes: 'Servers do the same when they start. Run it before them when they may not change the schema.',
  run: (call) =>
    withDatabase(call, async (db) => {
      const dry = call.flag('dry-run');
      const names = dry ? (await compareMigrations(db)).missing : await runMigrations(db);
      if (call.flag('json')) await printJson(call, { [dry ? 'missing' : 'ran']: names });
      else if (names.length === 0) await print(call, 'The schema is that of this version.');
      else for (const name of names) await print(call, `${dry ? 'would run' : 'ran'} ${name}`);
      return 0;
    }),
};
