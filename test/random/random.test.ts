import { describe, expect, it } from '@jest/globals';
import { runRandom } from './properties.ts';

describe('random processes under random schedules', () => {
  it('hold what is promised of every process; npm run random plays many more', async () => {
    const tally = await runRandom(240, 312479);
    expect(tally.runs).toBeGreaterThanOrEqual(240);
    expect(tally.pairs).toBeGreaterThan(0);
    expect(tally.ended).toBeGreaterThan(0);
    expect(Object.keys(tally.events).length).toBeGreaterThan(35);
  });
});
