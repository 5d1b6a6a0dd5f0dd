/** Every page of the server: one line per file. Of paths that overlap the first one counts. */
import { routes as account } from './account.ts';
import { routes as begin } from './begin.ts';
import { routes as events } from './events.ts';
import { routes as firstRun } from './first-run.ts';
import { routes as history } from './history.ts';
import { routes as home } from './home.ts';
import { routes as inbox } from './inbox.ts';
import { routes as incidents } from './incidents.ts';
import { routes as models } from './models.ts';
import { routes as people } from './people.ts';
import { routes as portal } from './portal.ts';
import { routes as preferences } from './preferences.ts';
import { routes as request } from './request.ts';
import type { Route } from './route.ts';
import { routes as signIn } from './sign-in.ts';
import { routes as survey } from './survey.ts';
import { routes as task } from './task.ts';
import { routes as ticket } from './ticket.ts';
import { routes as tickets } from './tickets.ts';
import { routes as tokens } from './tokens.ts';

export const routes: readonly Route[] = [
  ...home,
  ...signIn,
  ...firstRun,
  ...preferences,
  ...account,
  ...tokens,
  ...people,
  ...events,
  ...inbox,
  ...task,
  ...tickets,
  ...ticket,
  ...begin,
  ...incidents,
  ...portal,
  ...request,
  ...survey,
  ...models,
  ...history,
];
