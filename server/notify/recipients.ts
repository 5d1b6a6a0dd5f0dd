/** Who is meant by the groups and logins that a diagram names. */
import type { Database } from '../db/database.ts';
import { selectGroups } from '../db/groups.ts';
import { selectUsers } from '../db/users.ts';
import { groupName } from '../people/group.ts';
import type { User } from '../people/user.ts';
import type { Locale } from '../web/locales.ts';

/** A group with its members, or one person. */
export interface Recipient {
  /** Group id or login, as the diagram names it. */
  id: string;
  name: string;
  /** Members of the group; null for a person and for what is unknown. */
  members: User[] | null;
}

/** Finds groups and people in the given order; what is neither keeps its id as name. Disabled accounts are left out. */
export async function findRecipients(db: Database, ids: readonly string[], locale: Locale): Promise<Recipient[]> {
  const [groups, users] = [await selectGroups(db), await selectUsers(db)];
  const active = users.filter((user) => !user.disabled);
  return [...new Set(ids)].map((id) => {
    const group = groups.find((one) => one.id === id);
    if (group !== undefined) {
      return {
        id,
        name: groupName(group, locale),
        members: active.filter((user) => group.members.includes(user.login)),
      };
    }
    return { id, name: active.find((user) => user.login === id)?.name ?? id, members: null };
  });
}
