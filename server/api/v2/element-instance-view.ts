/** How an element instance looks, and what it can be searched by. */
import { z } from 'zod';
import { ROOT } from '../../../engine/index.ts';
import type { Element, ProcessModel } from '../../../engine/index.ts';
import { formatPart } from '../../db/key.ts';
import type { Search } from '../../db/search.ts';
import type { Chronicle, ElementRecord } from '../../process/chronicle.ts';
import type { Services } from '../../services.ts';
import { dateTime, TENANT } from './format.ts';
import { definitionOf, elementKey, readElementKey } from './inside.ts';
import type { ItemFields } from './search-items.ts';
import type { Inside } from './search-inside.ts';
import { searchShape } from './search.ts';

const TYPES: Readonly<Record<string, ElementType>> = {
  'bpmn:SubProcess': 'SUB_PROCESS',
  'bpmn:Transaction': 'SUB_PROCESS',
  'bpmn:AdHocSubProcess': 'AD_HOC_SUB_PROCESS',
  'bpmn:StartEvent': 'START_EVENT',
  'bpmn:IntermediateCatchEvent': 'INTERMEDIATE_CATCH_EVENT',
  'bpmn:IntermediateThrowEvent': 'INTERMEDIATE_THROW_EVENT',
  'bpmn:BoundaryEvent': 'BOUNDARY_EVENT',
  'bpmn:EndEvent': 'END_EVENT',
  'bpmn:ServiceTask': 'SERVICE_TASK',
  'bpmn:ReceiveTask': 'RECEIVE_TASK',
  'bpmn:UserTask': 'USER_TASK',
  'bpmn:ManualTask': 'MANUAL_TASK',
  'bpmn:Task': 'TASK',
  'bpmn:ExclusiveGateway': 'EXCLUSIVE_GATEWAY',
  'bpmn:InclusiveGateway': 'INCLUSIVE_GATEWAY',
  'bpmn:ParallelGateway': 'PARALLEL_GATEWAY',
  'bpmn:EventBasedGateway': 'EVENT_BASED_GATEWAY',
  'bpmn:CallActivity': 'CALL_ACTIVITY',
  'bpmn:BusinessRuleTask': 'BUSINESS_RULE_TASK',
  'bpmn:ScriptTask': 'SCRIPT_TASK',
  'bpmn:SendTask': 'SEND_TASK',
};

const types = [
  'PROCESS',
  'SUB_PROCESS',
  'EVENT_SUB_PROCESS',
  'AD_HOC_SUB_PROCESS',
  'MULTI_INSTANCE_BODY',
  'START_EVENT',
  'INTERMEDIATE_CATCH_EVENT',
  'INTERMEDIATE_THROW_EVENT',
  'BOUNDARY_EVENT',
  'END_EVENT',
  'SERVICE_TASK',
  'RECEIVE_TASK',
  'USER_TASK',
  'MANUAL_TASK',
  'TASK',
  'EXCLUSIVE_GATEWAY',
  'INCLUSIVE_GATEWAY',
  'PARALLEL_GATEWAY',
  'EVENT_BASED_GATEWAY',
  'CALL_ACTIVITY',
  'BUSINESS_RULE_TASK',
  'SCRIPT_TASK',
  'SEND_TASK',
  'UNKNOWN',
] as const;
type ElementType = (typeof types)[number];

export const elementInstance = z.object({
  elementInstanceKey: z.string(),
  processInstanceKey: z.string(),
  processDefinitionKey: z.string(),
  processDefinitionId: z.string(),
  elementId: z.string(),
  elementName: z.string(),
  type: z.enum(types),
  state: z.enum(['ACTIVE', 'COMPLETED', 'TERMINATED']),
  startDate: z.string(),
  endDate: z.string().optional(),
  hasIncident: z.boolean(),
  incidentKey: z.string().optional(),
  tenantId: z.string(),
});

/** An element instance with all that its fields need. */
export interface ElementItem extends ElementRecord {
  instance: string;
  definition: { key: string; id: string };
  name: string;
  type: ElementType;
}

/** The elements of an instance with their names and types, from the diagrams that they were begun with. */
export async function elementItems(services: Services, { instance, elements }: Chronicle): Promise<ElementItem[]> {
  const definition = await definitionOf(services, instance);
  const models = new Map<string, ProcessModel | undefined>();
  for (const { release, process } of elements) {
    const key = `${release} ${process}`;
    if (!models.has(key)) models.set(key, (await services.runtime.release(release))?.processes.get(process));
  }
  return elements.map((record) => {
    const model = models.get(`${record.release} ${record.process}`);
    const named = record.id === ROOT ? model : model?.byId.get(record.element);
    const name = named?.name || record.element;
    return { ...record, instance: instance.id, definition, name, type: typeOf(record, model) };
  });
}

