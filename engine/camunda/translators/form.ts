/** Forms of user tasks and start events. */
import type { ModdleElement } from 'bpmn-moddle';
import { addExtension, note, takeAttribute, takeElements, trouble, type Importer } from '../importer.ts';
import { isJuel } from '../juel/translate.ts';

export function translateForm(node: ModdleElement, c: Importer): void {
  if (node.$type !== 'bpmn:UserTask' && node.$type !== 'bpmn:StartEvent') return;
  translateLink(node, c);
  for (const field of takeElements(c, node, 'formData').flatMap(({ children }) => children)) {
    const { id = '', label = '', type = '' } = field.attributes;
    note(
      c,
      node,
      'camunda:formField',
      'left-out',
      `Field "${id}" (${[label, type].filter((one) => one !== '').join(', ')}) is not taken over. Put it into a form.`,
    );
  }
  for (const { attributes } of takeElements(c, node, 'formProperty')) {
    note(
      c,
      node,
      'camunda:formProperty',
      'left-out',
      `Field "${attributes.id ?? ''}" is not taken over. Put it into a form.`,
    );
  }
  const initiator = takeAttribute(c, node, 'initiator');
  if (initiator !== undefined) c.lost.push({ node, what: 'camunda:initiator', variable: initiator });
}

function translateLink(node: ModdleElement, c: Importer): void {
  const [ref, key] = [takeAttribute(c, node, 'formRef'), takeAttribute(c, node, 'formKey')];
  if (ref !== undefined && !isJuel(ref) && node.$type === 'bpmn:UserTask') {
    addExtension(c, node, 'zeebe:FormDefinition', { formId: ref });
    note(c, node, 'camunda:formRef', 'translated', `Form "${ref}" is linked; deploy it together with the process.`);
  } else if (ref !== undefined) {
    const message = `Form "${ref}" is not taken over: only user tasks have a form here, with a fixed id. Link it by hand.`;
    trouble(c, node, 'camunda:formRef', message, 'warning');
  }
  if (key === undefined) return;
  const message = `Form key "${key}" names a page of another application. Make a form and link it by its id.`;
  trouble(c, node, 'camunda:formKey', message, 'warning');
}
