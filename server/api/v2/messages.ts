/** Messages and signals: what happened outside, for those that wait for it or begin by it. */
import { z } from 'zod';
import { Rejection } from '../../../engine/rejection.ts';
import { bucketOfMessage } from '../../db/key.ts';
import { messageKeyOf } from '../../process/message-key.ts';
import type { Repeatable } from '../../process/once.ts';
import type { Route } from '../../routes/route.ts';
import { actorOf } from '../../web/context.ts';
import { onceOf } from '../once.ts';
import { correlationKey, name } from '../parse.ts';
import { TENANT } from './format.ts';
import { optionalVariables, tenantId } from './parts.ts';
import { readBody } from '../read.ts';

const YEAR = 366 * 86_400_000;

const message = {
  name,
  /** Only who waits for this key gets it. */
  correlationKey,
  variables: optionalVariables,
  tenantId,
};

const publication = z.strictObject({
  ...message,
  /** How long it may wait for a receiver, ms; 0 = now or never. */
  timeToLive: z.int().min(0).max(YEAR).default(0),
  /** The sender's own id: a second message of this name and correlation key with it is not delivered. */
  messageId: name.optional(),
});
const correlation = z.strictObject(message);
const broadcast = z.strictObject({ signalName: name, variables: optionalVariables, tenantId });

const published = z.object({ messageKey: z.string(), tenantId: z.string() });

/** What the key of a repeatable message is made from, so that every answer names the same one. */
function seedOf({ once }: Repeatable): string | null {
  return once === undefined ? null : `${once.caller}\n${once.key}`;
}

export const routes: Route[] = [
  {
    method: 'post',
    path: '/v2/messages/publication',
    permission: 'processes:run',
    document: {
      summary: 'Publish a message',
      tag: 'Messages',
      description:
        'A message with name, correlation key and `messageId` of an earlier one is answered like that one, and delivered no more.',
      body: publication,
      repeatable: true,
      responses: { 200: published },
    },
    async handle(request, response, { runtime }) {
      const asked = readBody(publication, request.body);
      const { name: called, variables, correlationKey: key, messageId, timeToLive: ttl } = asked;
      const once = onceOf(request);
      const sentAs = messageKeyOf(
        called,
        key,
        messageId ?? seedOf(once) ?? runtime.keys.next(bucketOfMessage(called, key)),
      );
      const id = messageId === undefined ? { sentAs } : { messageId };
      await runtime.publishMessage({ name: called, variables, key, ttl, actor: actorOf(response), ...id }, once);
      response.json({ messageKey: sentAs, tenantId: TENANT });
    },
  },
  {
    method: 'post',
    path: '/v2/messages/correlation',
    permission: 'processes:run',
    document: {
      summary: 'Correlate a message',
      tag: 'Messages',
      description: 'Delivers it now, or answers 404 when nobody waits for it and nothing begins by it.',
      body: correlation,
      repeatable: true,
      responses: { 200: published.extend({ processInstanceKey: z.string() }) },
    },
    async handle(request, response, { runtime }) {
      const { name: called, correlationKey: key, variables } = readBody(correlation, request.body);
      const once = onceOf(request);
      const seed = seedOf(once);
      const sentAs = seed === null ? runtime.keys.next(bucketOfMessage(called, key)) : messageKeyOf(called, key, seed);
      const actor = actorOf(response);
      const outcome = await runtime.publishMessage({ name: called, key, variables, ttl: 0, sentAs, actor }, once);
      if (!('instance' in outcome)) {
        const text = `Expected somebody to wait for the message "${called}" with the key "${key}", but nobody does. `;
        throw new Rejection('not-found', `${text}Publish it with a time to live to let it wait.`);
      }
      response.json({ messageKey: sentAs, processInstanceKey: outcome.instance.id, tenantId: TENANT });
    },
  },
  {
    method: 'post',
    path: '/v2/signals/broadcast',
    permission: 'processes:run',
    document: {
      summary: 'Broadcast a signal',
      tag: 'Signals',
      body: broadcast,
      repeatable: true,
      responses: { 200: z.object({ signalKey: z.string(), tenantId: z.string() }) },
    },
    async handle(request, response, { runtime }) {
      const { signalName, variables } = readBody(broadcast, request.body);
      const once = onceOf(request);
      const seed = seedOf(once);
      await runtime.broadcastSignal({ name: signalName, variables, actor: actorOf(response) }, once);
      const signalKey = seed === null ? runtime.keys.next() : messageKeyOf(signalName, '', seed);
      response.json({ signalKey, tenantId: TENANT });
    },
  },
];
