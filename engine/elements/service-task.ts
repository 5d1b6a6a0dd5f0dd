/** Service task (BPMN 2.0, 10.3.3): a job for a handler or an external worker. */
import type { Behaviour } from '../behaviour.ts';

import { compileJob, completeWith, JOB_EXTENSIONS, requestJob, type JobSpec } from './job.ts';

export const serviceTask: Behaviour<JobSpec | null> = {
  type: 'bpmn:ServiceTask',
  extensions: JOB_EXTENSIONS,
  compile(node, c) {
    const job = compileJob(node, c);
    if (!job) {
      c.problem(
        node,
        'job-type',
        `Expected service task "${node.id ?? ''}" to have a task definition. Give it a type.`,
      );
    }
    return job;
  },
  enter(x, token, element) {
    if (element.spec) requestJob(x, token, element, element.spec);
  },
  trigger: completeWith,
};
