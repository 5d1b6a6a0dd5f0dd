/** Completing tasks over HTTP, with an API token, against a route of express that does nothing but answer. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express from 'express';
import { pino } from 'pino';
import { createApp } from '../../server/app.ts';
import { systemClock } from '../../server/clock.ts';
import { compose } from '../../server/compose.ts';
import { loadConfig } from '../../server/config.ts';
import type { Database } from '../../server/db/database.ts';
import { formatPart } from '../../server/db/key.ts';
import { createToken } from '../../server/people/api-token.ts';
import { httpServer } from '../../server/web/http-server.ts';
import type { Result } from '../run.ts';
import { diagram, ZEEBE } from '../workloads.ts';
import { ACTOR, RESULT, VARIABLES } from './case.ts';
import { atLeast, type Effort } from './compare.ts';
import type { Load, Sent } from './http-client.ts';
import { median } from './load.ts';

const CALLERS = [32, 256] as const;
const REQUESTS = 2000;
const GOAL = 0.5;
/** Rounds that do not count: until the just-in-time compiler has seen enough. */
const WARM_UP = 6;

/** @param db a migrated database */
export async function http(db: Database, { rounds }: Effort): Promise<Result[]> {
  const config = loadConfig({});
  const services = compose({ config, db, clock: systemClock(), log: pino({ level: 'warn' }) });
  await services.runtime.deploy([{ name: 'http.bpmn', content: diagram('W3', ZEEBE) }], { actor: ACTOR });
  const begin = async (): Promise<string> => {
    const { instance } = await services.runtime.start({ process: 'W3', variables: VARIABLES, actor: ACTOR });
    return `/v2/user-tasks/${formatPart(instance.id, instance.tokens[0]?.id ?? -1)}/completion`;
  };
  const { secret } = await createToken(services, { name: 'bench', scopes: ['processes:run'], createdBy: 'bench' });
  const own = await listen(httpServer(createApp(services)));
  const empty = await listen(
    createServer(express().post('/empty', (_request, response) => void response.status(204).end())),
  );
  const client = fork(join(import.meta.dirname, 'http-client.ts'), { execArgv: ['--import', 'tsx'] });
  const rate = async (server: Server, callers: number, paths: string[]): Promise<number> => {
    const { port } = server.address() as AddressInfo;
    const body = JSON.stringify({ variables: RESULT });
    const headers = [
      'host: 127.0.0.1',
      `authorization: Bearer ${secret}`,
      'content-type: application/json',
      `content-length: ${body.length}`,
    ];
    client.send({ port, paths, headers, body, callers } satisfies Load);
    const [sent] = (await once(client, 'message')) as [Sent];
    if ('wrong' in sent) throw new Error(`Expected 204, but found: ${sent.wrong}`);
    return paths.length / sent.seconds;
  };
  const compare = async (callers: number): Promise<Result[]> => {
    const taken: { empty: number; own: number }[] = [];
    for (let round = 0; round < rounds + WARM_UP; round += 1) {
      const tasks = await Promise.all(Array.from({ length: REQUESTS }, begin));
      const nothing = tasks.map(() => '/empty');
      const one = { empty: await rate(empty, callers, nothing), own: await rate(own, callers, tasks) };
      if (round >= WARM_UP) taken.push(one);
    }
    const name = `submit.http.${callers}`;
    return [
      { name: `${name}.empty`, value: median(taken.map((it) => it.empty)), unit: 'requests/s' },
      { name: `${name}.lanework`, value: median(taken.map((it) => it.own)), unit: 'requests/s' },
      atLeast(`${name}.vs.empty`, median(taken.map((it) => it.own / it.empty)), GOAL),
    ];
  };
  try {
    const results: Result[] = [];
    for (const callers of CALLERS) results.push(...(await compare(callers)));
    return results;
  } finally {
    client.kill();
    for (const server of [own, empty]) server.close();
    await services.runtime.stop();
  }
}

async function listen(server: Server): Promise<Server> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
