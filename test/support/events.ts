/** The places where an event can stand, each as a small process; user task `handled` is reached when the event came. */
import { definitions, end, flows, node, process, start, user } from './bpmn.ts';

/** A process that begins with the event. */
export function starting(definition: string, attributes: string, ...roots: string[]): string {
  return definitions(
    ...roots,
    process(
      'p',
      node('startEvent', 'begin', attributes, definition),
      user('handled'),
      end(),
      flows('begin -> handled -> end'),
    ),
  );
}

/** User task `work`, and an event sub-process beside it. */
export function eventSubProcess(
  definition: string,
  interrupting: boolean,
  attributes: string,
  ...roots: string[]
): string {
  const begin = node('startEvent', 'begin', `isInterrupting="${interrupting}" ${attributes}`, definition);
  return definitions(
    ...roots,
    process(
      'p',
      start(),
      user('work'),
      end(),
      flows('start -> work -> end'),
      node(
        'subProcess',
        'group',
        'triggeredByEvent="true"',
        begin,
        user('handled'),
        end('end2'),
        flows('begin -> handled -> end2'),
      ),
    ),
  );
}

/** User task `work` with the event on its edge. */
export function boundary(definition: string, interrupting: boolean, attributes: string, ...roots: string[]): string {
  return definitions(
    ...roots,
    process(
      'p',
      start(),
      user('work'),
      node('boundaryEvent', 'edge', `attachedToRef="work" cancelActivity="${interrupting}" ${attributes}`, definition),
      user('handled'),
      end(),
      end('end2'),
      flows('start -> work -> end', 'edge -> handled -> end2'),
    ),
  );
}

/** A catch event before the task. */
export function catching(definition: string, attributes: string, ...roots: string[]): string {
  return definitions(
    ...roots,
    process(
      'p',
      start(),
      node('intermediateCatchEvent', 'wait', attributes, definition),
      user('handled'),
      end(),
      flows('start -> wait -> handled -> end'),
    ),
  );
}

/** Inside a sub-process an event throws, beside user task `beside`; what is on its edge catches. */
export function thrown(
  place: 'throw' | 'end',
  definition: string,
  edge: string,
  interrupting: boolean,
  ...roots: string[]
): string {
  const within =
    place === 'end'
      ? [node('endEvent', 'throw', '', definition), flows('fork -> throw')]
      : [
          node('intermediateThrowEvent', 'throw', '', definition),
          user('after'),
          end('e2'),
          flows('fork -> throw -> after -> e2'),
        ];
  return definitions(
    ...roots,
    process(
      'p',
      start(),
      node(
        'subProcess',
        'sub',
        '',
        start('s1'),
        node('parallelGateway', 'fork'),
        user('beside'),
        end('e1'),
        flows('s1 -> fork -> beside -> e1'),
        ...within,
      ),
      ...(edge === ''
        ? []
        : [
            node('boundaryEvent', 'edge', `attachedToRef="sub" cancelActivity="${interrupting}"`, edge),
            user('handled'),
            end('end2'),
            flows('edge -> handled -> end2'),
          ]),
      end(),
      flows('start -> sub -> end'),
    ),
  );
}

/** A conditional event definition; `filter` is the content of its extension elements. */
export const condition = (feel: string, filter = ''): string =>
  `<bpmn:conditionalEventDefinition>${filter === '' ? '' : `<bpmn:extensionElements>${filter}</bpmn:extensionElements>`}` +
  `<bpmn:condition xsi:type="bpmn:tFormalExpression">=${feel.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</bpmn:condition></bpmn:conditionalEventDefinition>`;
