import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Release } from '../../engine/index.ts';
import type { Play } from '../support/play.ts';
import { ALERT, by, file, notes, notify, offered, supportRelease } from '../support/support-request.ts';

let release: Release;
beforeAll(async () => {
  release = await supportRelease();
});

const P1 = { impact: 'core', urgency: 'critical' };

/** Accepts, solves and proposes; the requester is asked next. */
function solve(game: Play, agent = 'bo'): void {
  if (game.tasks().includes('Accept')) by(game, agent, 'Accept', {});
  by(game, agent, 'Diagnose', { action: 'solved', cause: 'code', log: 'Restarted the shop.', question: '' });
  game.complete('ProposeSolution', { solution: 'It works again.', fix: 'Restart' });
  notify(game);
}

describe('a request that goes well', () => {
  it('goes from intake to archive, with the requester asked twice', () => {
    const game = file(release);
    expect(game.variables()).toMatchObject({ type: 'application-error', category: 'app', priority: 'P3' });
    expect(offered(game, 'Accept')).toEqual({ assignee: null, groups: ['app-support'] });
    by(game, 'bo', 'Accept', { greeting: 'I am looking into it.' });
    expect(offered(game, 'Diagnose')).toEqual({ assignee: 'bo', groups: ['app-support'] });
    solve(game);
    game.message('requester.confirmed');
    notify(game);
    expect(game.tasks()).toEqual(['KnowledgeDecision']);
    game.message('survey.submitted', { rating: 5, ratingComment: 'Quick' });
    game.complete('KnowledgeDecision', { knowledgeDecision: 'draft', articleTitle: 'Shop error 500' });
    expect(game.instance.status).toBe('completed');
    expect(game.variables()).toMatchObject({ rating: 5, knowledgeDecision: 'draft', articleTitle: 'Shop error 500' });
    expect(notes(game, 'public')).toEqual([
      'We have received your request R-100001. Its priority is P3 and it is with our support team now.',
      'I am looking into it.',
      'It works again.',
      'How was our help? Please rate it from 1 to 5.',
    ]);
    expect(notes(game, 'internal')).toContain('Knowledge: new article “Shop error 500”');
  });

  it('speaks Chinese to those who do', () => {
    const game = file(release, { locale: 'zh', title: '登录报错403', service: '' });
    expect(game.variables()).toMatchObject({ category: 'login', group: 'iam-desk', tier: 'L1' });
    expect(notes(game, 'public')).toEqual(['您的请求 R-100001 已收到，优先级 P3，正在安排支持人员处理。']);
  });

  it('takes silence for agreement after three days, and no rating after seven', () => {
    const game = file(release);
    solve(game);
    game.advance('PT71H');
    expect(game.at()).toEqual(['AwaitConfirmation']);
    game.advance('PT1H');
    notify(game);
    expect(game.at()).toEqual(['AwaitSurvey', 'KnowledgeDecision']);
    game.complete('KnowledgeDecision', { knowledgeDecision: 'none', knowledgeReason: 'Known.' });
    game.advance('P7D');
    expect(game.instance.status).toBe('completed');
  });

  it('waits for the knowledge decision although nobody rates', () => {
    const game = file(release);
    solve(game);
    game.message('requester.confirmed');
    notify(game);
    game.advance('P30D');
    expect(game.at()).toEqual(['BothDone', 'KnowledgeDecision']);
  });
});

describe('triage', () => {
  it('asks the dispatchers when the words say nothing, and follows their answer', () => {
    const game = file(release, { title: 'Help', description: 'Please call me.', service: '' });
    expect(offered(game, 'Triage')).toEqual({ assignee: null, groups: ['dispatchers'] });
    const decided = { type: 'network-fault', category: 'network', service: 'network', impact: 'part', urgency: 'high' };
    game.complete('Triage', { ...decided, triageNote: 'The whole floor.' });
    notify(game);
    expect(game.variables()).toMatchObject({ ...decided, priority: 'P2', group: 'net-ops', tier: 'L1' });
    expect(notes(game, 'internal')).toEqual(['The whole floor.']);
  });
});

