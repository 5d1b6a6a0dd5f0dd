import { setTimeout as sleep } from 'node:timers/promises';

const ATTEMPTS = 5;
/** An attempt that took longer than this, together with those before it, is the last one, ms. */
const PATIENCE = 5000;

/** Does the work again, up to five times, with a growing pause, random by half, while `again` says that it may help. */
export async function retrying<T>(work: () => Promise<T>, again: (error: unknown) => boolean): Promise<T> {
  const began = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt > ATTEMPTS || performance.now() - began > PATIENCE || !again(error)) throw error;
      await sleep((1 + Math.random()) * 5 * 3 ** attempt);
    }
  }
}
