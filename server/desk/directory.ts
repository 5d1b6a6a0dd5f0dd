/** Names of people, groups, services and actors in the reader's language. */
import { groupName, listGroups } from '../people/group.ts';
import { listTokens } from '../people/api-token.ts';
import { listUsers } from '../people/user.ts';
import type { Services } from '../services.ts';
import type { Locale, Translate } from '../web/locales.ts';
import { serviceName } from './service-catalogue.ts';

/** Gives names; what is not known is named by its id. */
export interface Directory {
  person(login: string): string;
  group(id: string): string;
  service(id: string): string;
  /** An API token. */
  client(id: string): string;
  /** Who did something, as journals name them: `user:anna`, `client:x`, `timer`, `job:notify`, `intake:portal`. */
  actor(actor: string): string;
  groups: { id: string; name: string }[];
}

/** @param requester what the writer behind a requester's link is called */
export async function readDirectory(
  services: Pick<Services, 'db' | 'clock'>,
  { locale, t }: { locale: Locale; t: Translate },
  requester = '',
): Promise<Directory> {
  const [people, groups, tokens] = await Promise.all([listUsers(services), listGroups(services), listTokens(services)]);
  const names = new Map(people.map((user) => [user.login, user.name]));
  const groupNames = new Map(groups.map((group) => [group.id, groupName(group, locale)]));
  const tokenNames = new Map(tokens.map((token) => [token.id, token.name]));
  const person = (login: string) => names.get(login) ?? login;
  const client = (id: string) => tokenNames.get(id) ?? id;
  return {
    person,
    group: (id) => groupNames.get(id) ?? id,
    service: (id) => serviceName(id, locale),
    client,
    actor: (actor) => actorName(actor, { person, client }, requester, t),
    groups: groups.map((group) => ({ id: group.id, name: groupNames.get(group.id) ?? group.id })),
  };
}

function actorName(
  actor: string,
  { person, client }: Pick<Directory, 'person' | 'client'>,
  requester: string,
  t: Translate,
): string {
  const [kind = '', name = ''] = actor.split(/:(.*)/s);
  if (kind === 'user') return person(name);
  if (actor === 'intake:portal') return requester === '' ? t('ticket:actor.requester') : requester;
  if (actor === 'intake:alertmanager') return 'Alertmanager';
  if (kind === 'client') return t('ticket:actor.client', { name: client(name) });
  return t('ticket:actor.system');
}
