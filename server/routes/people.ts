/** Administration of accounts and groups. */
import type { Request, Response } from 'express';
import { z } from 'zod';
import { Rejection } from '../../engine/rejection.ts';
import { groupName, listGroups, saveGroup } from '../people/group.ts';
import { isRole, roles } from '../people/permission.ts';
import { recorded } from '../people/record.ts';
import { changeUser, createUser, findUser, listUsers, setPassword } from '../people/user.ts';
import type { User } from '../people/user.ts';
import type { Services } from '../services.ts';
import { actorOf, context } from '../web/context.ts';
import { list } from '../web/form-value.ts';
import type { Route } from './route.ts';

const person = z.object({
  name: z.string().trim().min(1).max(100),
  email: z.string().trim().max(200).default(''),
  roles: list.transform((all) => all.filter(isRole)),
  groups: list,
});
const newPerson = person.extend({ login: z.string().trim().toLowerCase(), password: z.string() });
const group = z.object({
  id: z.string().trim(),
  name: z.string().trim().min(1).max(100),
  nameZh: z.string().trim().max(100).default(''),
  tier: z.enum(['', 'L1', 'L2', 'L3']),
});

const loginOf = (request: Request): string => String(request.params['login']);

/** What the fields of a person need: all roles and groups, the chosen ones marked. */
async function choices(
  services: Services,
  response: Response,
  chosen: { roles: readonly string[]; groups: readonly string[] },
) {
  const { locale } = context(response);
  const groups = await listGroups(services);
  return {
    roles: roles.map((id) => ({ id, chosen: chosen.roles.includes(id) })),
    groups: groups.map((one) => ({ id: one.id, name: groupName(one, locale), chosen: chosen.groups.includes(one.id) })),
  };
}

async function showNew(services: Services, response: Response, given: Partial<User> = {}, problem?: string) {
  const { t } = context(response);
  const chosen = { roles: given.roles ?? ['requester'], groups: given.groups ?? [] };
  const shown = { title: t('people:new'), person: given, problem, ...(await choices(services, response, chosen)) };
  response.status(problem ? 400 : 200).render('person-new', shown);
}

async function showPerson(
  services: Services,
  response: Response,
  login: string,
  page: { problem?: string; done?: string },
) {
  const user = await findUser(services, login);
  const self = context(response).user?.login === login;
  const shown = { title: user.name, person: user, self, ...page, ...(await choices(services, response, user)) };
  response.status(page.problem ? 400 : 200).render('person', shown);
}

export const routes: Route[] = [
  {
    method: 'get',
    path: '/people',
    permission: 'people:manage',
    async handle(_request, response, services) {
      const { t, locale } = context(response);
      const groups = await listGroups(services);
      const names = new Map(groups.map((one) => [one.id, groupName(one, locale)]));
      const people = (await listUsers(services)).map((user) => ({
        ...user,
        groups: user.groups.map((id) => names.get(id) ?? id).join(t('task:comma')),
        roles: user.roles.map((role) => t(`people:role.${role}`)).join(t('task:comma')),
      }));
      response.render('people', { title: t('people:title'), people });
    },
  },
  {
    method: 'get',
    path: '/people/new',
    permission: 'people:manage',
    handle: (_request, response, services) => showNew(services, response),
  },
  {
    method: 'post',
    path: '/people/new',
    permission: 'people:manage',
    async handle(request, response, services) {
      const { password, ...given } = newPerson.parse(request.body);
      try {
        const { login, ...details } = given;
        await recorded(
          services,
          { actor: actorOf(response), action: 'UserCreated', subject: login, details },
          (inside) => createUser(inside, given, password),
        );
      } catch (error) {
        if (!(error instanceof Rejection)) throw error;
        return showNew(services, response, given, error.message);
      }
      response.redirect(303, '/people');
    },
  },
  {
    method: 'get',
    path: '/people/groups',
    permission: 'people:manage',
    async handle(_request, response, services) {
      const groups = (await listGroups(services)).map((one) => ({ ...one, count: one.members.length }));
      response.render('groups', {
        title: context(response).t('people:groups.title'),
        groups,
        tiers: ['L1', 'L2', 'L3'],
      });
    },
  },
  {
    method: 'post',
    path: '/people/groups',
    permission: 'people:manage',
    async handle(request, response, services) {
      const { tier, ...given } = group.parse(request.body);
      const saved = { ...given, tier: tier === '' ? null : tier };
      await recorded(
        services,
        { actor: actorOf(response), action: 'GroupSaved', subject: saved.id, details: saved },
        (inside) => saveGroup(inside, saved),
      );
      response.redirect(303, '/people/groups');
    },
  },
  {
    method: 'get',
    path: '/people/:login',
    permission: 'people:manage',
    handle: (request, response, services) =>
      showPerson(services, response, loginOf(request), {
        ...(request.query['saved'] !== undefined && { done: context(response).t('account:saved') }),
      }),
  },
  {
    method: 'post',
    path: '/people/:login',
    permission: 'people:manage',
    async handle(request, response, services) {
      const login = loginOf(request);
      const { disabled, ...given } = person.extend({ disabled: z.string().optional() }).parse(request.body);
      const self = context(response).user?.login === login;
      if (self && (disabled !== undefined || !given.roles.includes('administrator'))) {
        const problem = context(response).t('people:self');
        return showPerson(services, response, login, { problem });
      }
      const change = { ...given, disabled: disabled !== undefined };
      await recorded(
        services,
        { actor: actorOf(response), action: 'UserChanged', subject: login, details: change },
        (inside) => changeUser(inside, login, change),
      );
      response.redirect(303, `/people/${encodeURIComponent(login)}?saved`);
    },
  },
  {
    method: 'post',
    path: '/people/:login/password',
    permission: 'people:manage',
    async handle(request, response, services) {
      const { t, session } = context(response);
      const login = loginOf(request);
      const { password } = z.object({ password: z.string() }).parse(request.body);
      try {
        await recorded(services, { actor: actorOf(response), action: 'PasswordReset', subject: login }, (inside) =>
          setPassword(inside, login, password, session?.id),
        );
      } catch (error) {
        if (!(error instanceof Rejection) || error.code !== 'invalid') throw error;
        return showPerson(services, response, login, { problem: t('account:password.short') });
      }
      await showPerson(services, response, login, { done: t('people:passwordSet') });
    },
  },
];
