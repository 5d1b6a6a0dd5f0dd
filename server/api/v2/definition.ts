/** Definitions as the process API gives them. */
import { z } from 'zod';
import { Rejection } from '../../../engine/rejection.ts';
import { isKey } from '../../db/key.ts';
import type { Definition, DefinitionKind } from '../../db/definitions.ts';
import { readResource } from '../../db/resources.ts';
import type { Resource } from '../../db/resources.ts';
import type { Services } from '../../services.ts';
import { TENANT } from './format.ts';

const NAMES: Record<DefinitionKind, string> = {
  process: 'process definition',
  decision: 'decision definition',
  requirements: 'decision requirements',
  form: 'form',
};

/** The definition of one of these kinds with this key. @throws Rejection when there is none */
export async function findDefinition(
  { runtime }: Services,
  kinds: readonly DefinitionKind[],
  key: string,
): Promise<Definition> {
  const found = isKey(key) ? await runtime.definitions.get(key) : null;
  if (found === null || !kinds.includes(found.kind)) {
    const what = kinds.map((kind) => NAMES[kind]).join(' or ');
    throw new Rejection('not-found', `Expected a ${what} with the key ${key}, but found none. Search for its key.`);
  }
  return found;
}

/** The file that defines it. */
export async function fileOf({ db }: Services, { key, resource }: Definition): Promise<Resource> {
  const file = await readResource(db, resource);
  if (file === null) throw new Error(`Expected the file of definition ${key} to be stored, but it is not.`);
  return file;
}

export const processDefinition = z.object({
  processDefinitionKey: z.string(),
  processDefinitionId: z.string(),
  name: z.string().nullable(),
  version: z.int(),
  versionTag: z.string().nullable(),
  resourceName: z.string(),
  tenantId: z.string(),
  hasStartForm: z.boolean(),
});

/** No diagram with a form at its start can be deployed: start events have none here. */
export function processDefinitionOf(it: Definition): z.output<typeof processDefinition> {
  return {
    processDefinitionKey: it.key,
    processDefinitionId: it.id,
    name: it.name || null,
    version: it.version,
    versionTag: it.versionTag,
    resourceName: it.resourceName,
    tenantId: TENANT,
    hasStartForm: false,
  };
}

export const decisionDefinition = z.object({
  decisionDefinitionKey: z.string(),
  decisionDefinitionId: z.string(),
  name: z.string(),
  version: z.int(),
  decisionRequirementsKey: z.string(),
  decisionRequirementsId: z.string(),
  decisionRequirementsName: z.string(),
  tenantId: z.string(),
});

export function decisionDefinitionOf(it: Definition): z.output<typeof decisionDefinition> {
  return {
    decisionDefinitionKey: it.key,
    decisionDefinitionId: it.id,
    name: it.name,
    version: it.version,
    decisionRequirementsKey: it.requirements?.key ?? '',
    decisionRequirementsId: it.requirements?.id ?? '',
    decisionRequirementsName: it.requirements?.name ?? '',
    tenantId: TENANT,
  };
}

export const decisionRequirements = z.object({
  decisionRequirementsKey: z.string(),
  decisionRequirementsId: z.string(),
  decisionRequirementsName: z.string(),
  version: z.int(),
  resourceName: z.string(),
  tenantId: z.string(),
});

export function decisionRequirementsOf(it: Definition): z.output<typeof decisionRequirements> {
  return {
    decisionRequirementsKey: it.key,
    decisionRequirementsId: it.id,
    decisionRequirementsName: it.name,
    version: it.version,
    resourceName: it.resourceName,
    tenantId: TENANT,
  };
}

export const form = z.object({
  formKey: z.string(),
  formId: z.string(),
  version: z.int(),
  resourceName: z.string(),
  tenantId: z.string(),
});

export function formOf(it: Definition): z.output<typeof form> {
  return { formKey: it.key, formId: it.id, version: it.version, resourceName: it.resourceName, tenantId: TENANT };
}
