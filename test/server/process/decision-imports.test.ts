import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '../../../server/db/database.ts';
import { definitions, end, extensions, flows, node, process, start, user } from '../../support/bpmn.ts';
import { openMemory } from '../../support/database.ts';
import { decisionXml, dmnXml, importXml, literalXml } from '../../support/dmn.ts';
import { stage } from '../../support/runtime.ts';
import type { Stage } from '../../support/runtime.ts';

const by = { actor: 'user:owner' };
const dmn = (id: string, ...elements: string[]) => ({
  name: `${id}.dmn`,
  content: dmnXml(elements, undefined, `urn:${id}`).replace('id="file"', `id="${id}"`),
});
const shared = (answer: string, id = 'rate') => dmn('shared', decisionXml(id, literalXml(answer)));
const own = dmn(
  'own',
  importXml('lib', 'urn:shared'),
  decisionXml('d', literalXml('lib.rate + 1'), { requires: ['urn:shared#rate'] }),
);
const diagram = {
  name: 'p.bpmn',
  content: definitions(
    process(
      'p',
      start(),
      node('businessRuleTask', 'decide', '', extensions('<zeebe:calledDecision decisionId="d" resultVariable="r"/>')),
      user('look'),
      end(),
      flows('start -> decide -> look -> end'),
    ),
  ),
};

describe('decision files of one release', () => {
  let db: Database;
  let it1: Stage;
  beforeEach(async () => {
    db = await openMemory();
    it1 = stage(db);
  });
  afterEach(() => db.close());

  const errors = (problems: readonly { severity: string }[]) => problems.filter(({ severity }) => severity === 'error');
  const run = async ({ runtime }: Stage) =>
    (await runtime.start({ process: 'p', variables: {}, actor: 'u' })).instance.scopes[0]?.variables['r'];

  it('import from each other, together or from what is there already, also after a restart', async () => {
    const first = await it1.runtime.deploy([own, diagram, shared('1')], by);
    expect(errors(first.problems)).toEqual([]);
    expect(await run(it1)).toBe(2);
    expect(await run(stage(db))).toBe(2);
    expect(errors((await it1.runtime.deploy([shared('41')], by)).problems)).toEqual([]);
    expect(await run(it1)).toBe(42);
    const events = (
      await it1.runtime.history((await it1.runtime.start({ process: 'p', variables: {}, actor: 'u' })).instance.id)
    ).flatMap(({ events: all }) => all);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'DecisionEvaluated',
        required: [expect.objectContaining({ decision: 'rate', output: 41 })],
      }),
    );
  });

  it('are refused when an import is missing, or is taken away from a file that stays', async () => {
    const alone = await it1.runtime.deploy([own], by);
    expect(alone.release).toBeUndefined();
    expect(alone.problems).toContainEqual(expect.objectContaining({ file: 'own.dmn', severity: 'error' }));
    await it1.runtime.deploy([own, diagram, shared('1')], by);
    const changed = await it1.runtime.deploy([shared('1', 'other')], by);
    expect(changed.release).toBeUndefined();
    expect(changed.problems).toContainEqual(expect.objectContaining({ file: 'own.dmn', severity: 'error' }));
    expect(await run(it1)).toBe(2);
  });
});
