/** `lanework COMMAND` in this process. */
import { errorCode } from '../db/error-code.ts';
import { main } from './main.ts';

// `lanework export --all | head`: whoever reads has enough.
process.stdout.on('error', (error) => {
  if (errorCode(error) !== 'EPIPE') throw error;
  process.exit(0);
});
process.exitCode = await main(process.argv.slice(2), { env: process.env, out: process.stdout, err: process.stderr });
