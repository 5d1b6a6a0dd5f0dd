/** Every route of the server: one line per file. */
import { routes as firstRun } from './first-run.ts';
import { routes as home } from './home.ts';
import { routes as preferences } from './preferences.ts';
import type { Route } from './route.ts';
import { routes as signIn } from './sign-in.ts';

export const routes: readonly Route[] = [...home, ...signIn, ...firstRun, ...preferences];
