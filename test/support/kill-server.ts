/**
 * A server to be killed: takes starts over HTTP and answers each after its commit. Started by test/server/kill.test.ts
 * with the database's options (JSON) as its argument; prints its port.
 */
import type { AddressInfo } from 'node:net';
import express from 'express';
import { pino } from 'pino';
import { systemClock } from '../../server/clock.ts';
import { openDatabase } from '../../server/db/database.ts';
import type { DatabaseOptions } from '../../server/db/database.ts';
import { migrate } from '../../server/db/migrate.ts';
import { createRuntime } from '../../server/process/runtime.ts';
import { definitions, end, flows, node, process as processOf, start, timer, user } from './bpmn.ts';

/** The timer that every instance has, to be fired after the restart. */
const diagram = definitions(
  processOf(
    'killed',
    start(),
    user('work'),
    node('boundaryEvent', 'late', 'attachedToRef="work" cancelActivity="false"', timer('Duration', 'PT4S')),
    end(),
    end('told'),
    flows('start -> work -> end', 'late -> told'),
  ),
);

const db = await openDatabase(JSON.parse(process.argv[2] ?? '{}') as DatabaseOptions);
await migrate(db);
const runtime = createRuntime({ db, clock: systemClock(), log: pino({ level: 'warn' }, pino.destination(2)) });
const { problems } = await runtime.deploy([{ name: 'killed.bpmn', content: diagram }], { actor: 'system' });
if (problems.length > 0) throw new Error(JSON.stringify(problems));
runtime.startWorkers();

const app = express();
app.post('/start/:name', async (request, response) => {
  const { name } = request.params;
  const { instance } = await runtime.start({
    process: 'killed',
    variables: { name },
    businessKey: name,
    actor: 'test',
  });
  response.status(201).json({ id: instance.id });
});
app.get('/instances', async (_request, response) => {
  const rows = await db.query<{ id: string }>('select id from instances order by id');
  const found = await Promise.all(
    rows.map(async ({ id }) => {
      const [history, verdict, instance] = [
        await runtime.history(id),
        await runtime.verifyHistory(id),
        await runtime.instance(id),
      ];
      return {
        id,
        name: instance?.businessKey,
        intact: verdict.integrity.intact,
        verdict: verdict.execution?.verdict,
        timersFired: history.flatMap(({ events }) => events.filter(({ type }) => type === 'TimerFired')).length,
        timersArmed: instance?.timers.length,
      };
    }),
  );
  response.json(found);
});
app.get('/timers', async (_request, response) => {
  response.json((await db.query('select 1 from timers')).length);
});
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
process.on('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  void runtime
    .stop()
    .then(() => db.close())
    .then(() => process.exit(0));
});
