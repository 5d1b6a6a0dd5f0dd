/** Support groups: who tasks are offered to. */
import { Rejection } from '../../engine/rejection.ts';
import { selectGroups, upsertGroup } from '../db/groups.ts';
import type { PeopleServices } from './record.ts';

export interface Group {
  /** As diagrams name it: `service-desk`. */
  id: string;
  name: string;
  /** The Chinese name; '' = the same. */
  nameZh: string;
  /** Support tier; null when the group is outside of the tiers. */
  tier: 'L1' | 'L2' | 'L3' | null;
}

/** A group with the logins of its members, sorted. */
export interface GroupWithMembers extends Group {
  members: string[];
}

/** All groups, by id. */
export function listGroups(services: PeopleServices): Promise<GroupWithMembers[]> {
  return selectGroups(services.db);
}

/** Makes a group or changes the one of this id. */
export async function saveGroup(services: PeopleServices, group: Group): Promise<void> {
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(group.id)) {
    throw new Rejection(
      'invalid',
      `Expected a group id of lower-case letters, digits and "-", but found "${group.id}".`,
    );
  }
  await upsertGroup(services.db, group);
}

/** The name in the reader's language. */
export function groupName(group: Pick<Group, 'id' | 'name' | 'nameZh'>, locale: 'en' | 'zh'): string {
  return (locale === 'zh' && group.nameZh) || group.name || group.id;
}
