import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { evaluateDecision } from '../../engine/decision/index.ts';
import type { Release, Value, Variables } from '../../engine/index.ts';
import { IMPACTS, newRequest, URGENCIES } from '../../server/desk/new-request.ts';
import { tierOf } from '../../server/desk/service-catalogue.ts';
import { readDelivery, requestOf } from '../../server/intake/alertmanager.ts';
import { shippedGroups, samplePeople } from '../../server/people/sample.ts';
import { MONDAY } from '../support/play.ts';
import { ALERT, file, supportRelease } from '../support/support-request.ts';

let release: Release;
beforeAll(async () => {
  release = await supportRelease();
});

function decide(id: string, variables: Variables): Value {
  const decision = release.decisions.get(id);
  if (!decision) throw new Error(`No decision ${id}.`);
  return evaluateDecision(decision, variables, MONDAY).output;
}

const sample = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../processes/support-request/sample/${name}`, import.meta.url), 'utf8'));

describe('classification', () => {
  const classify = (text: string) => decide('classify', { text, alert: null, service: '' });
  it.each([
    ['登录报错403', 'application-error', 'login'],
    ['i cannot sign in', 'application-error', 'login'],
    ['申请开通报表权限', 'permission-request', 'access'],
    ['数据库连接超时', 'application-error', 'database'],
    ['mysql: connection timed out', 'application-error', 'database'],
    ['三楼网络丢包', 'network-fault', 'network'],
    ['the vpn drops', 'network-fault', 'network'],
    ['pod 一直 crashloopbackoff', 'application-error', 'container'],
    ['客户投诉重复扣款', 'complaint', 'payment'],
    ['error 500 on save', 'application-error', 'app'],
    ['如何共享邮箱', 'question', 'howto'],
  ])('reads "%s" as %s, %s, and is sure', (text, type, category) => {
    const found = classify(text);
    expect(found).toMatchObject({ type, category });
    expect((found as { confidence: number }).confidence).toBeGreaterThanOrEqual(0.6);
  });

  it('is not sure of what has none of the words', () => {
    expect(classify('please call me, i went shopping')).toMatchObject({ confidence: 0 });
  });
});

describe('priority and service levels', () => {
  it('has one answer for every impact and urgency', () => {
    const found = IMPACTS.map((impact) =>
      URGENCIES.map((urgency) => decide('priority', { impact, urgency, alert: null }) as string).join(' '),
    );
    expect(found).toEqual(['P4 P4 P3 P3', 'P4 P3 P3 P2', 'P3 P2 P2 P1', 'P3 P2 P1 P1']);
  });

  it('makes every critical alert of a core service a P1', () => {
    expect(decide('priority', { impact: 'single', urgency: 'low', alert: ALERT['alert'] ?? null })).toBe('P1');
  });

  it('gives P1 half an hour and two hours, and P3 no time for the solution but a day for news', () => {
    expect(decide('sla-policy', { priority: 'P1' })).toMatchObject({
      responseBreach: 'PT30M',
      resolutionBreach: 'PT2H',
      updateBreach: null,
    });
    expect(decide('sla-policy', { priority: 'P3' })).toMatchObject({ resolutionBreach: null, updateBreach: 'PT24H' });
  });
});

describe('groups', () => {
  interface Target {
    group: string;
    tier: string;
    tell: string[];
  }

  it('are those of the organisation, with the tiers that the tables say', () => {
    const tiers = new Map(shippedGroups.map(({ id, tier }) => [id, tier]));
    const services = ['trading', 'payment', 'database', 'network', 'website', 'crm', 'mail', 'office', ''];
    const categories = ['login', 'access', 'network', 'database', 'app', 'container', 'payment', 'howto', 'other'];
    const cases = services.flatMap((service) => categories.map((category) => ({ service, category })));
    for (const one of cases) {
      const first = decide('dispatch', { ...one, alert: null, priority: 'P1' }) as unknown as Target;
      expect(tiers.get(first.group)).toBe(first.tier);
      for (const tier of ['L1', 'L2', 'L3']) {
        for (const escalationReason of ['response', 'resolution', 'handOver']) {
          const next = decide('escalation', { ...one, tier, escalationReason }) as unknown as Target;
          expect(tiers.get(next.group)).toBe(next.tier);
          expect(next.tell).toContain(next.group);
        }
      }
    }
  });
});

describe('sample content', () => {
  interface Sample extends Variables {
    title: string;
    requester: string;
    locale: string;
  }

  it('reads like requests of people: both languages, all priorities, most groups, some for the dispatchers', () => {
    const samples = sample('requests.json') as Sample[];
    const games = samples.map((one) => {
      expect(newRequest.safeParse(one).error).toBeUndefined();
      if (one.requester !== '') expect(samplePeople.map(({ login }) => login)).toContain(one.requester);
      return file(release, one);
    });
    expect(new Set(samples.map(({ locale }) => locale))).toEqual(new Set(['zh', 'en']));
    expect(games.filter((game) => game.tasks().includes('Triage')).length).toBeGreaterThanOrEqual(2);
    const of = (name: string) => new Set(games.flatMap((game) => game.variables()[name] ?? []));
    expect(of('priority')).toEqual(new Set(['P1', 'P2', 'P3', 'P4']));
    expect(of('group').size).toBeGreaterThanOrEqual(6);
  });

  it('has a delivery of Alertmanager that goes to the database experts at once', () => {
    const read = readDelivery(sample('alertmanager.json'));
    if (!('delivery' in read)) throw new Error(read.reason);
    const game = file(release, {
      ...ALERT,
      ...requestOf(read.delivery, '', tierOf),
      alert: requestAlert(read.delivery),
    });
    expect(game.variables()).toMatchObject({ priority: 'P1', group: 'dba', tier: 'L2' });
  });
});

/** The facts as variables of the process hold them. */
function requestAlert(delivery: Parameters<typeof requestOf>[0]): Value {
  return JSON.parse(JSON.stringify(requestOf(delivery, '', tierOf).alert)) as Value;
}
