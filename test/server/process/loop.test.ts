import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { pino } from 'pino';
import { createLoop } from '../../../server/process/loop.ts';

it('a worker says once that it fails, and when it goes on', async () => {
  const lines: { worker: string; msg: string; err?: { message: string } }[] = [];
  const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const troubles = ['away', 'away', '', '', 'full', null];
  let passes = 0;
  const loop = createLoop('clockwork', log, async () => {
    const trouble = troubles[passes++] ?? null;
    await sleep(1);
    if (trouble !== null) throw new Error(trouble);
    return { done: 0, sleep: 1 };
  });
  loop.start();
  for (let waited = 0; passes < 8 && waited < 5000; waited += 5) {
    loop.wake();
    await sleep(5);
  }
  await loop.stop();
  expect(lines.map(({ worker, msg, err }) => [worker, msg, err?.message])).toEqual([
    ['clockwork', 'worker failed; it tries again', 'away'],
    ['clockwork', 'worker failed; it tries again', ''],
    ['clockwork', 'worker failed; it tries again', 'full'],
    ['clockwork', 'worker goes on', undefined],
  ]);
});
