/** The inbox: one's own work and the groups' work apart, by what breaches next. */
import { z } from 'zod';
import { countOfferedTasks, countOwnTasks, selectOfferedTasks, selectOwnTasks, selectShownTasks } from '../db/inbox.ts';
import type { InboxTask } from '../db/inbox.ts';
import { parsePart } from '../db/key.ts';
import { readDirectory } from '../desk/directory.ts';
import { searchQuery } from '../desk/search-text.ts';
import { canWork } from '../desk/work.ts';
import { listUsers } from '../people/user.ts';
import type { User } from '../people/user.ts';
import type { Services } from '../services.ts';
import { context } from '../web/context.ts';
import { inboxLines, most, nextCursor, readCursor } from './inbox-page.ts';
import type { Route } from './route.ts';

const query = z.object({
  q: z.string().max(200).catch(''),
  group: z.string().max(64).catch(''),
  own: z.string().catch(''),
  offered: z.string().catch(''),
  done: z.string().max(40).catch(''),
  /** Keys of lines that the page shows already, for their present state. */
  shown: z.string().max(6000).catch(''),
});
type Query = z.infer<typeof query>;

/** The address of this view with some parts changed. */
function link(asked: Query, change: Partial<Query>): string {
  const wanted = { ...asked, done: '', shown: '', ...change };
  const parts = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value !== ''));
  return parts.size === 0 ? '/inbox' : `/inbox?${parts.toString()}`;
}

function read(services: Services, user: User, groups: readonly string[], asked: Query) {
  const search = searchQuery(asked.q);
  const page = (cursor: string) => ({ after: readCursor(cursor), search });
  return Promise.all([
    selectOwnTasks(services.db, user.login, page(asked.own)),
    selectOfferedTasks(services.db, asked.group === '' ? user.login : '', groups, page(asked.offered)),
    countOwnTasks(services.db, user.login, most + 1),
    countOfferedTasks(services.db, user.groups, most + 1),
  ]);
}

/** The lines that the page shows although they are in neither list any more: somebody else has taken them. */
function readShown(services: Services, user: User, asked: Query, listed: readonly InboxTask[]) {
  const keys = new Set(asked.shown.split(',').filter((key) => key !== ''));
  for (const { key } of listed) keys.delete(key);
  const parts = [...keys].flatMap((key) => parsePart(key) ?? []);
  return parts.length === 0 ? Promise.resolve([]) : selectShownTasks(services.db, user.login, user.groups, parts);
}

const counted = (count: number): string => (count > most ? `${most}+` : String(count));

export const routes: Route[] = [
  {
    method: 'get',
    path: '/inbox',
    permission: 'tasks:work',
    async handle(request, response, services) {
      const reader = context(response);
      const { user, t } = reader;
      if (!user) return; // the permission is held by people only
      const asked = query.parse(request.query);
      const groups = user.groups.includes(asked.group) ? [asked.group] : user.groups;
      const [own, offered, ownCount, counts] = await read(services, user, groups, asked);
      const directory = await readDirectory(services, reader);
      const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
      const after = { own: nextCursor(own), offered: nextCursor(offered) };
      response.render('inbox', {
        title: t('inbox:title'),
        scripts: ['inbox.js'],
        asked,
        here: link(asked, {}),
        own: await inboxLines(services, own, directory, reader),
        offered: await inboxLines(services, offered, directory, reader),
        taken: await inboxLines(
          services,
          await readShown(services, user, asked, [...own, ...offered]),
          directory,
          reader,
        ),
        ownCount: counted(ownCount),
        offeredCount: counted(total),
        more: {
          own: after.own && link(asked, { own: after.own }),
          offered: after.offered && link(asked, { offered: after.offered }),
          start: asked.own || asked.offered ? link(asked, { own: '', offered: '' }) : null,
        },
        clear: link(asked, { q: '', group: '' }),
        filtered: asked.q !== '' || asked.group !== '',
        groups: user.groups.map((id) => ({
          name: directory.group(id),
          count: counted(counts.get(id) ?? 0),
          current: asked.group === id,
          href: link(asked, { group: asked.group === id ? '' : id, offered: '' }),
        })),
        people: (await listUsers(services)).filter(canWork).map(({ login, name }) => ({ login, name })),
      });
    },
  },
];
