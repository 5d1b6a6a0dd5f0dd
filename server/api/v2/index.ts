/** Every route of the process API (Camunda 8 Orchestration Cluster API v2): one line per file. */
import type { Route } from '../../routes/route.ts';
import { routes as cluster } from './cluster.ts';
import { routes as decisionDefinitions } from './decision-definitions.ts';
import { routes as decisionEvaluation } from './decision-evaluation.ts';
import { routes as deployments } from './deployments.ts';
import { routes as elementInstances } from './element-instances.ts';
import { routes as incidents } from './incidents.ts';
import { routes as jobSearch } from './job-search.ts';
import { routes as jobs } from './jobs.ts';
import { routes as messageSubscriptions } from './message-subscriptions.ts';
import { routes as messages } from './messages.ts';
import { routes as processDefinitions } from './process-definitions.ts';
import { routes as processInstanceChanges } from './process-instance-changes.ts';
import { routes as processInstanceCreation } from './process-instance-creation.ts';
import { routes as processInstances } from './process-instances.ts';
import { routes as resources } from './resources.ts';
import { routes as userTaskVariables } from './user-task-variables.ts';
import { routes as userTasks } from './user-tasks.ts';
import { routes as variables } from './variables.ts';

export const routes: readonly Route[] = [
  ...cluster,
  ...deployments,
  ...resources,
  ...processDefinitions,
  ...decisionDefinitions,
  ...decisionEvaluation,
  ...jobs,
  ...jobSearch,
  ...userTasks,
  ...userTaskVariables,
  ...messages,
  ...messageSubscriptions,
  ...processInstances,
  ...processInstanceCreation,
  ...processInstanceChanges,
  ...elementInstances,
  ...variables,
  ...incidents,
];