describe('the talk with the requester', () => {
  it('waits for the answer to a question, and gives the request back to the same agent', () => {
    const game = file(release);
    by(game, 'bo', 'Accept', {});
    by(game, 'bo', 'Diagnose', { action: 'ask', log: 'Cannot repeat it.', question: 'Which browser?' });
    expect(notify(game)).toEqual(['rita']);
    expect(game.at()).toEqual(['AwaitAnswer', 'Handle', 'Tier']);
    game.message('requester.replied', { answer: 'Firefox' });
    expect(offered(game, 'Diagnose')?.assignee).toBe('bo');
    expect(game.variables()).toMatchObject({ question: 'Which browser?', answer: 'Firefox' });
    expect(notes(game, 'public').slice(-2)).toEqual(['Which browser?', 'Firefox']);
  });

  it('goes on without an answer after three days', () => {
    const game = file(release);
    by(game, 'bo', 'Accept', {});
    by(game, 'bo', 'Diagnose', { action: 'ask', log: '-', question: 'Which browser?' });
    notify(game);
    game.advance('PT72H');
    expect(game.tasks()).toEqual(['Diagnose']);
  });

  it('begins the update clock anew with each progress report, and remembers a missed one', () => {
    const game = file(release);
    by(game, 'bo', 'Accept', {});
    game.advance('PT17H');
    by(game, 'bo', 'Diagnose', { action: 'progress', log: 'Half done', question: 'We found the cause.' });
    notify(game);
    game.advance('PT17H');
    expect(notify(game)).toEqual([]);
    game.advance('PT2H');
    expect(notify(game)).toEqual(['bo']);
    expect(game.variables()['updateBreached']).toBe(false);
    game.advance('PT6H');
    expect(notify(game)).toEqual(['bo', 'duty-managers']);
    expect(game.variables()['updateBreached']).toBe(true);
    game.advance('PT24H');
    expect(notify(game)).toEqual(['bo', 'duty-managers']);
    expect(game.tasks()).toEqual(['Diagnose']);
  });

  it('goes back to the same tier when the solution is rejected', () => {
    const game = file(release);
    solve(game);
    game.message('requester.rejected', { rejection: 'Still broken.' });
    expect(offered(game, 'Accept')).toEqual({ assignee: 'bo', groups: ['app-support'] });
    expect(notes(game, 'public').at(-1)).toBe('Still broken.');
    solve(game);
    game.message('requester.confirmed');
    notify(game);
    expect(game.at()).toEqual(['AwaitSurvey', 'KnowledgeDecision']);
  });
});