function typeOf({ id, element, body }: ElementRecord, model: ProcessModel | undefined): ElementType {
  if (id === ROOT) return 'PROCESS';
  if (body) return 'MULTI_INSTANCE_BODY';
  const found = model?.byId.get(element);
  if (model === undefined || found === undefined) return 'UNKNOWN';
  return isEventSubProcess(found, model) ? 'EVENT_SUB_PROCESS' : (TYPES[found.type] ?? 'UNKNOWN');
}

function isEventSubProcess(element: Element, { byId, root }: ProcessModel): boolean {
  const around = byId.get(element.parent)?.children ?? root;
  return around.eventSubProcesses.includes(element);
}

export function elementInstanceOf(it: ElementItem): z.output<typeof elementInstance> {
  return {
    elementInstanceKey: elementKey(it.instance, it.id),
    processInstanceKey: it.instance,
    processDefinitionKey: it.definition.key,
    processDefinitionId: it.definition.id,
    elementId: it.element,
    elementName: it.name,
    type: it.type,
    state: it.state,
    startDate: dateTime(it.startedAt),
    ...(it.endedAt === null ? {} : { endDate: dateTime(it.endedAt) }),
    hasIncident: it.incident !== null,
    ...(it.incident === null ? {} : { incidentKey: formatPart(it.instance, it.incident) }),
    tenantId: TENANT,
  };
}

const states = { ACTIVE: 'ACTIVE', COMPLETED: 'COMPLETED', TERMINATED: 'TERMINATED' };

const shape = searchShape({
  elementInstanceKey: { kind: 'key' },
  processInstanceKey: { kind: 'key' },
  processDefinitionKey: { kind: 'key' },
  processDefinitionId: { kind: 'text' },
  elementId: { kind: 'text' },
  elementName: { kind: 'text' },
  type: { kind: 'text', values: Object.fromEntries(types.map((type) => [type, type])) },
  state: { kind: 'text', values: states },
  startDate: { kind: 'instant' },
  endDate: { kind: 'instant' },
  hasIncident: { kind: 'boolean', sort: false },
  incidentKey: { kind: 'key' },
  elementInstanceScopeKey: { kind: 'key', sort: false },
  tenantId: { kind: 'text' },
});

/** The body of a search of element instances. */
export const searchBody = shape.body;

const fields: ItemFields<ElementItem> = {
  elementInstanceKey: (it) => formatPart(it.instance, it.id),
  processInstanceKey: (it) => it.instance,
  processDefinitionKey: (it) => it.definition.key,
  processDefinitionId: (it) => it.definition.id,
  elementId: (it) => it.element,
  elementName: (it) => it.name,
  type: (it) => it.type,
  state: (it) => it.state,
  startDate: (it) => it.startedAt,
  endDate: (it) => it.endedAt,
  hasIncident: (it) => it.incident !== null,
  incidentKey: (it) => (it.incident === null ? null : formatPart(it.instance, it.incident)),
  elementInstanceScopeKey: (it) => (it.scope === null ? null : elementKey(it.instance, it.scope)),
  tenantId: () => TENANT,
};

/** What `searchInside` needs to know of element instances. */
export function insideElements(services: Services): Inside<ElementItem> {
  return {
    naming: ['elementInstanceKey', 'processInstanceKey', 'incidentKey', 'elementInstanceScopeKey'],
    key: 'elementInstanceKey',
    fields,
    itemsOf: (chronicle) => elementItems(services, chronicle),
  };
}

/** Reads a search; the key of a process as an element is that of its instance, and sorts before its elements. */
export function readSearch(body: unknown): Search {
  const { search } = shape.read(body);
  const whole = (key: unknown): string => {
    const place = readElementKey(String(key));
    return place === null ? String(key) : formatPart(place.instance, place.id);
  };
  const conditions = search.conditions.map((condition) => {
    const { field, operator, value } = condition;
    if (field !== 'elementInstanceKey' || operator === '$exists') return condition;
    return { ...condition, value: typeof value === 'object' ? value.map(whole) : whole(value) };
  });
  return { ...search, conditions };
}
