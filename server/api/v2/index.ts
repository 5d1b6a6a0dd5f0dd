/** Every route of the process API (Camunda 8 Orchestration Cluster API v2): one line per file. */
import type { Route } from '../../routes/route.ts';
import { routes as cluster } from './cluster.ts';

export const routes: readonly Route[] = [...cluster];
