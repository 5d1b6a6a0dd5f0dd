/** Every route of the REST API: one line per file. */
import type { Route } from '../routes/route.ts';
import { routes as cases } from './cases.ts';
import { routes as happenings } from './happenings.ts';
import { routes as health } from './health.ts';
import { routes as incidents } from './incidents.ts';
import { routes as migrations } from './migrations.ts';
import { routes as tickets } from './tickets.ts';
import { routes as v2 } from './v2/index.ts';

export const routes: readonly Route[] = [
  ...health,
  ...tickets,
  ...cases,
  ...happenings,
  ...incidents,
  ...migrations,
  ...v2,
];