describe('escalation', () => {
  it('warns at 75 %, then moves a P1 that nobody accepts from L1 to L2 to L3', () => {
    const game = file(release, P1);
    game.advance('PT22M30S');
    expect(notify(game)).toEqual(['app-support']);
    game.advance('PT7M30S');
    expect(notify(game)).toEqual(['core-experts', 'duty-managers']);
    expect(offered(game, 'Accept')).toEqual({ assignee: null, groups: ['core-experts'] });
    expect(game.variables()).toMatchObject({ responseBreached: true, tier: 'L2', group: 'core-experts' });
    game.advance('PT22M30S');
    notify(game);
    game.advance('PT7M30S');
    expect(notify(game)).toEqual(['rnd', 'duty-managers']);
    expect(game.variables()).toMatchObject({ tier: 'L3', group: 'rnd' });
    game.advance('PT22M30S');
    notify(game);
    game.advance('PT7M30S');
    expect(notify(game)).toContain('duty-managers');
    expect(offered(game, 'Accept')?.groups).toEqual(['rnd']);
  });

  it('takes an overdue P1 from the agent, although it is being worked on', () => {
    const game = file(release, P1);
    by(game, 'bo', 'Accept', {});
    game.advance('PT1H30M');
    expect(notify(game)).toEqual(['bo', 'app-support']);
    expect(game.variables()['resolutionBreached']).toBe(false);
    game.advance('PT30M');
    notify(game);
    expect(game.variables()).toMatchObject({ resolutionBreached: true, tier: 'L2', agent: null });
    expect(game.tasks()).toEqual(['Accept']);
    by(game, 'chen', 'Accept', {});
    game.advance('P2D');
    expect(offered(game, 'Diagnose')?.assignee).toBe('chen');
  });

  it('leaves an overdue P1 with the last tier and tells the managers', () => {
    const game = file(release, P1);
    for (const agent of ['bo', 'chen']) {
      by(game, agent, 'Accept', {});
      by(game, agent, 'Diagnose', { action: 'handOver', log: 'Needs the next tier.' });
      expect(notify(game)).toHaveLength(1);
    }
    by(game, 'lin', 'Accept', {});
    game.advance('PT1H30M');
    notify(game);
    game.advance('PT30M');
    expect(notify(game)).toEqual(['rnd', 'duty-managers']);
    expect(game.variables()).toMatchObject({ resolutionBreached: true, tier: 'L3', agent: 'lin' });
    expect(game.tasks()).toEqual(['Diagnose']);
  });

  it('counts the time for a solution from the intake, also after triage and a rejection', () => {
    const game = file(release, { ...P1, title: 'Help', description: '' });
    game.advance('PT1H');
    game.complete('Triage', { type: 'fault', category: 'database', service: 'database', ...P1 });
    notify(game);
    solve(game);
    game.message('requester.rejected', { rejection: 'No.' });
    by(game, 'bo', 'Accept', {});
    game.advance('PT30M');
    notify(game);
    expect(game.variables()).toMatchObject({ resolutionWarned: true, resolutionBreached: false });
    game.advance('PT30M');
    notify(game);
    expect(game.variables()).toMatchObject({ resolutionBreached: true, tier: 'L2', group: 'dba' });
  });

  it('has no clock for the solution of a P3', () => {
    const game = file(release);
    by(game, 'bo', 'Accept', {});
    expect(game.instance.timers.map(({ element }) => element).sort()).toEqual(['UpdateBreach', 'UpdateWarning']);
  });
});

describe('alerts', () => {
  it('go straight to the experts when a core service is in danger', () => {
    const game = file(release, ALERT);
    expect(game.variables()).toMatchObject({ priority: 'P1', group: 'dba', tier: 'L2', confidence: 1 });
    expect(offered(game, 'Accept')?.groups).toEqual(['dba']);
  });

  it('that recover before anybody accepts them need a knowledge decision only', () => {
    const game = file(release, ALERT);
    game.message('alert.resolved');
    expect(game.at()).toEqual(['KnowledgeDecision']);
    expect(offered(game, 'KnowledgeDecision')?.groups).toEqual(['dba', 'knowledge']);
    game.complete('KnowledgeDecision', { knowledgeDecision: 'none', knowledgeReason: 'Flapping.' });
    expect(game.instance.status).toBe('completed');
  });

  it('that recover while an agent works stay with the agent; a machine is not asked for confirmation', () => {
    const game = file(release, ALERT);
    by(game, 'chen', 'Accept', {});
    game.message('alert.resolved');
    expect(game.tasks()).toEqual(['Diagnose']);
    expect(notes(game, 'internal').at(-1)).toBe('The source of the alert has recovered.');
    solve(game, 'chen');
    expect(game.at()).toEqual(['KnowledgeDecision']);
    game.complete('KnowledgeDecision', { knowledgeDecision: 'link', articleTitle: 'Database down' });
    expect(game.instance.status).toBe('completed');
  });

  it('without a known service are confirmed by a dispatcher first', () => {
    const game = file(release, { ...ALERT, service: '', title: 'Something' });
    expect(game.tasks()).toEqual(['Triage']);
  });
});
