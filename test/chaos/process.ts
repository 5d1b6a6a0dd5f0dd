/** The processes that chaos runs: a case has a user task with a short timer on it, a job, a message out, two messages in. */
import {
  definitions,
  end,
  extensions,
  flows,
  mapping,
  message,
  node,
  on,
  process,
  service,
  start,
  timer,
} from '../support/bpmn.ts';

const form = JSON.stringify({
  type: 'default',
  id: 'chaos-form',
  schemaVersion: 18,
  components: [{ type: 'textfield', id: 'Field_tag', key: 'tag', label: 'Tag' }],
});

const diagram = definitions(
  message('begin', 'chaos.begin', 'case'),
  message('ask', 'chaos.ask', 'case'),
  message('answer', 'chaos.answer', 'case'),
  message('reply', 'chaos.reply', 'case'),
  process(
    'chaos',
    start('started', on('message', 'begin')),
    node('userTask', 'work', '', extensions('<zeebe:userTask/><zeebe:formDefinition formId="chaos-form"/>')),
    node('boundaryEvent', 'late', 'attachedToRef="work" cancelActivity="false"', timer('Duration', 'PT1S')),
    end('noted'),
    service('tell', 'notify', mapping({ to: '=[]' })),
    node('intermediateThrowEvent', 'asks', '', extensions(mapping({ case: '=case' })), on('message', 'ask')),
    node('intermediateCatchEvent', 'hears', '', on('message', 'answer')),
    node('intermediateCatchEvent', 'waits', '', on('message', 'reply')),
    node('intermediateCatchEvent', 'rests', '', timer('Duration', 'PT0.3S')),
    end(),
    flows('started -> work -> tell -> asks -> hears -> waits -> rests -> end', 'late -> noted'),
  ),
  process(
    'chaos-echo',
    start('asked', on('message', 'ask')),
    node('intermediateThrowEvent', 'answers', '', on('message', 'answer')),
    end('echoed'),
    flows('asked -> answers -> echoed'),
  ),
);

/** To be deployed. */
export const chaosFiles = [
  { name: 'chaos.bpmn', content: diagram },
  { name: 'chaos.form', content: form },
];
