/** Evaluating decisions for others. Nothing is stored of it. */
import { z } from 'zod';
import { DecisionError, evaluateDecision } from '../../../engine/decision/index.ts';
import type { Decision, Evaluated, RequiredResult } from '../../../engine/decision/index.ts';
import { BudgetExceeded, withBudget } from '../../../engine/expression/expression.ts';
import { Rejection } from '../../../engine/rejection.ts';
import type { Instant, Value, Variables } from '../../../engine/index.ts';
import { readReleaseWith } from '../../db/definitions.ts';
import type { Definition } from '../../db/definitions.ts';
import type { Route } from '../../routes/route.ts';
import type { Services } from '../../services.ts';
import { name } from '../parse.ts';
import { findDefinition } from './definition.ts';
import { TENANT } from './format.ts';
import { optionalVariables, tenantId } from './parts.ts';
import { readBody } from '../read.ts';

const given = { variables: optionalVariables, tenantId };
const body = z.union([
  z.strictObject({ decisionDefinitionId: name, ...given }),
  z.strictObject({ decisionDefinitionKey: z.string().max(25), ...given }),
]);

const evaluated = z.object({
  decisionDefinitionId: z.string(),
  decisionDefinitionKey: z.string().optional(),
  decisionDefinitionName: z.string(),
  decisionDefinitionVersion: z.int().optional(),
  output: z.string(),
  tenantId: z.string(),
  matchedRules: z.array(z.object({ ruleId: z.string() })),
  evaluatedInputs: z.array(z.object({ inputName: z.string(), inputValue: z.string() })),
});

const answer = z.object({
  decisionDefinitionId: z.string(),
  decisionDefinitionKey: z.string(),
  decisionDefinitionName: z.string(),
  decisionDefinitionVersion: z.int(),
  decisionRequirementsId: z.string(),
  decisionRequirementsKey: z.string(),
  decisionEvaluationKey: z.string(),
  output: z.string(),
  failedDecisionDefinitionId: z.string(),
  failureMessage: z.string(),
  tenantId: z.string(),
  evaluatedDecisions: z.array(evaluated),
});

/** A decision and what the release says that holds it. */
interface Found {
  decision: Decision;
  definition: Definition;
  siblings: readonly Definition[];
}

/** By id the one of the newest release, by key exactly this one. @throws Rejection when there is none */
async function findDecision(services: Services, asked: z.output<typeof body>): Promise<Found> {
  const { runtime, db } = services;
  const byKey = 'decisionDefinitionKey' in asked;
  const wanted = byKey ? await findDefinition(services, ['decision'], asked.decisionDefinitionKey) : null;
  const id = byKey ? (wanted?.id ?? '') : asked.decisionDefinitionId;
  const pinned = wanted && (await readReleaseWith(db, wanted.resource));
  const release = pinned ? await runtime.release(pinned) : await runtime.latestRelease();
  const siblings = release ? (await runtime.definitions.of(release.id)).all : [];
  const definition = siblings.find((it) => it.kind === 'decision' && it.id === id);
  const decision = release?.decisions.get(id);
  if (definition && decision) return { decision, definition, siblings };
  throw new Rejection('not-found', `Expected a deployed decision "${id}", but there is none. Deploy it.`);
}

type Outcome = { done: Evaluated } | { failure: string };

/** A table that contradicts itself, and an expression that takes too long, are the decision's fault. */
function evaluate(decision: Decision, variables: Variables, at: Instant): Outcome {
  try {
    return { done: withBudget(undefined, () => evaluateDecision(decision, variables, at)) };
  } catch (error) {
    if (error instanceof DecisionError || error instanceof BudgetExceeded) return { failure: error.message };
    throw error;
  }
}

function evaluatedOf(result: RequiredResult, siblings: readonly Definition[]): z.input<typeof evaluated> {
  const definition = siblings.find((it) => it.kind === 'decision' && it.id === result.decision);
  const named = definition && { decisionDefinitionKey: definition.key, decisionDefinitionVersion: definition.version };
  return {
    decisionDefinitionId: result.decision,
    decisionDefinitionName: definition?.name ?? '',
    ...named,
    output: JSON.stringify(result.output),
    tenantId: TENANT,
    matchedRules: result.rules.map((ruleId) => ({ ruleId })),
    evaluatedInputs: Object.entries(result.inputs).map(([inputName, value]: [string, Value]) => ({
      inputName,
      inputValue: JSON.stringify(value),
    })),
  };
}

export const routes: Route[] = [
  {
    method: 'post',
    path: '/v2/decision-definitions/evaluation',
    permission: 'processes:run',
    document: {
      summary: 'Evaluate a decision',
      tag: 'Decisions',
      description: 'By id in the newest version, or by key. Output and inputs are JSON texts. Nothing is stored.',
      body,
      responses: { 200: answer },
    },
    async handle(request, response, services) {
      const asked = readBody(body, request.body);
      const { decision, definition, siblings } = await findDecision(services, asked);
      const outcome = evaluate(decision, asked.variables, services.clock.now());
      const done = 'done' in outcome ? outcome.done : null;
      const all = done === null ? [] : [...done.required, { ...done, decision: definition.id }];
      response.json({
        decisionDefinitionId: definition.id,
        decisionDefinitionKey: definition.key,
        decisionDefinitionName: definition.name,
        decisionDefinitionVersion: definition.version,
        decisionRequirementsId: definition.requirements?.id ?? '',
        decisionRequirementsKey: definition.requirements?.key ?? '',
        decisionEvaluationKey: services.runtime.keys.next(),
        output: JSON.stringify(done?.output ?? null),
        failedDecisionDefinitionId: 'failure' in outcome ? definition.id : '',
        failureMessage: 'failure' in outcome ? outcome.failure : '',
        tenantId: TENANT,
        evaluatedDecisions: all.map((it) => evaluatedOf(it, siblings)),
      });
    },
  },
];
