/** The story that the demo tells, and the checks at its end. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MovableClock } from '../clock.ts';
import { conversationOf, findTicket } from '../desk/tickets.ts';
import { createToken } from '../people/api-token.ts';
import { samplePassword } from '../people/sample.ts';
import type { Server } from '../serve.ts';
import { signIn, type Visitor } from './visitor.ts';

const MINUTE = 60_000;
const ALERT = join(import.meta.dirname, '..', '..', 'processes', 'support-request', 'sample', 'alertmanager.json');

/** Plays it all; gives the number of things that are not as they should be. */
export async function tell(server: Server, clock: MovableClock, print: (line: string) => void): Promise<number> {
  const stage: Stage = { server, clock, print, people: new Map() };
  const request = await fileInChinese(stage);
  const alert = await receiveAlert(stage);
  await solve(stage, alert.number, 'chen', { cause: 'capacity', solution: 'Raised the limit of connections.' });
  await recover(stage, alert);
  await missTheResponse(stage, request);
  await solve(stage, request, 'lin', { cause: 'code', solution: '已回滚昨晚的发布，下单恢复正常。' });
  await rejectThenConfirm(stage, request);
  await archive(stage, { [request]: 'lin', [alert.number]: 'chen' });
  return check(stage, [request, alert.number]);
}

interface Stage {
  server: Server;
  clock: MovableClock;
  print: (line: string) => void;
  people: Map<string, Visitor>;
}

/** A person of the sample, signed in at first use. */
async function person({ server, people }: Stage, login: string): Promise<Visitor> {
  const known = people.get(login);
  if (known) return known;
  const visitor = await signIn(server.url, login, samplePassword, 'zh');
  people.set(login, visitor);
  return visitor;
}

/** Lets time go by, and everything happen that is due. */
async function wait({ server, clock, print }: Stage, minutes: number): Promise<void> {
  print(`\n  … ${minutes} minutes later`);
  clock.advance(minutes * MINUTE);
  await server.services.runtime.settle();
}

function say({ clock, print }: Stage, who: string, what: string): void {
  const at = new Date(clock.now() + 8 * 60 * MINUTE).toISOString();
  print(`  ${at.slice(5, 10)} ${at.slice(11, 16)}  ${who.padEnd(12)} ${what}`);
}

async function state({ server }: Stage, number: string): Promise<string> {
  await server.services.runtime.settle();
  const { priority, state: now, tier, group } = await findTicket(server.services, number);
  return `${number} is ${now}, ${priority} with ${group} (${tier})`;
}

async function fileInChinese(stage: Stage): Promise<string> {
  stage.print('\n1. A request in Chinese, through the portal');
  const requester = await person(stage, 'xiaomei');
  const form = await requester.open('/portal/new');
  const filed = await requester.send(form, '/portal/requests', {
    once: /name="once" value="([^"]+)"/.exec(form.html)?.[1] ?? '',
    title: '交易系统宕机，无法下单',
    description: '所有门店都无法下单，页面报错 502。',
    service: 'trading',
    impact: 'core',
    urgency: 'critical',
    contact: 'xiaomei@example.com',
  });
  const number = /\/r\/(R-\d+)/.exec(filed.path)?.[1] ?? '';
  say(stage, 'xiaomei', `files ${number}: 交易系统宕机，无法下单`);
  say(stage, 'Lanework', await state(stage, number));
  return number;
}

interface AlertCase {
  number: string;
  payload: { alerts: { status: string; endsAt: string }[]; status: string };
  token: string;
}

async function receiveAlert(stage: Stage): Promise<AlertCase> {
  stage.print('\n2. An alert of a core service, from Alertmanager');
  const { services } = stage.server;
  const { secret } = await createToken(services, {
    name: 'demo',
    scopes: ['intake:alerts'],
    createdBy: 'system',
  });
  const payload = JSON.parse(await readFile(ALERT, 'utf8')) as AlertCase['payload'];
  const number = await deliver(stage, secret, payload);
  say(stage, 'alertmanager', `fires ${payload.alerts.length} alerts of one group: ${number}`);
  const again = await deliver(stage, secret, payload);
  say(stage, 'alertmanager', `delivers the same again: still ${again}`);
  say(stage, 'Lanework', await state(stage, number));
  return { number, payload, token: secret };
}

async function deliver({ server }: Stage, token: string, payload: object): Promise<string> {
  const response = await fetch(`${server.url}/api/intake/alertmanager`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(payload),
  });
  const answer = (await response.json()) as { ticket?: string | null };
  if (!response.ok)
    throw new Error(`Expected the alert to be taken, but found ${response.status}: ${JSON.stringify(answer)}`);
  return answer.ticket ?? '';
}

async function missTheResponse(stage: Stage, number: string): Promise<void> {
  stage.print('\n4. Nobody answers in time: it goes to the experts, then to research and development');
  for (const minutes of [8, 8, 23, 8]) {
    await wait(stage, minutes);
    say(stage, 'Lanework', await state(stage, number));
  }
  const notes = await conversationOf(stage.server.services, await findTicket(stage.server.services, number), 'agent');
  for (const note of notes.filter(({ audience }) => audience === 'notice')) {
    stage.print(`                       told: ${note.text.split('\n')[0] ?? ''}`);
  }
}

