/** Plays the shipped support request in memory, with its own decisions and forms. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import {
  checkRelease,
  compileBpmn,
  compileDecisions,
  readBpmn,
  readDecisions,
  type Decision,
  type Release,
  type Variables,
} from '../../engine/index.ts';
import { playRelease, type Play } from './play.ts';

const FOLDER = new URL('../../processes/support-request/', import.meta.url);

const read = (path: string): string => readFileSync(new URL(path, FOLDER), 'utf8');
const list = (path: string, ending: string): string[] =>
  readdirSync(new URL(path, FOLDER)).filter((name) => name.endsWith(ending));

/** Everything of the folder, compiled; fails on any problem. */
export async function supportRelease(): Promise<Release> {
  const { processes, problems } = compileBpmn(await readBpmn(read('diagram.bpmn')));
  expect(problems).toEqual([]);
  const decisions = new Map<string, Decision>();
  for (const name of list('.', '.dmn')) {
    const compiled = compileDecisions(await readDecisions(read(name)));
    expect(compiled.problems).toEqual([]);
    for (const [id, decision] of compiled.decisions) decisions.set(id, decision);
  }
  const forms = new Map(list('forms/', '.form').map((name) => formOf(read(`forms/${name}`))));
  const release = { id: '1', processes: new Map(processes.map((model) => [model.id, model])), decisions, forms };
  expect(checkRelease(release)).toEqual([]);
  return release;
}

function formOf(json: string): [string, unknown] {
  const form = JSON.parse(json) as { id: string };
  return [form.id, form];
}

/** What a request of the portal starts with; classified without doubt, P3, to the application support. */
export const REQUEST: Variables = {
  number: 'R-100001',
  title: 'Error 500 when I save an order',
  description: 'Since this morning.',
  channel: 'portal',
  requester: 'rita',
  requesterName: 'Rita',
  contact: 'rita@example.com',
  locale: 'en',
  service: 'website',
  impact: 'group',
  urgency: 'medium',
  occurredAt: '2026-03-02T07:50:00Z',
  accessHash: 'none',
  alert: null,
};

/** A critical alert of a core service. */
export const ALERT: Variables = {
  ...REQUEST,
  title: 'DatabaseDown',
  description: 'No connection to the primary.',
  channel: 'alert',
  requester: '',
  service: 'database',
  impact: 'core',
  urgency: 'critical',
  alert: {
    groupKey: '{}:{alertname="DatabaseDown"}',
    severity: 'critical',
    tier: 'core',
    labels: { alertname: 'DatabaseDown', service: 'database' },
    annotations: {},
    startsAt: '2026-03-02T07:59:00Z',
    source: 'alertmanager',
  },
};

/** Starts a request and does the notifications up to the first person. */
export function file(release: Release, variables: Variables = {}): Play {
  const game = playRelease(release, 'support-request', { ...REQUEST, ...variables }, 'RequestSubmitted');
  notify(game);
  return game;
}

/** Does all open notifications; gives who was told, in order. */
export function notify(game: Play): string[] {
  const told: string[] = [];
  for (;;) {
    const token = game.instance.tokens.find(({ job }) => job);
    if (!token) return told;
    const own = game.instance.scopes.find(({ id }) => id === token.id)?.variables ?? {};
    told.push(...(own['to'] as string[]));
    game.do({ type: 'CompleteJob', job: token.id, variables: {} });
  }
}

/** The open task of this element: who it is offered to and given to. */
export function offered(game: Play, element: string): { assignee: string | null; groups: string[] } | undefined {
  const task = game.instance.tokens.find((token) => token.element === element)?.task;
  return task && { assignee: task.assignee, groups: task.groups };
}

/** Texts of the notes so far for one audience. */
export function notes(game: Play, audience: 'public' | 'internal' | 'notice'): string[] {
  return game.events('NoteAdded').flatMap((note) => (note.audience === audience ? [note.text] : []));
}

/** Somebody takes an open task and completes it. */
export function by(game: Play, login: string, element: string, values: Variables = {}): void {
  const task = game.instance.tokens.find((token) => token.element === element && token.task);
  if (!task) throw new Error(`No open task at ${element}: ${game.at().join(', ')}`);
  game.do({ type: 'AssignTask', task: task.id, assignee: login });
  game.complete(element, values);
}
