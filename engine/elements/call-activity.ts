/** Call activity (BPMN 2.0, 10.3.6): the called process is a scope of the same instance with its own model. */
import type { Behaviour } from '../behaviour.ts';
import { extension, text } from '../bpmn/read.ts';
import { evaluate } from '../evaluation.ts';
import { childrenOf, complete, ownScope } from '../execution.ts';
import { openScope, setLocal } from '../mappings.ts';
import type { Expression } from '../expression/expression.ts';
import { Failure } from '../failure.ts';
import { keep } from '../keep.ts';
import { scopeOf, stored } from '../variables.ts';
import { fixedReference } from './fixed-reference.ts';
import { startInside } from './scope.ts';

interface Call {
  readonly process: Expression;
  /** Whether the called process gets a copy of all variables that the call sees. */
  readonly passAll: boolean;
  /** Whether all its variables come back when there is no output mapping. */
  readonly returnAll: boolean;
}

export const callActivity: Behaviour<Call> = {
  type: 'bpmn:CallActivity',
  extensions: ['zeebe:CalledElement'],

  compile(node, c) {
    const called = extension(node, 'zeebe:CalledElement');
    const process =
      (called && (text(called, 'processId') ?? text(called, 'processIdExpression'))) ??
      text(node, 'calledElement')?.replace(/^[^:="]+:/, '');
    if (process === undefined) {
      c.problem(
        node,
        'called-process',
        `Expected call activity "${node.id ?? ''}" to name the process to call. Choose one.`,
      );
    }
    return {
      process: c.value(node, process ?? ''),
      passAll: called?.get('propagateAllParentVariables') !== false,
      returnAll: called?.get('propagateAllChildVariables') === true,
    };
  },

  enter(x, token, { id, spec }) {
    const process = evaluate(x, ownScope(x, token), spec.process, 'called process');
    const model = typeof process === 'string' ? x.release.processes.get(process) : undefined;
    if (!model) {
      throw new Failure(
        'call',
        `Expected process ${JSON.stringify(process)}, called by "${id}", in release ${x.release.id}, but it is not there. ` +
          'Deploy it, then migrate or restart the case.',
      );
    }
    const outside = spec.passAll ? stored(x.instance, token.scope) : {};
    const mapped = x.instance.scopes.find((scope) => scope.id === token.id)?.variables ?? {};
    if (x.instance.scopes.some((scope) => scope.id === token.id)) x.emit({ type: 'ScopeClosed', scope: token.id });
    openScope(x, token, model.id);
    setLocal(x, token.id, { ...outside, ...mapped });
    startInside(x, token.id, model.root);
  },

  references({ spec }) {
    return fixedReference('processes', spec.process);
  },

  childrenGone(x, token, element) {
    const { spec, outputs } = element;
    const inside = scopeOf(x.instance, token.id).variables;
    keep(x, token, element, childrenOf(x, token.id));
    x.emit({ type: 'ScopeClosed', scope: token.id });
    // The scope of the called process stood in the place of the iteration's own.
    if (token.iteration !== undefined) openScope(x, token);
    if (outputs.length > 0 || spec.returnAll) complete(x, token, inside);
    else complete(x, token);
  },
};
