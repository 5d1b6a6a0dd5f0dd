/** What every request knows: who asks, in which language, zone and theme. Also what every view can read. */
import { randomBytes } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Instant } from '../../engine/instance.ts';
import { permissionsOf, permissionsOfToken } from '../people/permission.ts';
import type { Permission } from '../people/permission.ts';
import { openSession } from '../people/session.ts';
import type { Session } from '../people/session.ts';
import type { ApiToken } from '../people/api-token.ts';
import type { Theme, User } from '../people/user.ts';
import type { Services } from '../services.ts';
import { createCallers } from './callers.ts';
import type { Callers } from './callers.ts';
import { readCookie, writeCookie } from './cookie.ts';
import { csrfToken } from './csrf-token.ts';
import { isZone } from './format.ts';
import { isLocale, locales } from './locales.ts';
import type { Locale, Translate } from './locales.ts';
import { navigation } from './navigation.ts';
import type { NavigationItem } from './navigation.ts';

export interface Context {
  /** The signed-in person. */
  user: User | null;
  session: Session | null;
  /** The API token that a machine came with. */
  client: ApiToken | null;
  /** True when the request says who asks in a way that no browser adds by itself, so that no other site can send it. */
  deliberate: boolean;
  permissions: Set<Permission>;
  locale: Locale;
  /** The other language, for the switch. */
  otherLocale: Locale;
  theme: Theme;
  /** A name of the time zone database: the reader's, or the server's until the browser has told. */
  zone: string;
  /** The token that every form posts back in `_csrf`. */
  csrf: string;
  now: Instant;
  /** The path asked for, with its query. */
  path: string;
  navigation: NavigationItem[];
  t: Translate;
}

const year = 365 * 86_400_000;
/** The zone of the server. Asking for it takes longer than everything else here. */
const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What `readContext` has put beside the response. */
export function context(response: Response): Context {
  return response.locals as Context;
}

/** Who asks, as commands and the audit name them: `user:LOGIN`, `client:TOKEN-ID`, or `intake:portal` for the public. */
export function actorOf(response: Response): string {
  const { user, client } = context(response);
  if (user) return `user:${user.login}`;
  return client ? `client:${client.id}` : 'intake:portal';
}

/** True when the answer should be JSON: under /api and /v2, and for whoever runs the server. */
export function isApi(request: Request): boolean {
  return /^\/(api|v2|healthz|readyz|metrics)(\/|$)/i.test(request.path);
}

function localeOf(request: Request, user: User | null): Locale {
  const chosen = user?.locale ?? readCookie(request, 'locale');
  if (isLocale(chosen)) return chosen;
  if (request.headers['accept-language'] === undefined) return 'en';
  const accepted = request.acceptsLanguages(...locales);
  return isLocale(accepted) ? accepted : 'en';
}

function themeOf(request: Request, user: User | null): Theme {
  const chosen = user?.theme ?? readCookie(request, 'theme');
  return chosen === 'light' || chosen === 'dark' ? chosen : 'auto';
}

function zoneOf(request: Request): string {
  const told = readCookie(request, 'zone');
  return told && isZone(told) ? told : ownZone;
}

/** The secret that the CSRF token is made from; a visitor without a session gets one of their own. */
function secretOf(request: Request, response: Response, session: Session | null): string {
  if (session) return session.secret;
  const known = readCookie(request, 'visitor');
  if (known) return known;
  const fresh = randomBytes(24).toString('base64url');
  if (!isApi(request)) writeCookie(request, response, 'visitor', fresh, year);
  return fresh;
}

/** Who asks, as the request says in its header `Authorization`. Login and password are for the API alone. */
async function authorized(request: Request, callers: Callers): Promise<Pick<Context, 'client' | 'user'>> {
  const [, scheme = '', given = ''] = /^(Bearer|Basic) +(\S.*)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (/^bearer$/i.test(scheme)) return { client: await callers.token(given), user: null };
  if (/^basic$/i.test(scheme) && isApi(request)) return { client: null, user: await callers.person(request, given) };
  return { client: null, user: null };
}

/**
 * A browser that was once given login and password may add them to what another site sends. It says so (Fetch
 * Metadata), or, when it does not know that word, names the other site as the origin of what is posted.
 */
function isDeliberate(request: Request): boolean {
  const site = request.get('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  return request.get('origin') === undefined && request.headers.cookie === undefined;
}

/** The middleware that fills the context; no route runs without it. */
export function readContext(services: Services, texts: Record<Locale, Translate>): RequestHandler {
  const callers = createCallers(services);
  const lookOf = (request: Request, user: User | null) => {
    const locale = localeOf(request, user);
    return {
      locale,
      otherLocale: locale === 'en' ? 'zh' : 'en',
      theme: themeOf(request, user),
      zone: zoneOf(request),
      path: request.originalUrl,
      t: texts[locale],
    } satisfies Partial<Context>;
  };
  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    response.setHeader('Cache-Control', 'private, no-cache');
    // Language and theme are known first, so that even a refusal has them, also when nobody can be asked who this is.
    const first = lookOf(request, null);
    response.locals = first;
    const { client, user: named } = await authorized(request, callers);
    const secret = client || named ? null : readCookie(request, 'session');
    const session = secret ? await openSession(services, secret) : null;
    const user = named ?? session?.user ?? null;
    const permissions = permissionsFor(client, user);
    const deliberate = client !== null || (named !== null && isDeliberate(request));
    // Field by field: to spread it would cost every request several us.
    const { locale, otherLocale, theme, zone, path, t } = user === null ? first : lookOf(request, user);
    response.locals = {
      user,
      session,
      client,
      deliberate,
      permissions,
      locale,
      otherLocale,
      theme,
      zone,
      csrf: deliberate ? '' : csrfToken(secretOf(request, response, session)),
      now: services.clock.now(),
      path,
      navigation: isApi(request) ? [] : navigation(permissions, request.path),
      t,
    } satisfies Context;
    next();
  };
}

function permissionsFor(client: ApiToken | null, user: User | null): Set<Permission> {
  if (client) return permissionsOfToken(client.scopes);
  return user ? permissionsOf(user.roles) : new Set<Permission>(['public']);
}
