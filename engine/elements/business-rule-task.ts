/** Business rule task (BPMN 2.0, 10.3.3): evaluates a DMN decision of the release, or is a job. */
import type { Behaviour } from '../behaviour.ts';
import { extension, text } from '../bpmn/read.ts';
import { DecisionError, evaluateDecision } from '../decision/index.ts';
import { evaluate } from '../evaluation.ts';
import { complete, ownScope, type Execution } from '../execution.ts';
import { BudgetExceeded, withBudget, type Expression } from '../expression/expression.ts';
import { Failure } from '../failure.ts';
import type { Token, Value } from '../instance.ts';
import { visible } from '../variables.ts';
import { fixedReference } from './fixed-reference.ts';
import { compileJob, completeWith, JOB_EXTENSIONS, requestJob, type JobSpec } from './job.ts';

interface BusinessRule {
  readonly job: JobSpec | null;
  readonly decision: Expression;
  readonly result: string;
}

export const businessRuleTask: Behaviour<BusinessRule> = {
  type: 'bpmn:BusinessRuleTask',
  globalType: 'bpmn:GlobalBusinessRuleTask',
  extensions: [...JOB_EXTENSIONS, 'zeebe:CalledDecision'],
  compile(node, c) {
    const called = extension(node, 'zeebe:CalledDecision');
    const decision = called && text(called, 'decisionId');
    const result = called && text(called, 'resultVariable');
    const job = compileJob(node, c);
    if (!job && (decision === undefined || result === undefined)) {
      c.problem(
        node,
        'called-decision',
        `Expected business rule task "${node.id ?? ''}" to name a decision and a result variable. Fill them in.`,
      );
    }
    return { job, decision: c.value(node, decision ?? ''), result: result ?? '' };
  },
  enter(x, token, element) {
    const { job, decision, result } = element.spec;
    if (job) return requestJob(x, token, element, job);
    const id = evaluate(x, ownScope(x, token), decision, 'called decision');
    complete(x, token, { [result]: decide(x, token, id) });
  },
  references({ spec }) {
    return spec.job ? [] : fixedReference('decisions', spec.decision);
  },
  trigger: completeWith,
};

function decide(x: Execution, token: Token, id: Value): Value {
  const decision = typeof id === 'string' ? x.release.decisions.get(id) : undefined;
  if (!decision || typeof id !== 'string') {
    throw new Failure(
      'decision',
      `Expected decision ${JSON.stringify(id)} in release ${x.release.id}, but it is not there. ` +
        'Deploy it, then migrate the case and resolve the incident.',
    );
  }
  try {
    const variables = visible(x.instance, ownScope(x, token));
    const { output, rules, inputs, required } = withBudget(undefined, () =>
      evaluateDecision(decision, variables, x.at),
    );
    const others = required.length > 0 ? { required } : {};
    x.emit({ type: 'DecisionEvaluated', token: token.id, decision: id, inputs, rules, output, ...others });
    return output;
  } catch (cause) {
    if (cause instanceof BudgetExceeded) throw new Failure('expression', cause.message);
    if (!(cause instanceof DecisionError)) throw cause;
    throw new Failure('decision', cause.message);
  }
}
