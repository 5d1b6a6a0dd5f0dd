/**
 * Records the golden history of a release: `node --import tsx test/support/write-golden.ts 0.1.0` plays the shipped
 * support request from intake to archive and writes resources and journal to test/golden/VERSION.json. A recorded
 * history is never changed: later engines have to fold and re-execute it, or say which engine could.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENGINE_VERSION, execute } from '../../engine/index.ts';
import type { Command, Instance, Recorded, Variables } from '../../engine/index.ts';
import { releaseFrom } from './golden.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'processes', 'support-request');
const resources = Object.fromEntries(
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(bpmn|dmn|form)$/.test(name))
    .sort()
    .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
);
const release = await releaseFrom(resources);
const history: Recorded[] = [];
let instance: Instance | null = null;
let now = Date.UTC(2026, 2, 2, 8);

type Asked<T> = T extends Command ? Omit<T, 'at' | 'actor'> : never;

function take(asked: Asked<Command>, actor = 'user:bo'): void {
  const command = { ...asked, at: now, actor };
  const outcome = execute(release, instance, command);
  instance = outcome.instance;
  history.push({ seq: instance.version, command, events: outcome.events, engine: ENGINE_VERSION });
}

function at(): Instance {
  if (instance === null) throw new Error('Expected the case to be started.');
  return instance;
}

/** Does every job that is asked for. */
function work(): void {
  for (let token; (token = at().tokens.find((one) => one.job));) {
    take({ type: 'CompleteJob', job: token.id, variables: {} }, 'job:notify');
  }
}

function complete(element: string, variables: Variables): void {
  const task = at().tokens.find((token) => token.element === element && token.task)?.id ?? 0;
  take({ type: 'AssignTask', task, assignee: 'bo', claim: true });
  take({ type: 'CompleteTask', task, variables });
  work();
}

function message(name: string, variables: Variables = {}): void {
  const subscription = at().messages.find((wait) => wait.name === name)?.id ?? 0;
  take({ type: 'CorrelateMessage', subscription, name, variables }, 'user:rita');
  work();
}

function fireNext(): void {
  const next = [...at().timers].sort((a, b) => a.due - b.due || a.id - b.id)[0];
  if (!next) throw new Error('Expected an armed timer.');
  now = next.due;
  take({ type: 'FireTimer', timer: next.id }, 'timer');
  work();
}

const variables: Variables = {
  number: 'R-100001',
  title: 'Error 500 when I save an order',
  description: 'Since this morning.',
  channel: 'portal',
  requester: 'rita',
  requesterName: 'Rita',
  contact: '',
  locale: 'en',
  service: 'website',
  impact: 'core',
  urgency: 'critical',
  occurredAt: '2026-03-02T07:50:00Z',
  accessHash: 'none',
  alert: null,
};
take({
  type: 'Start',
  instance: '4096',
  release: '1',
  process: 'support-request',
  start: 'RequestSubmitted',
  variables,
});
work();
fireNext();
fireNext();
complete('Accept', { greeting: 'I am looking into it.' });
complete('Diagnose', { action: 'ask', cause: null, log: 'Cannot repeat it.', question: 'Which browser?' });
message('requester.replied', { answer: 'Chromium' });
complete('Diagnose', { action: 'solved', cause: 'code', log: 'Restarted.', question: '' });
complete('ProposeSolution', { solution: 'It works again.', fix: 'Restart' });
message('requester.rejected', { rejection: 'Not yet.' });
complete('Accept', { greeting: '' });
complete('Diagnose', { action: 'solved', cause: 'code', log: 'Cleared the cache.', question: '' });
complete('ProposeSolution', { solution: 'Now it does.', fix: '' });
message('requester.confirmed');
message('survey.submitted', { rating: 5, ratingComment: '' });
complete('KnowledgeDecision', { knowledgeDecision: 'none', articleTitle: '', knowledgeReason: 'Known.' });

const version = process.argv[2] ?? '';
const final = at();
if (final.status !== 'completed') throw new Error(`Expected the case to be archived, but it is ${final.status}.`);
writeFileSync(
  join(root, 'test', 'golden', `${version}.json`),
  `${JSON.stringify({ resources, history, final }, null, 1)}\n`,
);
