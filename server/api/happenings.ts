/** What happened outside, for the processes that wait for it or begin by it: messages, signals, changed conditions. */
import { z } from 'zod';
import type { Route } from '../routes/route.ts';
import { actorOf } from '../web/context.ts';
import { onceOf } from './once.ts';
import { correlationKey, name, variables } from './parse.ts';
import { readBody } from './read.ts';

const WEEK = 7 * 24 * 3600_000;

/** The body of POST /api/messages. */
const message = z.strictObject({
  name,
  /** Only who waits for this key gets it. */
  correlationKey,
  variables,
  /** The sender's own id: a second message of this name and correlation key with it is not delivered. */
  messageId: name.optional(),
  /** How long it may wait for a receiver, ms; 0 = now or never. */
  timeToLive: z.number().int().min(0).max(WEEK).optional(),
});

/** The body of POST /api/signals. */
const signal = z.strictObject({
  name,
  variables,
  /** The sender's own id: nobody hears two signals with it. */
  id: name.optional(),
});

/** The body of POST /api/conditionals. */
const conditionals = z.strictObject({
  variables,
  /** Only this process. */
  process: name.optional(),
});

export const routes: Route[] = [
  {
    method: 'post',
    path: '/api/messages',
    permission: 'processes:run',
    document: {
      summary: 'Deliver a message',
      tag: 'Happenings',
      description: 'To exactly one receiver: who waits for it, else what begins by it; kept while it may wait.',
      body: message,
      repeatable: true,
      responses: { 200: z.object({ result: z.string(), instance: z.string().optional() }) },
    },
    async handle(request, response, services) {
      const { correlationKey: key, messageId, timeToLive: ttl, ...given } = readBody(message, request.body);
      const sent = {
        ...given,
        key,
        ...(messageId === undefined ? {} : { messageId }),
        ...(ttl === undefined ? {} : { ttl }),
        actor: actorOf(response),
      };
      const published = await services.runtime.publishMessage(sent, onceOf(request));
      const instance = 'instance' in published ? { instance: published.instance.id } : {};
      response.json({ result: published.result, ...instance });
    },
  },
  {
    method: 'post',
    path: '/api/signals',
    permission: 'processes:run',
    document: {
      summary: 'Tell a signal',
      tag: 'Happenings',
      description: 'To all that wait for it now, and to what begins by it.',
      body: signal,
      repeatable: true,
      responses: { 200: z.object({ instances: z.array(z.string()) }) },
    },
    async handle(request, response, services) {
      const { id, ...given } = readBody(signal, request.body);
      const named = id === undefined ? {} : { id };
      const sent = { ...given, ...named, actor: actorOf(response) };
      const instances = await services.runtime.broadcastSignal(sent, onceOf(request));
      response.json({ instances });
    },
  },
  {
    method: 'post',
    path: '/api/conditionals',
    permission: 'processes:run',
    document: {
      summary: 'Tell changed conditions',
      tag: 'Happenings',
      description: 'Begins the processes whose conditional start event holds for these values.',
      body: conditionals,
      repeatable: true,
      responses: { 200: z.object({ instances: z.array(z.string()) }) },
    },
    async handle(request, response, services) {
      const { process, ...given } = readBody(conditionals, request.body);
      const only = process === undefined ? {} : { process };
      const values = { ...given, ...only, actor: actorOf(response) };
      const instances = await services.runtime.evaluateConditionals(values, onceOf(request));
      response.json({ instances });
    },
  },
];
