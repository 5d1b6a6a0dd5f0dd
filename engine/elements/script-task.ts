/** Script task (BPMN 2.0, 10.3.3): a FEEL expression whose value goes to a variable, or a job. */
import type { Behaviour } from '../behaviour.ts';
import { extension, text } from '../bpmn/read.ts';
import { lookUp } from '../evaluation.ts';
import { complete, ownScope } from '../execution.ts';
import type { Expression } from '../expression/expression.ts';
import { compileJob, completeWith, JOB_EXTENSIONS, requestJob, type JobSpec } from './job.ts';

interface Script {
  readonly job: JobSpec | null;
  readonly expression: Expression;
  readonly result: string;
}

export const scriptTask: Behaviour<Script> = {
  type: 'bpmn:ScriptTask',
  globalType: 'bpmn:GlobalScriptTask',
  extensions: [...JOB_EXTENSIONS, 'zeebe:Script'],
  compile(node, c) {
    const script = extension(node, 'zeebe:Script');
    const feel = script && text(script, 'expression');
    const result = script && text(script, 'resultVariable');
    const job = compileJob(node, c);
    if (!job && (feel === undefined || result === undefined)) {
      c.problem(
        node,
        'script',
        `Expected script task "${node.id ?? ''}" to have a FEEL expression and a result variable. Fill them in.`,
      );
    }
    return { job, expression: c.expression(node, feel ?? 'null'), result: result ?? '' };
  },
  enter(x, token, element) {
    const { job, expression, result } = element.spec;
    if (job) requestJob(x, token, element, job);
    else complete(x, token, { [result]: lookUp(x, ownScope(x, token), expression) });
  },
  trigger: completeWith,
};
