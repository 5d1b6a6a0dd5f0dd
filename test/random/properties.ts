/** The two properties: block-structured models, and free-form ones. */
import fc from 'fast-check';
import { programs } from './blocks.ts';
import { drawProgram } from './draw-blocks.ts';
import { graphs } from './free-form.ts';
import { Broken } from './invariants.ts';
import { compile, newTally, runSchedule, type Tally } from './trial.ts';

/** How many schedules each model runs. */
const SCHEDULES = 4;
const schedules = fc.array(fc.array(fc.nat(9999), { minLength: 1, maxLength: 24, size: 'max' }), {
  minLength: SCHEDULES,
  maxLength: SCHEDULES,
});

/**
 * Runs random processes.
 * @param runs how many schedules in all, half of them on block-structured models
 * @returns what was done
 * @throws Error with the seed, the smallest model that was found and its schedule
 */
export async function runRandom(runs: number, seed: number): Promise<Tally> {
  const tally = newTally();
  const numRuns = Math.ceil(runs / SCHEDULES / 2);
  const blocks = fc.asyncProperty(programs.map(drawProgram), schedules, async (xml, numbers) => {
    const both = await compile(xml);
    if (Array.isArray(both)) throw new Broken(`Refused: ${both.join(' ')}\nModel:\n${xml}`);
    runAll(xml, numbers, (one) => runSchedule(both, one, true, tally), tally);
  });
  const free = fc.asyncProperty(graphs, schedules, async (xml, numbers) => {
    const both = await compile(xml);
    if (Array.isArray(both)) fc.pre(false);
    else runAll(xml, numbers, (one) => runSchedule(both, one, false, tally), tally);
  });
  for (const property of [blocks, free]) {
    const details = await fc.check<unknown[]>(property as never, { numRuns, seed, maxSkipsPerRun: 1000 });
    if (!details.failed) continue;
    const found =
      details.errorInstance instanceof Error ? details.errorInstance.message : 'Too many models were refused.';
    throw new Error(`Seed ${seed}, after ${details.numRuns} models:\n${found}`);
  }
  return tally;
}

function runAll(xml: string, numbers: readonly number[][], run: (one: number[]) => void, tally: Tally): void {
  tally.models += 1;
  try {
    for (const one of numbers) run(one);
  } catch (cause) {
    if (!(cause instanceof Broken)) throw cause;
    throw new Broken(`${cause.message}\nModel:\n${xml}`, { cause });
  }
}
