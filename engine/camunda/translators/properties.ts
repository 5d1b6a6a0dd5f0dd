/** Free properties, and the version tag of a process. */
import type { ModdleElement } from 'bpmn-moddle';
import { addExtension, make, note, takeAttribute, takeElements, type Importer } from '../importer.ts';

export function translateProperties(node: ModdleElement, c: Importer): void {
  for (const { children } of takeElements(c, node, 'properties')) {
    const properties = children.map(({ attributes: { name = '', value = '' } }) => {
      note(c, node, `camunda:property ${name}`, 'translated', `"${value}" is kept.`);
      return make(c, node, 'zeebe:Property', { name, value });
    });
    if (properties.length > 0) addExtension(c, node, 'zeebe:Properties', { properties });
  }
  if (node.$type !== 'bpmn:Process') return;
  const tag = takeAttribute(c, node, 'versionTag');
  if (tag === undefined) return;
  addExtension(c, node, 'zeebe:VersionTag', { value: tag });
  note(c, node, 'camunda:versionTag', 'translated', `"${tag}" is kept.`);
}
