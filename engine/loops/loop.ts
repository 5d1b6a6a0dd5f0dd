/**
 * What a loop marker does with its activity (BPMN 2.0, 10.3.8). One marker = one file in this folder and one line in
 * loops/index.ts. The token that a flow brings is the *body*: boundary events sit on it, and its scope carries the
 * loop's counts. Each iteration is a token at the same element in that scope, with a scope of its own.
 */
import type { ModdleElement } from 'bpmn-moddle';
import type { Compiler } from '../bpmn/compiler.ts';
import type { Execution } from '../execution.ts';
import type { Token, Variables } from '../instance.ts';
import type { Element } from '../model.ts';

/** The compiled marker of one activity. */
export interface Loop {
  /** How it goes round, for people; an instance goes over to another release in the midst of it when that is the same. */
  readonly kind: string;
  /** The variables that each iteration has for itself: results of these names do not leave it. */
  readonly local: readonly string[];
  /** Data inputs of the activity that are the loop's: an iteration gets no copy. */
  readonly collections: readonly string[];
  /** The body was taken in and its boundary events wait. */
  begin(x: Execution, body: Token, element: Element): void;
  /** An iteration did its work and wrote its outputs: its token has to be completed, and the loop goes on or ends. */
  iterated(x: Execution, token: Token, element: Element): void;
  /** The last iteration that was at work is gone, but did not get that far. */
  goOn(x: Execution, body: Token, element: Element): void;
  /** Whether nothing goes on in the body any more, so that it may be left. */
  isOver(x: Execution, body: Token): boolean;
  /** What the body gives to the scope around it when all is done. */
  result(x: Execution, body: Token): Variables;
}

export interface LoopMarker {
  /** The BPMN type of the loop characteristics. */
  readonly type: string;
  /** The `zeebe:` extension elements that it reads. */
  readonly extensions: readonly string[];
  /** @param node the loop characteristics @param activity whose they are; problems are reported on it */
  compile(node: ModdleElement, activity: ModdleElement, c: Compiler): Loop;
}
