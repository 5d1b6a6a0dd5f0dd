import { expect, it } from '@jest/globals';
import { releaseCache } from '../../../server/process/releases.ts';
import { describeDatabase } from '../../support/database.ts';

const form = (id: string) => ({ name: `${id}.form`, content: JSON.stringify({ id }) });

describeDatabase('compiled files', (open) => {
  it('are kept while they are used, not when they were refused', async () => {
    const releases = releaseCache(await open());
    const good = await releases.compile(form('good'));
    const refused = await releases.compile({ name: 'bad.form', content: '{' });
    expect(refused.problems).toMatchObject([{ severity: 'error' }]);
    expect(await releases.compile(form('good'))).toBe(good);
    expect(await releases.compile({ name: 'bad.form', content: '{' })).not.toBe(refused);
    for (let n = 0; n < 300; n += 1) await releases.compile(form(`other-${n}`));
    expect(await releases.compile(form('good'))).not.toBe(good);
  });
});
