import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { replay, verify } from '../../engine/index.ts';
import { releaseFrom, type Golden } from '../support/golden.ts';

const folder = join(import.meta.dirname, '..', 'golden');

describe.each(readdirSync(folder))('the history that release %s left', (name) => {
  const { resources, history, final } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Golden;

  it('still folds to the state that it ended in', () => {
    expect(replay(history)).toEqual(final);
  });

  it('is still reproduced by running its commands again', async () => {
    const release = await releaseFrom(resources);
    expect(verify(new Map([[release.id, release]]), history)).toMatchObject({ verdict: 'REPRODUCED' });
  });
});
