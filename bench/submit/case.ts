/** The case that every contender works on: two user tasks, one with a boundary timer, about 0.3 KB of variables. */
import type { Variables } from '../../engine/index.ts';

export const ACTOR = 'user:bench';

/** What the case is begun with. */
export const VARIABLES: Variables = {
  number: 100001,
  title: 'Printer on the third floor prints empty pages',
  requester: 'xiaomei',
  contact: 'xiaomei@example.org',
  service: 'printing',
  impact: 'single',
  urgency: 'low',
  priority: 'P3',
  description: 'Since this morning every page comes out empty, from Word and from the browser. Tried twice. 重启无效。',
};

/** What each of its tasks brings. */
export const RESULT: Variables = { done: true };
