/** Roles and what they permit. Routes name the permission they need; the roles of a person decide whether they have it. */

/** What a route can ask for. Those of `intake:` and `processes:` are held by API tokens only. */
export type Permission =
  /** Anybody, signed in or not. */
  | 'public'
  /** Everybody with a session. */
  | 'signed-in'
  /** File requests and follow one's own. */
  | 'requests:own'
  /** Take, work on and complete tasks. */
  | 'tasks:work'
  | 'tickets:read'
  | 'models:read'
  | 'models:deploy'
  | 'histories:read'
  /** Accounts, groups, API tokens. */
  | 'people:manage'
  /** Create tickets through the API. */
  | 'intake:tickets'
  /** Deliver alerts through a webhook. */
  | 'intake:alerts'
  /** Run processes from outside: messages, signals, conditions, elements of ad-hoc sub-processes. */
  | 'processes:run';

export const roles = ['requester', 'agent', 'lead', 'process-owner', 'auditor', 'administrator'] as const;
export type Role = (typeof roles)[number];

/** What an API token can be given. */
export const scopes = [
  'intake:tickets',
  'intake:alerts',
  'processes:run',
  'histories:read',
] as const satisfies readonly Permission[];
export type TokenScope = (typeof scopes)[number];

const agent: readonly Permission[] = ['requests:own', 'tasks:work', 'tickets:read'];
const all: readonly Permission[] = [...agent, 'histories:read', 'models:read', 'models:deploy', 'people:manage'];

const granted: Record<Role, readonly Permission[]> = {
  requester: ['requests:own'],
  agent,
  lead: [...agent, 'histories:read', 'models:read'],
  'process-owner': ['requests:own', 'tickets:read', 'histories:read', 'models:read', 'models:deploy'],
  auditor: ['tickets:read', 'histories:read', 'models:read'],
  administrator: all,
};

/** Everything that somebody with these roles may do, `public` and `signed-in` included. */
export function permissionsOf(held: readonly Role[]): Set<Permission> {
  return new Set<Permission>(['public', 'signed-in', ...held.flatMap((role) => granted[role])]);
}

export function isRole(text: string): text is Role {
  return (roles as readonly string[]).includes(text);
}

export function isScope(text: string): text is TokenScope {
  return (scopes as readonly string[]).includes(text);
}
