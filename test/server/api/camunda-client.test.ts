/** The official client of the process API, unchanged, against a server that listens; it checks the shape of every answer. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createCamundaClient,
  DecisionDefinitionId,
  IncidentKey,
  ProcessDefinitionId,
  UserTaskKey,
} from '@camunda8/orchestration-cluster-api';
import type { CamundaClient, JobWorkerConfig, ProcessInstanceKey } from '@camunda8/orchestration-cluster-api';
import { pino } from 'pino';
import { loadConfig } from '../../../server/config.ts';
import { openDatabase } from '../../../server/db/database.ts';
import type { Database } from '../../../server/db/database.ts';
import { createToken } from '../../../server/people/api-token.ts';
import { samplePassword } from '../../../server/people/sample.ts';
import { serve } from '../../../server/serve.ts';
import type { Server } from '../../../server/serve.ts';
import {
  definitions,
  end,
  error,
  extensions,
  flows,
  mapping,
  message,
  node,
  on,
  process as bpmnProcess,
  service,
  signal,
  start,
  user,
} from '../../support/bpmn.ts';
import { chosenWay, cloneOptions, openMemory } from '../../support/database.ts';
import { postgresPrograms } from '../../support/postgres.ts';

const order = definitions(
  error('e', 'DECLINED'),
  message('m', 'paid', 'order'),
  signal('s', 'open'),
  bpmnProcess(
    'order',
    start(),
    service('charge', 'charge', mapping({ sum: '=amount' }, { receipt: '=receipt' })),
    node('boundaryEvent', 'declined', 'attachedToRef="charge"', on('error', 'e')),
    node('intermediateCatchEvent', 'wait', '', on('message', 'm')),
    node('intermediateCatchEvent', 'hear', '', on('signal', 's')),
    user(
      'ship',
      extensions(
        '<zeebe:userTask/><zeebe:assignmentDefinition candidateGroups="store"/><zeebe:formDefinition formId="parcel"/>',
      ),
    ),
    end(),
    user('call'),
    end('over'),
    flows('start -> charge -> wait -> hear -> ship -> end', 'declined -> call -> over'),
  ),
);
const parcel = JSON.stringify({
  id: 'parcel',
  type: 'default',
  components: [{ type: 'textfield', key: 'box', label: 'Box' }],
});
const table =
  '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="levels" name="Levels" namespace="test"><decision id="level" name="Level">' +
  '<decisionTable id="t" hitPolicy="UNIQUE"><input id="i" label="impact"><inputExpression id="ie"><text>impact</text></inputExpression></input><output id="o" name="level"/>' +
  '<rule id="high"><inputEntry id="e1"><text>"core"</text></inputEntry><outputEntry id="o1"><text>"P1"</text></outputEntry></rule>' +
  '</decisionTable></decision></definitions>';

/** Asks once: no answer is stale. */
const now = { consistency: { waitUpToMs: 0 } };
const bin = postgresPrograms();
/** PostgreSQL where it is installed, else the embedded database. */
const open = async (): Promise<Database> =>
  bin === null ? openMemory() : chosenWay(await openDatabase(await cloneOptions(bin)));

