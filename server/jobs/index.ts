/** The job handlers of this server: one line per file. */
import type { Config } from '../config.ts';
import type { JobHandler } from '../process/job-handler.ts';
import { notify } from './notify.ts';

const jobHandlers: readonly JobHandler[] = [notify];

/** Those that the configuration leaves to this server. @throws Error when it names others to be left out */
export function ownHandlers({ outsideJobs }: Pick<Config, 'outsideJobs'>): JobHandler[] {
  const types = jobHandlers.map(({ type }) => type);
  const unknown = outsideJobs.filter((type) => !types.includes(type));
  if (unknown.length === 0) return jobHandlers.filter(({ type }) => !outsideJobs.includes(type));
  throw new Error(
    `Expected OUTSIDE_JOBS to name jobs that the server does itself (${types.join(', ')}), but found ` +
      `${unknown.join(', ')}. Leave that out: outside workers do all other jobs anyhow.`,
  );
}
