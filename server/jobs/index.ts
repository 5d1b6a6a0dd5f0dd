/** The job handlers of this server: one line per file. */
import type { JobHandler } from '../process/job-handler.ts';
import { notify } from './notify.ts';

export const jobHandlers: readonly JobHandler[] = [notify];
