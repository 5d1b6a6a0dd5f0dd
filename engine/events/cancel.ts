/** Cancel event definition: the end of a transaction that is to be undone (BPMN 2.0, 10.3.5 and 10.5.5). */
import type { ModdleElement } from 'bpmn-moddle';
import { child } from '../bpmn/read.ts';
import { cancelTransaction } from '../compensation.ts';
import { tokenOf } from '../execution.ts';
import type { EventDefinition } from './definition.ts';

interface CancelData {
  /** Of an end event: the transaction that it cancels. */
  readonly transaction: string;
}

export const cancel: EventDefinition<CancelData> = {
  type: 'bpmn:CancelEventDefinition',
  places: ['boundary', 'end'],
  mustInterrupt: true,

  compile(_node, event, c) {
    const host = child(event, 'attachedToRef');
    const transaction = host ? isTransaction(host) && host : around(event);
    if (!transaction) {
      c.problem(
        event,
        'cancel',
        `Expected "${event.id ?? ''}" to ${host ? 'sit on' : 'stand inside'} a transaction, which alone can be cancelled. ` +
          'Make the sub-process a transaction, or choose another event.',
      );
    }
    return { transaction: (transaction && transaction.id) || '' };
  },

  final: () => true,

  throw(x, token, _element, { transaction }) {
    let host = tokenOf(x, token.scope);
    while (host && host.element !== transaction) host = tokenOf(x, host.scope);
    if (host) cancelTransaction(x, token, host);
  },

  catches: (_data, kind) => (kind === 'cancel' ? 2 : 0),
};

function isTransaction(node: ModdleElement): boolean {
  return node.$type === 'bpmn:Transaction';
}

/** The nearest transaction around an event. */
function around(event: ModdleElement): ModdleElement | undefined {
  let node = event.$parent;
  while (node && !isTransaction(node)) node = node.$parent;
  return node;
}
