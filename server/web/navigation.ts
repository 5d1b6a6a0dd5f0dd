/** The main navigation: what a person may go to. */
import type { Permission } from '../people/permission.ts';

export interface NavigationItem {
  href: string;
  /** Names the text `layout:navigation.KEY`; also the partial of the icon. */
  key: string;
  /** True on the page itself and below it. */
  current: boolean;
}

const pages: readonly { href: string; key: string; permission: Permission }[] = [
  { href: '/inbox', key: 'inbox', permission: 'tasks:work' },
  { href: '/tickets', key: 'tickets', permission: 'tickets:read' },
  { href: '/incidents', key: 'incidents', permission: 'incidents:resolve' },
  { href: '/portal', key: 'portal', permission: 'public' },
  { href: '/models', key: 'models', permission: 'models:read' },
  { href: '/histories', key: 'histories', permission: 'histories:read' },
  { href: '/people', key: 'people', permission: 'people:manage' },
];

/** @param path the path asked for, without its query */
export function navigation(permissions: ReadonlySet<Permission>, path: string): NavigationItem[] {
  return pages
    .filter((page) => permissions.has(page.permission))
    .map(({ href, key }) => ({ href, key, current: path === href || path.startsWith(`${href}/`) }));
}
