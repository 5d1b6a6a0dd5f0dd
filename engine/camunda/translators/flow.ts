/** Flows out of a gateway that have no condition: the old engine takes them as if it were true. */
import type { ModdleElement } from 'bpmn-moddle';
import { child, children } from '../../bpmn/read.ts';
import { make, note, type Importer } from '../importer.ts';

export function translateFlow(node: ModdleElement, c: Importer): void {
  if (!node.$instanceOf('bpmn:FlowElementsContainer')) return;
  const flows = children(node, 'flowElements').filter(({ $type }) => $type === 'bpmn:SequenceFlow');
  for (const flow of flows) {
    const gateway = child(flow, 'sourceRef');
    if (!gateway || child(flow, 'conditionExpression') || !choosesAlways(gateway, flow)) continue;
    if (flows.filter((other) => child(other, 'sourceRef') === gateway).length < 2) continue;
    flow.set('conditionExpression', make(c, flow, 'bpmn:FormalExpression', { body: '=true' }));
    note(
      c,
      flow,
      'conditionExpression',
      'replaced',
      'The flow had no condition; it is now written that it always holds.',
    );
  }
}

/** An exclusive gateway with a default flow and a flow without condition is a mistake in both engines. */
function choosesAlways(gateway: ModdleElement, flow: ModdleElement): boolean {
  if (gateway.$type === 'bpmn:InclusiveGateway') return child(gateway, 'default') !== flow;
  return gateway.$type === 'bpmn:ExclusiveGateway' && !child(gateway, 'default');
}
