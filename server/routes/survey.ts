/** Rating a solved request: one click, from the link, without signing in. */
import { z } from 'zod';
import { Rejection } from '../../engine/rejection.ts';
import { plainText } from '../desk/new-request.ts';
import { plainStatus } from '../desk/status.ts';
import { actorOf, context } from '../web/context.ts';
import { backTo, keepSecret, openRequest, showLocked, tooLate } from './request.ts';
import type { Route } from './route.ts';

const RATINGS = [1, 2, 3, 4, 5];
const form = z.object({ rating: z.coerce.number().int().min(1).max(5), comment: plainText(2000).default('') });

export const routes: Route[] = [
  {
    method: 'get',
    path: '/r/:number/rate',
    permission: 'public',
    async handle(request, response, services) {
      keepSecret(response);
      const opened = await openRequest(request, response, services);
      if (opened === null) return showLocked(request, response);
      const { t, now } = context(response);
      const { asked } = plainStatus(opened.ticket, now);
      response.render('survey', { title: t('portal:rate.title'), ...opened, asked, ratings: RATINGS });
    },
  },
  {
    method: 'post',
    path: '/r/:number/rate',
    permission: 'public',
    async handle(request, response, services) {
      const opened = await openRequest(request, response, services);
      if (opened === null) return showLocked(request, response);
      const read = form.safeParse(request.body);
      if (!read.success) throw new Rejection('invalid', 'Expected a rating from 1 to 5. Choose one of the buttons.');
      const { number, awaits } = opened.ticket;
      if (!awaits.includes('survey.submitted')) throw tooLate(number, 'survey.submitted');
      const variables = { rating: read.data.rating, ratingComment: read.data.comment };
      const { result } = await services.runtime.publishMessage({
        name: 'survey.submitted',
        key: number,
        variables,
        ttl: 0,
        actor: actorOf(response),
      });
      if (result !== 'correlated') throw tooLate(number, 'survey.submitted');
      backTo(response, opened);
    },
  },
];