/** Opens the one open task of a case and does it. */
async function work(stage: Stage, number: string, login: string, fields: Record<string, string>): Promise<void> {
  const agent = await person(stage, login);
  const ticket = await agent.open(`/tickets/${number}`);
  const task = /href="(\/tasks\/\d+)/.exec(ticket.html)?.[1];
  if (task === undefined) throw new Error(`Expected an open task of ${number} for ${login}, but found none.`);
  const page = await agent.open(task);
  if (/action="[^"]*\/claim"/.test(page.html)) await agent.send(page, `${task}/claim`, {});
  await agent.send(await agent.open(task), `${task}/complete`, fields);
}

async function solve(
  stage: Stage,
  number: string,
  login: string,
  { cause, solution }: { cause: string; solution: string },
): Promise<void> {
  stage.print(`\n  ${number} is worked on`);
  await work(stage, number, login, { greeting: '' });
  say(stage, login, await state(stage, number));
  await wait(stage, 15);
  await work(stage, number, login, { log: 'Checked logs and limits.', cause, action: 'solved', question: '' });
  await work(stage, number, login, { solution, fix: '' });
  say(stage, login, `proposes: ${solution}`);
  say(stage, 'Lanework', await state(stage, number));
}

async function rejectThenConfirm(stage: Stage, number: string): Promise<void> {
  stage.print('\n5. The solution is rejected, improved and confirmed');
  const requester = await person(stage, 'xiaomei');
  const answer = async (path: string, fields: Record<string, string>): Promise<void> => {
    await requester.send(await requester.open(`/r/${number}`), `/r/${number}/${path}`, fields);
    say(stage, 'xiaomei', `${path}: ${await state(stage, number)}`);
  };
  await wait(stage, 10);
  await answer('reject', { text: '还有两家门店无法下单。' });
  await workToSolution(stage, number);
  await answer('confirm', {});
  await answer('rate', { rating: '5', comment: '处理很快，谢谢。' });
}

async function workToSolution(stage: Stage, number: string): Promise<void> {
  const ticket = await (await person(stage, 'lin')).open(`/tickets/${number}`);
  const accepting = ticket.html.includes('受理</a>');
  if (accepting) await work(stage, number, 'lin', { greeting: '' });
  await work(stage, number, 'lin', { log: '清理了两家门店的缓存。', cause: 'code', action: 'solved', question: '' });
  await work(stage, number, 'lin', { solution: '两家门店的缓存已清理，全部恢复。', fix: '' });
  say(stage, 'lin', `proposes again: ${await state(stage, number)}`);
}

async function recover(stage: Stage, { number, payload, token }: AlertCase): Promise<void> {
  stage.print('\n3. The source of the alert recovers');
  const endsAt = new Date(stage.clock.now()).toISOString();
  const alerts = payload.alerts.map((alert) => ({ ...alert, status: 'resolved', endsAt }));
  await deliver(stage, token, { ...payload, status: 'resolved', alerts });
  say(stage, 'alertmanager', `all resolved: ${await state(stage, number)}`);
}

/** @param agents who keeps what was learned, by case */
async function archive(stage: Stage, agents: Record<string, string>): Promise<void> {
  stage.print('\n6. What was learned is kept, and the cases are archived');
  for (const [number, agent] of Object.entries(agents)) {
    await work(stage, number, agent, {
      knowledgeDecision: 'draft',
      articleTitle: `Learned from ${number}`,
      knowledgeReason: '',
    });
    await stage.server.services.runtime.settle();
  }
  for (let days = 0; days < 11; days += 1) {
    stage.clock.advance(24 * 60 * MINUTE);
    await stage.server.services.runtime.settle();
  }
  for (const number of Object.keys(agents)) say(stage, 'Lanework', await state(stage, number));
}

/** Runs both histories again; gives how many cases are not archived, whole and reproduced. */
async function check({ server, print }: Stage, numbers: readonly string[]): Promise<number> {
  print('\n7. Both histories are checked and run again');
  let wrong = 0;
  for (const number of numbers) {
    const ticket = await findTicket(server.services, number);
    const { integrity, execution } = await server.services.runtime.verifyHistory(ticket.instanceId);
    const fine = ticket.state === 'closed' && integrity.intact && execution?.verdict === 'REPRODUCED';
    if (!fine) wrong += 1;
    const rows = integrity.intact ? `${integrity.rows} commands, chain intact` : `chain broken: ${integrity.reason}`;
    print(`   ${number}  ${ticket.state}  ${rows}  ${execution?.verdict ?? 'NOT EVALUATED'}`);
  }
  print(
    wrong === 0
      ? '\nBoth cases are archived, and their histories are REPRODUCED.\n'
      : `\n${wrong} cases are not as they should be.\n`,
  );
  return wrong;
}
