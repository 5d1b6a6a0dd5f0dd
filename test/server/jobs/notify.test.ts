import { expect, it } from '@jest/globals';
import type { Variables } from '../../../engine/index.ts';
import { notify } from '../../../server/jobs/notify.ts';
import { describeDatabase } from '../../support/database.ts';
import { openDesk } from '../../support/desk.ts';

describeDatabase('telling people something', (open) => {
  async function told(variables: Variables) {
    const { services } = await openDesk(await open());
    const { instance } = await services.runtime.start({
      message: 'request.submitted',
      variables: { number: 'R-1', title: 'Anything' },
      actor: 'system',
    });
    const job = { key: '1', type: 'notify', element: 'Tell', headers: {}, variables, instance, retries: 1 };
    return notify.handle(job, services);
  }

  it('records on the case which groups and people were told, in the language of the case', async () => {
    const { notes } = await told({ to: ['rnd', 'dana'], subject: '升级', text: '请处理', locale: 'zh' });
    expect(notes).toEqual([
      {
        audience: 'notice',
        text: '已通知研发（林研发（示例））、Dana (sample)：升级\n请处理',
        to: ['rnd', 'lin', 'dana'],
      },
    ]);
  });

  it('records nothing when there is nobody to tell', async () => {
    expect(await told({ to: [], subject: 'Nothing', locale: 'en' })).toEqual({});
  });
});
