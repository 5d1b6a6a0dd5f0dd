/** The portal: what a requester files and where it stands. */
import { randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { canonical } from '../../engine/index.ts';
import { IMPACTS, newRequest, URGENCIES } from '../desk/new-request.ts';
import type { NewRequest } from '../desk/new-request.ts';
import { readDirectory } from '../desk/directory.ts';
import { serviceName, SERVICES } from '../desk/service-catalogue.ts';
import { listTickets } from '../desk/tickets.ts';
import type { Ticket } from '../db/ticket.ts';
import { fileRequest, findSimilar } from '../intake/file-request.ts';
import type { User } from '../people/user.ts';
import type { Services } from '../services.ts';
import { actorOf, context } from '../web/context.ts';
import { Refusal } from '../web/refusal.ts';
import { plainView } from './request-view.ts';
import type { Route } from './route.ts';

const PAGE = 20;

/** The form as it was sent, to be shown again. */
const given = z.object({
  once: z.string().min(16).max(64),
  title: z.string().default(''),
  description: z.string().default(''),
  service: z.string().default(''),
  impact: z.string().default(''),
  urgency: z.string().default(''),
  contact: z.string().default(''),
  anyway: z.string().optional(),
});
type Given = z.infer<typeof given>;

const follow = z.object({ number: z.string().max(40), key: z.string().max(200).default('') });

function signedIn(response: Response): User {
  const { user } = context(response);
  if (user === null) throw new Refusal(401, 'signed-out');
  return user;
}

async function home(request: Request, response: Response, services: Services): Promise<void> {
  const { user, t } = context(response);
  const after = typeof request.query['after'] === 'string' ? request.query['after'] : undefined;
  const own =
    user === null
      ? { tickets: [], next: null }
      : await listTickets(services, { requester: user.login }, 'created', PAGE, after);
  const view = { title: t('portal:title'), requests: await rowsOf(services, response, own.tickets), older: own.next };
  response.render('portal/home', view);
}

async function rowsOf(services: Services, response: Response, tickets: readonly Ticket[]) {
  const directory = await readDirectory(services, context(response));
  return tickets.map((ticket) => {
    const { status, asked } = plainView(ticket, directory, context(response));
    return { ...ticket, status, asks: asked.reply || asked.confirm || asked.rate };
  });
}

/** The form, with what was typed and what is wrong with it. */
function showForm(
  response: Response,
  form: Given,
  more: { wrong?: Record<string, true>; similar?: object[] } = {},
): void {
  const { t, locale } = context(response);
  const wrong = more.wrong ?? {};
  const choice = (name: 'impact' | 'urgency', values: readonly string[]) => ({
    name,
    legend: t(`portal:form.${name}`),
    wrong: wrong[name],
    options: values.map((value) => ({
      value,
      label: t(`portal:form.${name}Of.${value}`),
      chosen: form[name] === value,
    })),
  });
  const shown = {
    title: t('portal:new'),
    given: form,
    similar: more.similar,
    wrong: more.wrong,
    choices: [choice('impact', IMPACTS), choice('urgency', URGENCIES)],
    services: SERVICES.map(({ id }) => ({ id, name: serviceName(id, locale), chosen: form.service === id })),
  };
  response.status(more.wrong === undefined && more.similar === undefined ? 200 : 422).render('portal/new', shown);
}

function emptyForm(): Given {
  const once = randomBytes(24).toString('base64url');
  return { once, title: '', description: '', service: '', impact: 'single', urgency: 'medium', contact: '' };
}

async function file(request: Request, response: Response, services: Services): Promise<void> {
  const user = signedIn(response);
  const form = given.parse(request.body);
  const read = newRequest.safeParse(form);
  if (!read.success) {
    const fields = read.error.issues.map((issue) => [String(issue.path[0] ?? ''), true] as const);
    return showForm(response, form, { wrong: Object.fromEntries(fields) });
  }
  if (form.anyway === undefined) {
    const similar = await findSimilar(services, user.login, read.data);
    const same = similar.length > 0 && (await rowsOf(services, response, similar));
    if (same !== false) return showForm(response, form, { similar: same });
  }
  await store(response, services, user, read.data, form.once);
}

async function store(
  response: Response,
  services: Services,
  user: User,
  request: NewRequest,
  once: string,
): Promise<void> {
  const caller = `user:${user.login}`;
  const filer = {
    channel: 'portal' as const,
    requester: user.login,
    requesterName: user.name,
    locale: context(response).locale,
    client: '',
    actor: actorOf(response),
  };
  // What is sent twice is filed once; what was changed before it was sent again is another request.
  const fingerprint = canonical(request);
  const key = `${once}\0${fingerprint}`;
  const filed = await fileRequest(services, request, filer, { caller, key, fingerprint, seed: once });
  response.redirect(303, `/r/${filed.number}?key=${filed.secret}&filed=1`);
}

export const routes: Route[] = [
  { method: 'get', path: '/portal', permission: 'public', handle: home },
  {
    method: 'get',
    path: '/portal/new',
    permission: 'requests:own',
    handle: (_request, response) => showForm(response, emptyForm()),
  },
  { method: 'post', path: '/portal/requests', permission: 'requests:own', handle: file },
  {
    method: 'get',
    path: '/portal/follow',
    permission: 'public',
    handle(request, response) {
      const { number, key } = follow.parse(request.query);
      response.redirect(303, `/r/${encodeURIComponent(number.trim())}?key=${encodeURIComponent(key.trim())}`);
    },
  },
];
