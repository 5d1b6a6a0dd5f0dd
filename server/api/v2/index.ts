/** Every route of the process API (Camunda 8 Orchestration Cluster API v2): one line per file. */
import type { Route } from '../../routes/route.ts';
import { routes as cluster } from './cluster.ts';
import { routes as decisionDefinitions } from './decision-definitions.ts';
import { routes as deployments } from './deployments.ts';
import { routes as processDefinitions } from './process-definitions.ts';
import { routes as resources } from './resources.ts';

export const routes: readonly Route[] = [
  ...cluster,
  ...deployments,
  ...resources,
  ...processDefinitions,
  ...decisionDefinitions,
];
