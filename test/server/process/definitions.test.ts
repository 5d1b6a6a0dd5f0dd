import { beforeEach, expect, it } from '@jest/globals';
import type { Database } from '../../../server/db/database.ts';
import { definitions, end, extensions, flows, process, start } from '../../support/bpmn.ts';
import { describeDatabase } from '../../support/database.ts';
import { decisionXml, literalXml } from '../../support/dmn.ts';
import { stage } from '../../support/runtime.ts';
import type { Stage } from '../../support/runtime.ts';

const by = { actor: 'user:owner' };
const small = (id: string, name = '') =>
  process(id, start(`s_${id}`), end(`e_${id}${name}`), flows(`s_${id} -> e_${id}${name}`));
const diagram = (...roots: string[]) => ({ name: 'a.bpmn', content: definitions(...roots) });
const table = {
  name: 'price.dmn',
  content: `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="pricing" name="Pricing" namespace="n">
    ${decisionXml('price', literalXml('1'), { name: 'The price' })}</definitions>`,
};

describeDatabase('what deployed files define', (open) => {
  let db: Database;
  let it1: Stage;
  beforeEach(async () => {
    db = await open();
    it1 = stage(db);
  });

  const deployed = async (...files: { name: string; content: string }[]) => {
    const { release, problems } = await it1.runtime.deploy(files, by);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    return it1.runtime.definitions.of(release?.id ?? '');
  };

  it('has a key, a version of its own and what the file says of it', async () => {
    const tagged = small('a').replace(
      '<bpmn:startEvent',
      `${extensions('<zeebe:versionTag value="spring"/>')}<bpmn:startEvent`,
    );
    const form = { name: 'f.form', content: '{"id": "f", "components": []}' };
    const { all, find } = await deployed(diagram(tagged, small('b')), table, form);
    expect(
      all.map(({ kind, id, version, versionTag, resourceName }) => [kind, id, version, versionTag, resourceName]),
    ).toEqual([
      ['decision', 'price', 1, null, 'price.dmn'],
      ['form', 'f', 1, null, 'f.form'],
      ['process', 'a', 1, 'spring', 'a.bpmn'],
      ['process', 'b', 1, null, 'a.bpmn'],
      ['requirements', 'pricing', 1, null, 'price.dmn'],
    ]);
    expect(find('decision', 'price')).toMatchObject({
      name: 'The price',
      requirements: { key: find('requirements', 'pricing').key, id: 'pricing', name: 'Pricing' },
    });
    expect(new Set(all.map(({ key }) => key)).size).toBe(5);
    expect(await stage(db).runtime.definitions.get(find('process', 'b').key)).toEqual(find('process', 'b'));
    expect(await it1.runtime.definitions.get('1')).toBeNull();
    expect(() => find('process', 'c')).toThrow('Expected release');
  });

  it('keeps its key while the file stays the same, also when it comes back', async () => {
    const first = await deployed(diagram(small('a')));
    const second = await deployed(diagram(small('a', '2')));
    const again = await deployed(diagram(small('a')));
    const other = await deployed(table);
    const versions = [first, second, again, other].map(({ find }) => find('process', 'a'));
    expect(versions.map(({ version }) => version)).toEqual([1, 2, 1, 1]);
    expect(versions[2]?.key).toBe(versions[0]?.key);
    expect(versions[3]?.key).toBe(versions[0]?.key);
    expect(versions[1]?.key).not.toBe(versions[0]?.key);
  });

  it('is found out for files that a server deployed which wrote nothing of it', async () => {
    const { all } = await deployed(diagram(small('a'), small('b')), table);
    await db.run('delete from definitions');
    const late = [stage(db), stage(db)].map(({ runtime }) => runtime.definitions);
    await Promise.all(late.map((it) => it.describeOld()));
    const [release] = await db.query<{ id: string }>('select id from releases');
    const found = await late[0]?.of(release?.id ?? '');
    expect(found?.all.map(({ kind, id, version }) => [kind, id, version])).toEqual(
      all.map(({ kind, id, version }) => [kind, id, version]),
    );
  });
});
