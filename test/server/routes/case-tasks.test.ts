import { beforeAll, expect, it } from '@jest/globals';
import { formatPart } from '../../../server/db/key.ts';
import { definitions, end, flows, node, process, start } from '../../support/bpmn.ts';
import { describeDatabase } from '../../support/database.ts';
import { openDesk } from '../../support/desk.ts';
import type { Browser, Desk } from '../../support/desk.ts';
import { taskAt } from '../../support/runtime.ts';

const task = (id: string, name: string, form: string) =>
  node(
    'userTask',
    id,
    `name="${name}"`,
    `<bpmn:extensionElements><zeebe:userTask/>${form}
     <zeebe:assignmentDefinition candidateGroups="service-desk"/></bpmn:extensionElements>`,
  );
const PACK = definitions(
  process(
    'pack',
    `<bpmn:extensionElements><zeebe:properties><zeebe:property name="name.zh" value="打包"/></zeebe:properties>
     </bpmn:extensionElements>`,
    start(),
    task('wrap', 'Wrap &lt;it&gt;', ''),
    task('weigh', 'Weigh', '<zeebe:formDefinition formId="scales"/>'),
    end(),
    flows('start -> wrap -> weigh -> end'),
  ),
).replace('id="pack"', 'id="pack" name="Packing"');
const SCALES = {
  type: 'default',
  id: 'scales',
  schemaVersion: 18,
  components: [{ type: 'number', key: 'grams', label: 'Grams' }],
};

describeDatabase('a task of a case that is no ticket', (open) => {
  let desk: Desk;
  let bo: Browser;

  beforeAll(async () => {
    desk = await openDesk(await open({ pool: 1 }));
    bo = await desk.browser('bo');
    await desk.services.runtime.deploy(
      [
        { name: 'pack.bpmn', content: PACK },
        { name: 'scales.form', content: JSON.stringify(SCALES) },
      ],
      { actor: 'user:owner' },
    );
  }, 180_000);

  const begin = async (businessKey?: string, variables = {}) => {
    const named = businessKey === undefined ? {} : { businessKey };
    return (await desk.services.runtime.start({ process: 'pack', variables, actor: 'user:owner', ...named })).instance;
  };
  const text = async (path: string, language = 'en') => (await bo.get(path).set('accept-language', language)).text;

  it('stands in the inbox with its own name, its process and the business key', async () => {
    const instance = await begin('<P-1>');
    const key = formatPart(instance.id, taskAt(instance, 'wrap'));
    const row = (page: string) => new RegExp(`data-key="${key}"[^]*?</tr>`).exec(page)?.[0];
    expect(row(await text('/inbox'))).toMatch(/&lt;P-1&gt;<[^]*data-open>Wrap &lt;it&gt; <span[^>]*>Packing</);
    expect(row(await text('/inbox', 'zh-CN'))).toMatch(/data-open>Wrap &lt;it&gt; <span[^>]*>打包</);
  });

  it('shows on its page what the case is about, and its values: escaped, shortened, structured ones as JSON', async () => {
    const instance = await begin('P-2', {
      customer: '<b>Ada</b>',
      story: `begin${'x'.repeat(1000)}end`,
      parcel: { weight: 3 },
    });
    const page = await text(`/tasks/${formatPart(instance.id, taskAt(instance, 'wrap'))}`);
    expect(page).toMatch(/<title>Wrap &lt;it&gt; · P-2/);
    expect(page).toMatch(/<h2>Packing <span[^>]*>P-2</);
    expect(page).toMatch(/<dt>customer<\/dt><dd><span[^>]*>&lt;b&gt;Ada&lt;\/b&gt;</);
    expect(page).toMatch(/<dt>story<\/dt><dd><span[^>]*>beginx{295} …</);
    expect(page).toMatch(/<dt>parcel<\/dt><dd><code>\{&quot;weight&quot;:3\}</);
  });

  it('shows the data to those only who may have the task', async () => {
    const [, task = ''] = /href="\/tasks\/(\d+)"[^>]*>Wrap/.exec((await bo.get('/inbox')).text) ?? [];
    expect((await bo.get(`/tasks/${task}`)).text).toContain('Data of the case');
    const page = await (await desk.browser('chen')).get(`/tasks/${task}`).set('accept-language', 'en');
    expect([page.status, page.text.includes('Data of the case')]).toEqual([200, false]);
    expect(page.text).not.toContain('There is nothing besides');
  });

  it('leaves out what its form shows, and says so when that is all', async () => {
    const { runtime, clock } = desk.services;
    const started = await begin(undefined, { grams: 5 });
    const wrap = taskAt(started, 'wrap');
    expect(await text(`/tasks/${formatPart(started.id, wrap)}`)).toMatch(/<title>Wrap [^]*· Packing[^]*<dt>grams</);
    const asked = { type: 'CompleteTask', at: clock.now(), actor: 'user:bo', by: 'bo', variables: {} } as const;
    const { instance } = await runtime.submit(started.id, { ...asked, task: wrap });
    const page = await text(`/tasks/${formatPart(instance.id, taskAt(instance, 'weigh'))}`);
    expect(page).toMatch(/name="grams"[^>]*value="5"|value="5"[^>]*name="grams"/);
    expect(page).not.toContain('<dt>grams<');
    expect(page).toContain('There is nothing besides what the form shows.');
  });
});