describe('the official client', () => {
  let server: Server;
  let client: CamundaClient;
  let trusting: CamundaClient;
  let deployed: Awaited<ReturnType<CamundaClient['deployResourcesFromFiles']>>;

  const clientOf = (config: Record<string, string>, send = fetch) =>
    createCamundaClient({
      config: {
        CAMUNDA_REST_ADDRESS: server.url,
        CAMUNDA_SDK_VALIDATION: 'req:none,res:strict',
        CAMUNDA_SDK_LOG_LEVEL: 'silent',
        ...config,
      },
      fetch: send,
    });

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lanework-client-'));
    const files = Object.entries({ 'order.bpmn': order, 'parcel.form': parcel, 'levels.dmn': table });
    for (const [name, content] of files) writeFileSync(join(folder, name), content);
    const config = loadConfig({ PORT: '0', SAMPLE_CONTENT: 'true' });
    server = await serve({ config, log: pino({ level: 'silent' }), db: await open(), sampleRequests: false });
    const scopes = ['processes:run', 'processes:read', 'models:read', 'models:deploy'] as const;
    const { secret } = await createToken(server.services, { name: 'client', scopes: [...scopes], createdBy: 'admin' });
    const asBearer: typeof fetch = (input, init) => {
      const request = new Request(input, init);
      request.headers.set('authorization', `Bearer ${secret}`);
      return fetch(request);
    };
    client = clientOf({ CAMUNDA_AUTH_STRATEGY: 'NONE' }, asBearer);
    trusting = clientOf({ CAMUNDA_AUTH_STRATEGY: 'NONE', CAMUNDA_SDK_VALIDATION: 'none' }, asBearer);
    deployed = await client.deployResourcesFromFiles(files.map(([name]) => join(folder, name)));
    rmSync(folder, { recursive: true });
  }, 180_000);
  afterEach(() => client.stopAllWorkers());
  afterAll(() => server.close());

  const processDefinitionId = ProcessDefinitionId.assumeExists('order');
  const begin = async (variables: Record<string, unknown>) =>
    (await client.createProcessInstance({ processDefinitionId, variables })).processInstanceKey;
  const place = async (processInstanceKey: ProcessInstanceKey) => {
    const { items } = await client.searchElementInstances({ filter: { processInstanceKey, state: 'ACTIVE' } }, now);
    return (items ?? []).filter(({ type }) => type !== 'PROCESS').map(({ elementId }) => String(elementId));
  };
  const variablesOf = async (processInstanceKey: ProcessInstanceKey) => {
    const { items = [] } = await client.searchVariables({ filter: { processInstanceKey } }, now);
    const own = items.filter(({ scopeKey = '' }) => String(scopeKey) === String(processInstanceKey));
    return Object.fromEntries(own.map(({ name = '', value = '' }) => [name, JSON.parse(value) as unknown]));
  };
  /** Works until as many jobs are done; jobs of other tests are none of its business. */
  const work = (jobHandler: JobWorkerConfig['jobHandler'], more: Partial<JobWorkerConfig> = {}) =>
    client.createJobWorker({ jobType: 'charge', maxParallelJobs: 5, jobTimeoutMs: 60_000, jobHandler, ...more });
  const until = async <T>(look: () => Promise<T> | T, wanted: (found: T) => boolean): Promise<T> => {
    for (;;) {
      const found = await look();
      if (wanted(found)) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  it('signs in with login and password', async () => {
    const admin = clientOf({
      CAMUNDA_AUTH_STRATEGY: 'BASIC',
      CAMUNDA_BASIC_AUTH_USERNAME: 'admin',
      CAMUNDA_BASIC_AUTH_PASSWORD: samplePassword,
    });
    expect((await admin.getAuthentication()).username).toBe('admin');
    expect((await admin.getTopology()).brokers).toHaveLength(1);
    expect((await admin.getLicense()).validLicense).toBe(true);
  });

  it('deploys processes, forms and decisions', () => {
    expect(deployed.processes).toMatchObject([{ processDefinitionId: 'order', processDefinitionVersion: 1 }]);
    expect(deployed.forms).toMatchObject([{ formId: 'parcel' }]);
    expect(deployed.decisions).toMatchObject([{ decisionDefinitionId: 'level' }]);
  });

  it('deploys what is doubtful, and takes the answer that holds the warnings', async () => {
    const doubtful = definitions(bpmnProcess('doubtful', start(), end(), user('apart'), flows('start -> end')));
    const answer = await client.createDeployment({ resources: [new File([doubtful], 'doubtful.bpmn')] });
    expect(answer.processes).toMatchObject([{ processDefinitionId: 'doubtful' }]);
    const raw = await trusting.createDeployment({ resources: [new File([doubtful], 'doubtful.bpmn')] });
    expect(raw).toMatchObject({ warnings: [{ elementId: 'apart' }, { elementId: 'apart' }] });
  });

  it('takes a case from its start to its end: job, message, signal, user task', async () => {
    const key = await begin({ amount: 12, order: 'o-1' });
    work((job) => job.complete({ receipt: `paid ${String(job.variables['sum'])}` }));
    await until(
      () => place(key),
      (at) => at.includes('wait'),
    );
    expect(await variablesOf(key)).toMatchObject({ amount: 12, receipt: 'paid 12' });
    const subscriptions = await client.searchMessageSubscriptions({ filter: { processInstanceKey: key } }, now);
    expect(subscriptions.items).toMatchObject([{ messageName: 'paid', correlationKey: 'o-1' }]);
    await client.publishMessage({ name: 'paid', correlationKey: 'o-1', messageId: 'bank-1', variables: { bank: 'b' } });
    expect(await place(key)).toEqual(['hear']);
    await client.broadcastSignal({ signalName: 'open', variables: { since: '08:00' } });
    const { items } = await client.searchUserTasks(
      { filter: { processInstanceKey: key, candidateGroup: 'store' } },
      now,
    );
    const userTaskKey = items[0]?.userTaskKey ?? UserTaskKey.assumeExists('0');
    expect(items).toMatchObject([{ elementId: 'ship', state: 'CREATED', candidateGroups: ['store'] }]);
    await client.assignUserTask({ userTaskKey, assignee: 'bo' });
    await client.updateUserTask({ userTaskKey, changeset: { priority: 70 } });
    expect(await client.getUserTask({ userTaskKey }, now)).toMatchObject({ assignee: 'bo', priority: 70 });
    await client.unassignUserTask({ userTaskKey });
    expect(await client.getUserTaskForm({ userTaskKey }, now)).toMatchObject({ formId: 'parcel' });
    const { items: seen = [] } = await client.searchUserTaskVariables({ userTaskKey, filter: { name: 'since' } }, now);
    expect(seen).toMatchObject([{ value: '"08:00"' }]);
    await client.completeUserTask({ userTaskKey, variables: { box: 'M' } });
    expect(await client.getProcessInstance({ processInstanceKey: key }, now)).toMatchObject({ state: 'COMPLETED' });
    expect(await variablesOf(key)).toMatchObject({ bank: 'b', since: '08:00', box: 'M' });
    expect((await client.searchUserTasks({ filter: { processInstanceKey: key } }, now)).items).toMatchObject([
      { state: 'COMPLETED' },
    ]);
  });

  it('fails a job, waits for its next attempt, and resolves the incident after the last', async () => {
    const key = await begin({ amount: 13, order: 'o-2' });
    const tries: number[] = [];
    const worker = work((job) => {
      tries.push(job.retries);
      return job.fail({ retries: job.retries - 1, errorMessage: 'no line', retryBackOff: 50 });
    });
    const incidents = await until(
      async () =>
        (await client.searchIncidents({ filter: { processInstanceKey: key, state: 'ACTIVE' } }, now)).items ?? [],
      (found) => found.length > 0,
    );
    expect(tries).toEqual([2, 1]);
    expect(incidents).toMatchObject([{ elementId: 'charge', errorType: 'JOB_NO_RETRIES' }]);
    worker.stop();
    const [{ incidentKey, jobKey } = {}] = incidents;
    if (jobKey) await client.updateJob({ jobKey, changeset: { retries: 3 } });
    await client.resolveIncident({ incidentKey: incidentKey ?? IncidentKey.assumeExists('0') });
    work((job) => job.complete({ receipt: 'late' }));
    await until(
      () => place(key),
      (at) => at.includes('wait'),
    );
    await client.cancelProcessInstance({ processInstanceKey: key });
    expect(await client.getProcessInstance({ processInstanceKey: key }, now)).toMatchObject({ state: 'TERMINATED' });
  });

  it('throws an error that the diagram catches, and finds the jobs that were', async () => {
    const key = await begin({ amount: 14, order: 'o-3' });
    work((job) => job.error({ errorCode: 'DECLINED', errorMessage: 'no money' }));
    await until(
      () => place(key),
      (at) => at.includes('call'),
    );
    const { items } = await client.searchJobs({ filter: { processInstanceKey: key } }, now);
    expect(items).toMatchObject([{ type: 'charge', state: 'ERROR_THROWN', errorCode: 'DECLINED' }]);
  });

  it('correlates a message now, or hears that nobody waits', async () => {
    const key = await begin({ amount: 15, order: 'o-4' });
    work((job) => job.complete({ receipt: 'r' }));
    await until(
      () => place(key),
      (at) => at.includes('wait'),
    );
    // By bucket it waits a moment later than others see where it stands.
    await until(
      () => server.services.db.query("select 1 from message_subscriptions where correlation_key = 'o-4'"),
      (found) => found.length > 0,
    );
    const correlated = await client.correlateMessage({ name: 'paid', correlationKey: 'o-4', variables: {} });
    expect(correlated.processInstanceKey).toBe(key);
    await expect(client.correlateMessage({ name: 'paid', correlationKey: 'o-4', variables: {} })).rejects.toMatchObject(
      { status: 404 },
    );
  });

  it('evaluates a decision', async () => {
    const decisionDefinitionId = DecisionDefinitionId.assumeExists('level');
    const asked = { decisionDefinitionId, variables: { impact: 'core' } };
    // Without a check of the answer: the client's schema wants the id of a failed decision also when none failed.
    const result = await trusting.evaluateDecision(asked);
    expect([JSON.parse(result.output), result.failureMessage]).toEqual(['P1', '']);
  });

  it('does many jobs, each of them once', async () => {
    const many = 50;
    const keys = await Promise.all(Array.from({ length: many }, () => begin({ amount: 1, order: 'many' })));
    const done: string[] = [];
    const worker = work(
      (job) => {
        done.push(job.processInstanceKey);
        return job.complete({ receipt: 'r' });
      },
      { maxParallelJobs: 20 },
    );
    const filter = { type: 'charge', processInstanceKey: { $in: keys } };
    await until(
      async () => (await client.searchJobs({ filter }, now)).items,
      (open1) => open1.length === 0,
    );
    worker.stop();
    expect(done.filter((key) => keys.some((it) => it === key)).sort()).toEqual([...keys].sort());
  });
});
