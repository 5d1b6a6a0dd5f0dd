/** The switches of every page: language and theme; kept with the account, else in a cookie. */
import { z } from 'zod';
import { changeUser } from '../people/user.ts';
import { context } from '../web/context.ts';
import { writeCookie } from '../web/cookie.ts';
import { localPath } from '../web/local-path.ts';
import type { Route } from './route.ts';

const form = z.object({
  locale: z.enum(['en', 'zh']).optional(),
  theme: z.enum(['auto', 'light', 'dark']).optional(),
  back: z.string().optional(),
});
const year = 365 * 86_400_000;

export const routes: Route[] = [
  {
    method: 'post',
    path: '/preferences',
    permission: 'public',
    async handle(request, response, services) {
      const { locale, theme, back } = form.parse(request.body);
      const { user } = context(response);
      if (user) await changeUser(services, user.login, { ...(locale && { locale }), ...(theme && { theme }) });
      if (locale) writeCookie(request, response, 'locale', locale, year);
      if (theme) writeCookie(request, response, 'theme', theme, year);
      response.redirect(303, localPath(back, '/'));
    },
  },
];
