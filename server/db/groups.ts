/** Statements on `support_groups`, a small table read as a whole. */
import type { Group, GroupWithMembers } from '../people/group.ts';
import type { Sql } from './sql.ts';

interface GroupRow {
  id: string;
  name: string;
  name_zh: string;
  tier: Group['tier'];
  members: string[];
}

/** All groups by id, with the logins of their members who are not disabled. */
export async function selectGroups(sql: Sql): Promise<GroupWithMembers[]> {
  const rows = await sql.query<GroupRow>(
    `select g.id, g.name, g.name_zh, g.tier,
       array(select u.login from users u where g.id = any (u.groups) and not u.disabled order by u.login) as members
     from support_groups g order by g.id`,
  );
  return rows.map(({ id, name, name_zh: nameZh, tier, members }) => ({ id, name, nameZh, tier, members }));
}

export async function upsertGroup(sql: Sql, group: Group): Promise<void> {
  await sql.run(
    `insert into support_groups (id, name, name_zh, tier) values ($1, $2, $3, $4)
     on conflict (id) do update set name = excluded.name, name_zh = excluded.name_zh, tier = excluded.tier`,
    [group.id, group.name, group.nameZh, group.tier],
  );
}
