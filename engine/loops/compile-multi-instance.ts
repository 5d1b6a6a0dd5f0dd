/** What the diagram says about a multi-instance marker, in the words of `zeebe:` or of the standard. */
import type { ModdleElement } from 'bpmn-moddle';
import type { Compiler } from '../bpmn/compiler.ts';
import { variableOf } from '../bpmn/data.ts';
import { child, children, extension, text } from '../bpmn/read.ts';
import type { Expression } from '../expression/expression.ts';
import { readBehaviour, type BehaviourEvent } from './behaviour-events.ts';
import { expressionIn } from './expression-in.ts';

export interface MultiInstance {
  readonly sequential: boolean;
  /** How many; null when there is a collection. */
  readonly cardinality: Expression | null;
  /** The input collection. */
  readonly items: Expression | null;
  /** The variable in which each iteration has its item. */
  readonly item: string | null;
  /** What an iteration gives. */
  readonly output: Expression | null;
  /** The variable that gets the outputs. */
  readonly collection: string | null;
  /** The variable that the output is made from: each iteration has one for itself. */
  readonly result: string | null;
  /** Ends the remaining iterations. */
  readonly completion: Expression | null;
  readonly behaviour: readonly BehaviourEvent[] | null;
  /** The data input that holds the collection in the words of the standard. */
  readonly collections: readonly string[];
}

/** A variable, or an entry in one: what is written there belongs to the iteration. */
const VARIABLE = /^\s*([\p{L}_][\p{L}\p{N}_]*)\s*(?:\.[\p{L}\p{N}_.\s]*)?$/u;

/** Reads `bpmn:multiInstanceLoopCharacteristics`. */
export function readMultiInstance(node: ModdleElement, activity: ModdleElement, c: Compiler): MultiInstance {
  const data = extension(node, 'zeebe:LoopCharacteristics');
  const cardinality = expressionIn(node, 'loopCardinality', activity, c);
  const completion = expressionIn(node, 'completionCondition', activity, c);
  const input = readInput(node, data, activity);
  const output = readOutput(node, data, activity);
  checkNumber(activity, cardinality, input.items, c);
  checkOutput(activity, output, c);
  const result = output.element === undefined ? undefined : VARIABLE.exec(output.element)?.[1];
  return {
    sequential: node.get('isSequential') === true,
    cardinality: cardinality === undefined ? null : c.expression(activity, cardinality),
    items: input.items === undefined ? null : c.expression(activity, input.items),
    item: input.item ?? null,
    output: output.element === undefined ? null : c.expression(activity, output.element),
    collection: output.collection ?? null,
    result: result === undefined || result === input.item || result === 'loopCounter' ? null : result,
    completion: completion === undefined ? null : c.expression(activity, completion),
    behaviour: readBehaviour(node, activity, c),
    collections: [child(node, 'loopDataInputRef')].filter((one) => one !== undefined).map(variableOf),
  };
}

interface Input {
  readonly items: string | undefined;
  readonly item: string | undefined;
}

function readInput(node: ModdleElement, data: ModdleElement | undefined, activity: ModdleElement): Input {
  const items = data && feel(text(data, 'inputCollection'));
  if (data && items !== undefined) return { items, item: text(data, 'inputElement') };
  const reference = child(node, 'loopDataInputRef');
  const item = child(node, 'inputDataItem');
  return { items: reference && quoted(behind(reference, activity)), item: item && variableOf(item) };
}

interface Output {
  readonly collection: string | undefined;
  /** FEEL without the leading `=`. */
  readonly element: string | undefined;
}

function readOutput(node: ModdleElement, data: ModdleElement | undefined, activity: ModdleElement): Output {
  const collection = data && text(data, 'outputCollection');
  const element = data && feel(text(data, 'outputElement'));
  if (collection !== undefined || element !== undefined) return { collection, element };
  const reference = child(node, 'loopDataOutputRef');
  const item = child(node, 'outputDataItem');
  return {
    collection: reference && behind(reference, activity),
    element: item && quoted(variableOf(item)),
  };
}

function feel(value: string | undefined): string | undefined {
  return value?.trim().replace(/^=/, '').trim();
}

/** A variable's name as a FEEL expression. */
function quoted(name: string): string {
  return VARIABLE.test(name) ? name : `\`${name}\``;
}

/** The variable behind a data element: of an input or output of the activity that of the data it is associated with. */
function behind(node: ModdleElement, activity: ModdleElement): string {
  const isThis = (other: ModdleElement | undefined): boolean => other === node;
  const into = children(activity, 'dataInputAssociations').find((one) => isThis(child(one, 'targetRef')));
  const outOf = children(activity, 'dataOutputAssociations').find((one) => children(one, 'sourceRef').some(isThis));
  const [from] = into ? children(into, 'sourceRef') : [];
  return variableOf(from ?? (outOf && child(outOf, 'targetRef')) ?? node);
}

function checkNumber(activity: ModdleElement, cardinality: string | undefined, items: string | undefined, c: Compiler) {
  if ((cardinality === undefined) !== (items === undefined)) return;
  c.problem(
    activity,
    'loop',
    `Expected the multi-instance marker of "${activity.id ?? ''}" to have a cardinality or an input collection, but found ` +
      `${items === undefined ? 'neither' : 'both'}. ${items === undefined ? 'Write one of them' : 'Take one of them out'}.`,
  );
}

function checkOutput(activity: ModdleElement, { collection, element }: Output, c: Compiler): void {
  if ((collection === undefined) === (element === undefined)) return;
  c.problem(
    activity,
    'loop',
    `Expected the output collection of "${activity.id ?? ''}" to have an output element, and the other way round. ` +
      'Fill in both or neither.',
  );
}
