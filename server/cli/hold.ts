import { readHolds } from '../db/retention.ts';
import { placeHold, releaseHold } from '../process/retention.ts';
import type { Services } from '../services.ts';
import { UsageError, json } from './command.ts';
import type { Call, Subcommand } from './command.ts';
import { keyOf } from './instance-key.ts';
import { operator, withServices } from './open.ts';
import { print, printJson, printTable, timeText } from './print.ts';

/** Legal holds. */
export const hold: Subcommand = {
  name: 'hold',
  summary: 'Keeps single instances whatever the retention rules say (legal hold).',
  usage: ['list [--json]', 'place KEY|BUSINESS-KEY --reason TEXT', 'release KEY|BUSINESS-KEY'],
  options: { reason: { type: 'string', value: 'TEXT', help: 'why, for those who ask later' }, json },
  notes: 'Who, when and why are in the operations journal.',
  run(call) {
    const [action = 'list', ...words] = call.words;
    const [word] = words;
    const reason = call.text('reason') ?? '';
    if (action === 'list' && words.length === 0) return withServices(call, (services) => list(services, call));
    if (action === 'place' && word !== undefined && words.length === 1) {
      if (reason === '') throw new UsageError('Expected --reason TEXT, but found none.');
      return withServices(call, async (services) => {
        const key = await keyOf(services, word);
        await placeHold(services, key, reason, { actor: operator() });
        await print(call, `${key} is held.`);
        return 0;
      });
    }
    if (action === 'release' && word !== undefined && words.length === 1) {
      return withServices(call, async (services) => {
        const key = await keyOf(services, word);
        await releaseHold(services, key, { actor: operator() });
        await print(call, `${key} is held no longer.`);
        return 0;
      });
    }
    throw new UsageError(`Expected list, place KEY or release KEY, but found "${call.words.join(' ')}".`);
  },
};

async function list({ db }: Services, call: Call): Promise<number> {
  const holds = (await readHolds(db)).map((it) => ({ ...it, at: timeText(it.at) }));
  if (call.flag('json')) await printJson(call, holds);
  else {
    const rows = holds.map(({ instance, at, by, reason }) => [instance, at, by, reason]);
    await printTable(call, ['KEY', 'SINCE', 'BY', 'REASON'], rows);
  }
  return 0;
}
