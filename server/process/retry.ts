import { setTimeout as sleep } from 'node:timers/promises';

const ATTEMPTS = 5;

/** Does the work again, up to five times, with a growing random pause, while `again` says that it may help. */
export async function retrying<T>(work: () => Promise<T>, again: (error: unknown) => boolean): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt > ATTEMPTS || !again(error)) throw error;
      await sleep(Math.random() * 10 * 3 ** attempt);
    }
  }
}
