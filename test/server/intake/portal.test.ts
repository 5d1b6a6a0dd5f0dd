import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, it } from '@jest/globals';
import { findTicket } from '../../../server/desk/tickets.ts';
import { describeDatabase } from '../../support/database.ts';
import { openDesk } from '../../support/desk.ts';
import type { Browser, Desk } from '../../support/desk.ts';
import { taskAt } from '../../support/runtime.ts';

const REQUEST = {
  title: '支付页面打不开',
  description: '点击付款后报错 500',
  impact: 'part',
  urgency: 'high',
  service: 'payment',
};

describeDatabase('the portal', (open) => {
  let desk: Desk;
  let rita: Browser;
  let once = 0;

  /** Files a request; gives number and the path of the secret link. */
  async function file(
    browser: Browser,
    fields: Record<string, string> = {},
  ): Promise<{ number: string; link: string }> {
    const answer = await browser.post('/portal/requests', {
      once: `once-once-once-${once++}`,
      ...REQUEST,
      anyway: '1',
      ...fields,
    });
    expect(answer.status).toBe(303);
    const location = answer.headers['location'] ?? '';
    await desk.services.runtime.settle();
    return { number: /R-\d+/.exec(location)?.[0] ?? '', link: location.replace('&filed=1', '') };
  }

  /** Completes the open task of an element as an agent. */
  async function complete(number: string, element: string, variables: Record<string, string>): Promise<void> {
    const { instanceId } = await findTicket(desk.services, number);
    const task = taskAt(await desk.services.runtime.instance(instanceId), element);
    const base = { at: desk.clock.now(), actor: 'user:bo' };
    await desk.services.runtime.submit(instanceId, { type: 'AssignTask', task, assignee: 'bo', ...base });
    await desk.services.runtime.submit(instanceId, { type: 'CompleteTask', task, variables, ...base });
    await desk.services.runtime.settle();
  }

  beforeAll(async () => {
    desk = await openDesk(await open({ pool: 1 }));
    rita = await desk.browser('rita');
  }, 180_000);

  it('gives a number and a link that opens the request without signing in', async () => {
    const { number, link } = await file(rita);
    const stranger = await desk.browser('');
    expect((await stranger.get(link)).text).toContain(REQUEST.title);
    expect((await stranger.get(`/r/${number}`)).status).toBe(403);
    expect((await stranger.get(`/r/${number}?key=wrong`)).status).toBe(403);
    expect((await stranger.get('/r/R-999999')).status).toBe(403);
    expect((await (await desk.browser('xiaomei')).get(`/r/${number}`)).status).toBe(403);
    expect((await rita.get(`/r/${number}`)).status).toBe(200);
    expect((await rita.get('/portal')).text).toContain(number);
  });

  it('signs a question with the name of the agent who asks it', async () => {
    const { number, link } = await file(rita);
    await complete(number, 'Accept', { greeting: '' });
    await complete(number, 'Diagnose', { action: 'ask', log: 'unclear', cause: 'unknown', question: 'Which browser?' });
    const { text } = await (await desk.browser('')).get(link);
    const [, author = ''] =
      /<strong>([^<]*)<(?:(?!<strong>)[^])*?<p class="note-text">Which browser\?</.exec(text) ?? [];
    expect(author).toBe('薄文（示例）');
    expect(text.match(/<p class="note-text">Which browser\?</g)).toHaveLength(1);
  });

  it('shows again what was typed when something is missing', async () => {
    const answer = await rita.post('/portal/requests', { once: 'once-once-once-x', ...REQUEST, title: ' ' });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(REQUEST.description);
    expect(answer.text).toContain('id="title-error"');
  });

  it('offers the earlier request when the same person reports the same within a day', async () => {
    const { number } = await file(rita, { title: 'Cannot print invoices today', description: '' });
    const again = { ...REQUEST, once: 'once-once-once-y', title: 'cannot print invoices', description: '' };
    const answer = await rita.post('/portal/requests', again);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(`/r/${number}`);
    expect((await rita.post('/portal/requests', { ...again, anyway: '1' })).status).toBe(303);
    const other = await desk.browser('xiaomei');
    expect((await other.post('/portal/requests', { ...again, once: 'once-once-once-z' })).status).toBe(303);
  });

  it('files once when the button is pressed twice', async () => {
    const twice = () => rita.post('/portal/requests', { ...REQUEST, once: 'once-once-once-2', anyway: '1' });
    const [one, other] = await Promise.all([twice(), twice()]);
    expect(one.headers['location']).toBe(other.headers['location']);
  });

  it('files what was changed in the browser and sent again as another request', async () => {
    const first = await file(rita, { once: 'once-once-once-3', title: 'Headset is silent' });
    const second = await file(rita, { once: 'once-once-once-3', title: 'Headset is loud' });
    expect(second.number).not.toBe(first.number);
    expect((await rita.get(`/r/${second.number}`)).text).toContain('Headset is loud');
  });

  it('carries a request to its end: comment, rejected and confirmed solution, rating from the link', async () => {
    const { number, link } = await file(rita);
    const key = new URLSearchParams(link.split('?')[1]).get('key') ?? '';
    const guest = await desk.browser('');
    await guest.post(`/r/${number}/comment`, { key, text: 'It also happens on my phone.' });
    expect((await guest.get(link)).text).toContain('It also happens on my phone.');

    await complete(number, 'Accept', { greeting: 'On it' });
    await complete(number, 'Diagnose', { action: 'solved', log: 'restarted', cause: 'config' });
    await complete(number, 'ProposeSolution', { solution: 'Try again now', fix: 'restart', workaround: '' });
    expect(await findTicket(desk.services, number)).toMatchObject({
      state: 'waiting_requester',
      solution: 'Try again now',
    });

    await guest.post(`/r/${number}/reject`, { key, text: 'Still broken' });
    await desk.services.runtime.settle();
    expect((await findTicket(desk.services, number)).state).toBe('assigned');
    const late = await guest.post(`/r/${number}/confirm`, { key });
    expect(late.status).toBe(409);
    await complete(number, 'Accept', { greeting: '' });

    await complete(number, 'Diagnose', { action: 'solved', log: 'restarted', cause: 'config' });
    await complete(number, 'ProposeSolution', { solution: 'Now really', fix: 'fix', workaround: '' });
    let answered = false;
    const confirmed = guest.post(`/r/${number}/confirm`, { key }).then(() => (answered = true));
    while ((await findTicket(desk.services, number)).awaits.includes('requester.confirmed')) await sleep(10);
    expect(answered).toBe(false); // waits for the survey, which a job sends
    await desk.services.runtime.settle();
    await confirmed;
    expect((await findTicket(desk.services, number)).awaits).toContain('survey.submitted');
    expect((await guest.get(`/r/${number}/rate?key=${key}`)).text).toContain('name="rating" value="5"');
    await guest.post(`/r/${number}/rate`, { key, rating: '4', comment: 'fast' });
    expect(await findTicket(desk.services, number)).toMatchObject({ rating: 4, ratingComment: 'fast' });
  });

  it('shows requesters no internal note, and agents all', async () => {
    const { number, link } = await file(rita);
    const bo = await desk.browser('bo');
    await bo.post(`/tickets/${number}/notes`, { text: 'Between us', audience: 'internal' });
    await bo.post(`/tickets/${number}/notes`, { text: 'For everybody', audience: 'public' });
    const seen = (await rita.get(link)).text;
    expect(seen).toContain('For everybody');
    expect(seen).not.toContain('Between us');
    const page = await bo.get(`/tickets/${number}`);
    expect(page.text).toContain('Between us');
    expect((await rita.get(`/tickets/${number}`)).status).toBe(403);
    expect((await bo.get(`/tickets?q=${encodeURIComponent('打不开')}`)).text).toContain(number);
    expect((await bo.get('/tickets?q=zzz')).text).not.toContain('data-row');
  });

  it('escapes what people write', async () => {
    const { link } = await file(rita, { title: '<img src=x onerror=alert(1)>' });
    const { text } = await rita.get(link);
    expect(text).toContain('&lt;img src');
    expect(text).not.toContain('<img src=x');
  });
});
