import type { Subcommand } from './command.ts';

/** The server, in this process. */
export const start: Subcommand = {
  name: 'start',
  summary: 'Runs a server: migrates the database, serves pages and API, does timers and jobs.',
  usage: [''],
  options: {},
  wordless: true,
  notes: 'The environment configures it (README, "Configuration"). SIGTERM or Ctrl-C ends it.',
  async run() {
    await import('../main.ts');
    return 0;
  },
};
