/** Roles and what they permit. Routes name the permission they need; the roles of a person decide whether they have it. */

/** What a route can ask for. Those of `intake:` are held by API tokens only. */
export type Permission =
  /** Anybody, signed in or not. */
  | 'public'
  /** Everybody with an account: by a session, or by login and password. */
  | 'signed-in'
  /** Everybody with an account or an API token. */
  | 'known'
  /** File requests and follow one's own. */
  | 'requests:own'
  /** Take, work on and complete tasks. */
  | 'tasks:work'
  | 'tickets:read'
  /** See what stands still in all cases, and try it again. */
  | 'incidents:resolve'
  | 'models:read'
  | 'models:deploy'
  | 'histories:read'
  /** Accounts, groups, API tokens. */
  | 'people:manage'
  /** Create tickets through the API. */
  | 'intake:tickets'
  /** Deliver alerts through a webhook. */
  | 'intake:alerts'
  /** Read the figures of the server (`/metrics`). Held by every request from the same machine. */
  | 'metrics:read'
  /** Search process instances, tasks, jobs, variables, incidents and definitions through the API. */
  | 'processes:read'
  /** Run processes from outside: start and end them, messages, signals, jobs, tasks, incidents, changes of instances. */
  | 'processes:run';

export const roles = ['requester', 'agent', 'lead', 'process-owner', 'auditor', 'administrator'] as const;
export type Role = (typeof roles)[number];

/** What an API token can be given. */
export const scopes = [
  'intake:tickets',
  'intake:alerts',
  'processes:read',
  'processes:run',
  'models:read',
  'models:deploy',
  'histories:read',
  'metrics:read',
] as const satisfies readonly Permission[];
export type TokenScope = (typeof scopes)[number];

const agent: readonly Permission[] = ['requests:own', 'tasks:work', 'tickets:read'];
const all: readonly Permission[] = [
  ...agent,
  'incidents:resolve',
  'histories:read',
  'models:read',
  'models:deploy',
  'people:manage',
  'processes:read',
  'processes:run',
];

const granted: Record<Role, readonly Permission[]> = {
  requester: ['requests:own'],
  agent,
  lead: [...agent, 'incidents:resolve', 'histories:read', 'models:read'],
  'process-owner': ['requests:own', 'tickets:read', 'histories:read', 'models:read', 'models:deploy', 'processes:read'],
  auditor: ['tickets:read', 'histories:read', 'models:read', 'processes:read'],
  administrator: all,
};

/** Everything that somebody with these roles may do, what everybody may included. */
export function permissionsOf(held: readonly Role[]): Set<Permission> {
  return new Set<Permission>(['public', 'signed-in', 'known', ...held.flatMap((role) => granted[role])]);
}

/** Everything that the holder of an API token with these scopes may do. */
export function permissionsOfToken(held: readonly TokenScope[]): Set<Permission> {
  return new Set<Permission>(['public', 'known', ...held]);
}

/** Says who has it, in a sentence. */
export function holdersOf(permission: Permission): string {
  const able = roles.filter((role) => permissionsOf([role]).has(permission));
  const accounts = able.length === 0 ? [] : [`accounts with the role ${able.join(' or ')}`];
  const tokens = isScope(permission) ? [`API tokens with the scope ${permission}`] : [];
  return `It is held by ${[...accounts, ...tokens].join(', and by ')}.`;
}

export function isRole(text: string): text is Role {
  return (roles as readonly string[]).includes(text);
}

export function isScope(text: string): text is TokenScope {
  return (scopes as readonly string[]).includes(text);
}
