/** A job worker that is written with the official client, at two servers of one database. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createCamundaClient } from '@camunda8/orchestration-cluster-api';
import type { CamundaClient } from '@camunda8/orchestration-cluster-api';
import { pino } from 'pino';
import { loadConfig } from '../../server/config.ts';
import { samplePassword } from '../../server/people/sample.ts';
import { serve } from '../../server/serve.ts';
import type { Server } from '../../server/serve.ts';
import { definitions, end, flows, process as bpmnProcess, service, start } from '../support/bpmn.ts';
import { cloneOptions } from '../support/database.ts';
import { postgresPrograms } from '../support/postgres.ts';

const JOBS = 1000;
const diagram = definitions(bpmnProcess('p', start(), service('x', 'count'), end(), flows('start -> x -> end')));

describe('job workers of the official client', () => {
  let servers: Server[];
  let clients: CamundaClient[];

  beforeAll(async () => {
    const bin = postgresPrograms();
    if (bin === null) throw new Error('Expected the programs of PostgreSQL, but found none. Install them.');
    const { url } = await cloneOptions(bin);
    const config = loadConfig({ PORT: '0', SAMPLE_CONTENT: 'true', DATABASE_URL: url, DATABASE_POOL: '4' });
    const options = { config, log: pino({ level: 'silent' }), sampleRequests: false };
    servers = [await serve(options), await serve(options)];
    clients = servers.map((server) =>
      createCamundaClient({
        config: {
          CAMUNDA_REST_ADDRESS: server.url,
          CAMUNDA_AUTH_STRATEGY: 'BASIC',
          CAMUNDA_BASIC_AUTH_USERNAME: 'admin',
          CAMUNDA_BASIC_AUTH_PASSWORD: samplePassword,
          CAMUNDA_SDK_LOG_LEVEL: 'silent',
        },
      }),
    );
  }, 180_000);
  afterAll(async () => {
    for (const client of clients) client.stopAllWorkers();
    for (const server of servers) await server.close();
  });

  it(`do ${JOBS} jobs, each of them once`, async () => {
    const [{ runtime, db }] = servers.map(({ services }) => services) as [Server['services']];
    await runtime.deploy([{ name: 'p.bpmn', content: diagram }], { actor: 'user:olga' });
    const begin = () => runtime.start({ process: 'p', variables: {}, actor: 'user:olga' });
    const begun = await Promise.all(Array.from({ length: JOBS }, begin));
    const done: string[] = [];
    const began = performance.now();
    for (const client of clients) {
      client.createJobWorker({
        jobType: 'count',
        maxParallelJobs: 50,
        jobTimeoutMs: 60_000,
        jobHandler: (job) => {
          done.push(job.processInstanceKey);
          return job.complete();
        },
      });
    }
    const open = async () => Number((await db.query<{ n: string }>('select count(*) as n from jobs'))[0]?.n);
    while ((await open()) > 0) await new Promise((resolve) => setTimeout(resolve, 50));
    const seconds = (performance.now() - began) / 1000;
    process.stdout.write(`${JOBS} jobs by two workers in ${seconds.toFixed(1)} s\n`);
    expect([...done].sort()).toEqual(begun.map(({ instance }) => instance.id).sort());
    const completed = await db.query<{ instance_id: string }>(
      `select instance_id from journal where command like '%"CompleteJob"%' order by instance_id`,
    );
    expect(completed.map((row) => row.instance_id)).toEqual(begun.map(({ instance }) => instance.id).sort());
  }, 300_000);
});
