/**
 * Ad-hoc sub-process (BPMN 2.0, 10.3.5): its activities have no given order. Those that nothing leads to begin when it is
 * entered (with `activeElementsCollection`: those that are named), and again whenever somebody asks. It ends when its
 * completion condition holds after one of them, or, without condition, when none is active any more.
 */
import type { Behaviour } from '../behaviour.ts';
import { formalExpression } from '../bpmn/formal-expression.ts';
import { extension, text } from '../bpmn/read.ts';
import { holds, lookUp } from '../evaluation.ts';
import { complete, elementIn, type Execution } from '../execution.ts';
import { openScope, setLocal } from '../mappings.ts';
import { terminateInside } from '../termination.ts';
import type { Expression } from '../expression/expression.ts';
import { Failure } from '../failure.ts';
import type { Token } from '../instance.ts';
import type { Element } from '../model.ts';
import { scopeOf } from '../variables.ts';
import { beginAll, openInside, startInside } from './scope.ts';

interface AdHoc {
  readonly sequential: boolean;
  readonly condition: Expression | null;
  /** Whether what is still active ends when the condition holds. */
  readonly cancelRemaining: boolean;
  /** Gives the ids of the elements to begin with; null: all. */
  readonly active: Expression | null;
  readonly output: { readonly collection: string; readonly element: Expression } | null;
}

export const adHocSubProcess: Behaviour<AdHoc> = {
  type: 'bpmn:AdHocSubProcess',
  extensions: ['zeebe:AdHoc'],

  compile(node, c) {
    const body = formalExpression(node, 'completionCondition', node, c);
    const adHoc = extension(node, 'zeebe:AdHoc');
    const active = adHoc && text(adHoc, 'activeElementsCollection');
    const collection = adHoc && text(adHoc, 'outputCollection');
    const element = adHoc && text(adHoc, 'outputElement');
    if ((collection === undefined) !== (element === undefined)) {
      c.problem(
        node,
        'output-collection',
        `Expected both an output collection and an output element at "${node.id ?? ''}", or neither. Fill in the other.`,
      );
    }
    return {
      sequential: node.get('ordering') === 'Sequential',
      condition: body === undefined ? null : c.expression(node, body),
      cancelRemaining: node.get('cancelRemainingInstances') !== false,
      active: active === undefined ? null : c.expression(node, active),
      output:
        collection === undefined || element === undefined ? null : { collection, element: c.expression(node, element) },
    };
  },

  enter(x, token, element) {
    const { spec, children } = element;
    if (!children) return;
    openWithOutput(x, token, element);
    const wanted = chosen(x, token, element);
    const first = spec.sequential ? wanted.slice(0, 1) : wanted;
    startInside(x, token.id, { ...children, implicit: first });
    const rest = wanted.slice(first.length).map(({ id }) => id);
    if (rest.length > 0) queue(x, token, rest, false);
  },

  open(x, token, element) {
    openWithOutput(x, token, element);
    if (element.children) openInside(x, token.id, element.children);
  },

  choices: ({ children }) => children?.implicit ?? [],

  activate(x, token, { spec }, wanted) {
    const ids = [...(token.awaiting ?? []), ...wanted.map(({ id }) => id)];
    if (spec.sequential) queue(x, token, ids, !isAtWork(x, token.id));
    else beginAll(x, token.id, wanted);
  },

  innerCompleted(x, token, element, ended) {
    const { condition, cancelRemaining, output } = element.spec;
    if (output && ended) collect(x, token, output);
    if (condition && holds(x, token.id, condition)) {
      if (cancelRemaining) terminateInside(x, token.id);
      if (!isBusy(x, token.id)) complete(x, token);
    } else if (token.awaiting?.length) {
      if (!isAtWork(x, token.id)) queue(x, token, token.awaiting, true);
    } else if (!condition && !isBusy(x, token.id)) {
      complete(x, token);
    }
  },
};

function openWithOutput(x: Execution, token: Token, { spec }: Element<AdHoc>): void {
  openScope(x, token);
  if (spec.output) setLocal(x, token.id, { [spec.output.collection]: [] });
}

function isBusy(x: Execution, scope: number): boolean {
  return x.instance.tokens.some((token) => token.scope === scope);
}

/** Whether something is done inside; a token that waits to be joined is not. */
function isAtWork(x: Execution, scope: number): boolean {
  return x.instance.tokens.some((token) => token.scope === scope && token.state !== 'arrived');
}

/** Keeps the elements of a sequential one that are still to come; `begin`: the first of them begins now. */
function queue(x: Execution, token: Token, ids: readonly string[], begin: boolean): void {
  const [first, ...rest] = ids;
  x.emit({ type: 'AwaitingChanged', token: token.id, awaiting: begin ? rest : [...ids] });
  if (begin && first !== undefined) beginAll(x, token.id, [elementIn(x, token.scope, first)]);
}

function collect(x: Execution, token: Token, { collection, element }: NonNullable<AdHoc['output']>): void {
  const list = scopeOf(x.instance, token.id).variables[collection];
  const value = lookUp(x, token.id, element);
  setLocal(x, token.id, { [collection]: [...(Array.isArray(list) ? list : []), value] });
}

/** The elements to begin with, in the order of the diagram. */
function chosen(x: Execution, token: Token, { id, spec, children }: Element<AdHoc>): Element[] {
  const all = children?.implicit ?? [];
  if (!spec.active) return all;
  const ids = lookUp(x, token.id, spec.active);
  if (!Array.isArray(ids) || ids.some((one) => !all.some((element) => element.id === one))) {
    throw new Failure(
      'expression',
      `Expected the active elements of "${id}" to be a list out of ${all.map((one) => one.id).join(', ')}, ` +
        `but found ${JSON.stringify(ids)}. Correct the variables, then resolve the incident.`,
    );
  }
  return all.filter((element) => ids.includes(element.id));
}
