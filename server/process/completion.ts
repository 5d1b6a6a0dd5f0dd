import type { Instance } from '../../engine/index.ts';
import type { Runtime } from './runtime.ts';

/** Another server may end the instance: the database is asked so often, ms. */
const LOOK = 500;

/**
 * Waits until an instance has ended, at most so many ms of real time; null when it has not by then, or when nobody waits
 * for it any more.
 */
export function awaitEnd(
  runtime: Pick<Runtime, 'on' | 'instance'>,
  started: Instance,
  wait: number,
  givenUp: AbortSignal,
): Promise<Instance | null> {
  if (started.status !== 'active') return Promise.resolve(started);
  return new Promise((resolve) => {
    const off = runtime.on('committed', (changes) => {
      const ended = changes.find(({ after }) => after.id === started.id && after.status !== 'active');
      if (ended) done(ended.after);
    });
    const done = (ended: Instance | null): void => {
      off();
      clearInterval(looks);
      clearTimeout(end);
      givenUp.removeEventListener('abort', giveUp);
      resolve(ended);
    };
    const giveUp = (): void => done(null);
    const look = (): void => {
      runtime.instance(started.id).then(
        (now) => now !== null && now.status !== 'active' && done(now),
        () => undefined, // The next look tells.
      );
    };
    const looks = setInterval(look, LOOK);
    const end = setTimeout(giveUp, wait);
    givenUp.addEventListener('abort', giveUp);
    look(); // It may have ended before this began to listen.
  });
}
