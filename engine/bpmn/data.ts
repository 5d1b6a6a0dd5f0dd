/**
 * Data of the standard as variables (BPMN 2.0, 10.4): a data object, property, data input or data output is the variable of
 * its name (without one, of its id); data associations copy between them.
 */
import type { ModdleElement } from 'bpmn-moddle';
import type { Expression } from '../expression/expression.ts';
import type { DataCopy, DataFlow } from '../model.ts';
import type { Compiler } from './compiler.ts';
import { formalExpression } from './formal-expression.ts';
import { child, children, text } from './read.ts';

/** The variable that a data element stands for; a reference to a data object stands for its object. */
export function variableOf(data: ModdleElement): string {
  const object = data.$type === 'bpmn:DataObjectReference' ? child(data, 'dataObjectRef') : undefined;
  return object ? variableOf(object) : (text(data, 'name') ?? data.id ?? '').trim();
}

/** Variables that belong to a scope: its data objects and properties. */
export function declaredData(scope: ModdleElement): string[] {
  const objects = children(scope, 'flowElements').filter(({ $type }) => $type === 'bpmn:DataObject');
  return [...new Set([...objects, ...children(scope, 'properties')].map(variableOf))];
}

/** The data associations of an activity or event; null when it has none. */
export function compileData(node: ModdleElement, c: Compiler): DataFlow | null {
  const io = child(node, 'ioSpecification');
  const outputs = io ? children(io, 'dataOutputs') : children(node, 'dataOutputs');
  // The scope of a sub-process has its properties already.
  const properties = node.$instanceOf('bpmn:SubProcess') ? [] : children(node, 'properties').filter(isData);
  const flow: DataFlow = {
    inputs: children(node, 'dataInputAssociations').flatMap((association) => compileAssociation(association, node, c)),
    outputs: children(node, 'dataOutputAssociations').flatMap((association) =>
      compileAssociation(association, node, c),
    ),
    local: [...outputs, ...properties].map(variableOf),
  };
  return flow.inputs.length + flow.outputs.length + flow.local.length === 0 ? null : flow;
}

/** Editors draw associations to tasks that have no data inputs: their placeholder is no data. */
function isData(property: ModdleElement): boolean {
  return text(property, 'name') !== '__targetRef_placeholder';
}

function compileAssociation(association: ModdleElement, owner: ModdleElement, c: Compiler): DataCopy[] {
  const reads = children(association, 'sourceRef').map(variableOf);
  const target = child(association, 'targetRef');
  const assignments = children(association, 'assignment').map((assignment) => ({
    reads,
    source: c.expression(owner, formalExpression(assignment, 'from', owner, c) ?? ''),
    target: pathOf(formalExpression(assignment, 'to', owner, c) ?? ''),
  }));
  if (assignments.length > 0 || !target || !isData(target)) return assignments;
  const transformation = child(association, 'transformation');
  const [source] = reads;
  if (!transformation && source === undefined) return [];
  const value = transformation
    ? c.expression(owner, formalExpression(association, 'transformation', owner, c) ?? '')
    : readVariable(source ?? '');
  return [{ reads, source: value, target: [variableOf(target)] }];
}

/** `=order.total` as context keys. */
function pathOf(target: string): string[] {
  return target.trim().replace(/^=/, '').split('.');
}

/** Reads one variable by its plain name, whatever characters it has. */
function readVariable(name: string): Expression {
  return {
    text: name,
    names: [name],
    evaluate(context) {
      const value = Object.hasOwn(context, name) ? context[name] : undefined;
      return value === undefined
        ? { value: null, missing: [name], warnings: [] }
        : { value, missing: [], warnings: [] };
    },
  };
}
