/** Every route through which other systems deliver: one line per file. */
import type { Route } from '../routes/route.ts';
import { routes as webhook } from './webhook.ts';

export const routes: readonly Route[] = [...webhook];
