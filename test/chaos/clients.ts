/** Clients that work on cases, and ask again until they have a clear answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { formatPart } from '../../server/db/key.ts';
import type { Chance } from './random.ts';
import type { Record } from './record.ts';
import type { ServerProcess } from './servers.ts';

/** A server that does not answer within this time is left for another, ms. */
const PATIENCE = 4000;

interface World {
  servers: readonly ServerProcess[];
  /** API token. */
  token: string;
  chance: Chance;
  record: Record;
  /** ms since the epoch */
  until: number;
}

interface Request {
  method: 'GET' | 'POST';
  path: string;
  headers?: { [name: string]: string };
  body?: object;
}

interface Answer {
  status: number;
  text: string;
}

/** Works on one case after the other until the time is over. */
export async function work(world: World, name: string): Promise<void> {
  for (let n = 1; Date.now() < world.until; n += 1) {
    if (world.chance.next() < 0.1) await fileTicket(world, `ticket ${name}-${n}`);
    else await workOnCase(world, `${name}-${n}`);
  }
}

async function workOnCase(world: World, id: string): Promise<void> {
  const { chance, record } = world;
  const begun = await sendMessage(world, id, 'chaos.begin');
  if (begun === null) return;
  record.acknowledge({ kind: 'begin', case: id, ...begun });
  if (begun.instance === undefined) return;
  const task = await findTask(world, begun.instance);
  if (task === null) return;
  // The timer on the task is due after a second: before, at the same time, after.
  await sleep(chance.pick([0, 0, 0, 990, 1010, 1500]));
  const early = chance.next() < 0.3 ? await reply(world, id) : false;
  const rivals = chance.next() < 0.15 ? 2 : 1;
  await Promise.all(
    Array.from({ length: rivals }, (_, index) => completeTask(world, id, task, `${id}/${index}`, rivals > 1)),
  );
  if (!early) await reply(world, id);
}

async function reply(world: World, id: string): Promise<boolean> {
  const taken = await sendMessage(world, id, 'chaos.reply');
  if (taken !== null) world.record.acknowledge({ kind: 'reply', case: id, ...taken });
  return taken !== null;
}

async function sendMessage(world: World, id: string, name: string): Promise<{ instance?: string } | null> {
  const body = { name, correlationKey: id, messageId: id, timeToLive: 3_600_000, variables: { case: id } };
  const answer = await insist(world, {
    method: 'POST',
    path: '/api/messages',
    headers: repeatable(`${name} ${id}`),
    body,
  });
  if (answer === null) return null;
  if (answer.status !== 200) return unexpected(world, `message ${name} of ${id}`, answer);
  const { instance } = JSON.parse(answer.text) as { instance?: string };
  return instance === undefined ? {} : { instance };
}

/** The key of the open user task. */
async function findTask(world: World, instance: string): Promise<string | null> {
  const answer = await insist(world, { method: 'GET', path: `/api/cases/${instance}/why` });
  if (answer === null) return null;
  if (answer.status !== 200) return unexpected(world, `case ${instance}`, answer);
  const { resting } = JSON.parse(answer.text) as { resting: { token: number; element: string }[] };
  const found = resting.find(({ element }) => element === 'work');
  return found === undefined ? null : formatPart(instance, found.token);
}

async function completeTask(world: World, id: string, task: string, tag: string, rival: boolean): Promise<void> {
  const request = {
    method: 'POST',
    path: `/v2/user-tasks/${task}/completion`,
    headers: repeatable(`complete ${tag}`),
    body: { variables: { tag } },
  } as const;
  const answer = await insist(world, request);
  if (answer === null) return;
  if (answer.status === 204) return world.record.acknowledge({ kind: 'complete', case: id, task, tag });
  // Only a rival can have been faster: a repetition of this request is answered as the first one was.
  if (answer.status !== 409 || !rival) unexpected(world, `task ${task} of ${id}`, answer);
}

async function fileTicket(world: World, title: string): Promise<void> {
  const body = { title, impact: 'single', urgency: 'low' };
  const answer = await insist(world, { method: 'POST', path: '/api/tickets', headers: repeatable(title), body });
  if (answer === null) return;
  if (answer.status !== 201) return void unexpected(world, title, answer);
  const { number } = JSON.parse(answer.text) as { number: string };
  world.record.acknowledge({ kind: 'ticket', title, number });
}

function repeatable(key: string): { [name: string]: string } {
  return { 'idempotency-key': key };
}

function unexpected(world: World, what: string, { status, text }: Answer): null {
  world.record.unexpected.push(`${what}: ${status} ${text.slice(0, 300)}`);
  return null;
}

/**
 * Asks any server, again and again, until the answer is clear; null when the time was over before. Now and then what has
 * been answered is asked once more, and the answers have to be the same.
 */
async function insist(world: World, request: Request): Promise<Answer | null> {
  const answer = await untilAnswered(world, request);
  if (answer === null || request.method === 'GET' || world.chance.next() > 0.1) return answer;
  const again = await untilAnswered(world, request);
  if (again !== null && again.text !== answer.text) {
    unexpected(world, `${request.path} answered ${answer.text.slice(0, 100)}, and when repeated`, again);
  }
  return answer;
}

async function untilAnswered(world: World, request: Request): Promise<Answer | null> {
  for (let attempt = 0; Date.now() < world.until; attempt += 1) {
    const { url } = world.chance.pick(world.servers);
    const answer = url === null ? null : await ask(url, world.token, request);
    if (answer !== null && answer.status !== 503) return answer;
    await sleep(Math.min(20 * 2 ** attempt, 500));
  }
  return null;
}

/** null when the connection broke or nothing came in time: what was asked may have been done or not. */
async function ask(url: string, token: string, { method, path, headers, body }: Request): Promise<Answer | null> {
  try {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE),
    });
    return { status: response.status, text: await response.text() };
  } catch {
    return null; // Refused, reset or too late: the caller asks again.
  }
}
