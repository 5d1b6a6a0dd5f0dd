/** Where Alertmanager delivers. It repeats what is answered with 5xx and drops what is answered with 4xx, 429 included. */
import { z } from 'zod';
import { Rejection } from '../../engine/rejection.ts';
import type { Route } from '../routes/route.ts';
import { Refusal } from '../web/refusal.ts';
import { delivery, readDelivery } from './alertmanager.ts';
import { groupsInWork, takeAlerts } from './take-alerts.ts';

/** Groups that may be in work at once; more are asked to come back. */
const AT_ONCE = 200;

export const routes: Route[] = [
  {
    method: 'post',
    path: '/api/intake/alertmanager',
    permission: 'intake:alerts',
    document: {
      summary: 'Deliver alerts of Alertmanager',
      tag: 'Intake',
      description: 'A group of alerts has one ticket; repeating a delivery changes nothing.',
      body: delivery,
      responses: { 200: z.object({ ticket: z.string().nullable() }) },
    },
    async handle(request, response, services) {
      const read = readDelivery(request.body);
      if ('reason' in read) throw new Rejection('invalid', read.reason);
      if (groupsInWork() >= AT_ONCE) throw new Refusal(503, 'overload');
      response.json({ ticket: await takeAlerts(services, read.delivery) });
    },
  },
];
