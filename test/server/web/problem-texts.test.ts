import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { rules } from '../../../engine/validate/index.ts';

const root = join(import.meta.dirname, '..', '..', '..');

type Texts = Record<'rules' | 'others', Record<string, string>>;

const texts = JSON.parse(readFileSync(join(root, 'ui/client/modeler/rules-chinese.json'), 'utf8')) as Texts;

/** The source of everything that finds problems, the rules apart. */
function sources(): string {
  return ['engine', 'server/process']
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
    )
    .filter((name) => name.endsWith('.ts') && !name.startsWith(join('engine', 'validate')))
    .map((name) => readFileSync(join(root, name), 'utf8'))
    .join('\n');
}

describe('the Chinese texts of problems', () => {
  it('are there for every rule, and for nothing that is no rule', () => {
    expect(Object.keys(texts.rules).sort()).toEqual(rules.map(({ id }) => id).sort());
  });

  it('are there beside the rules only for what is a problem somewhere', () => {
    const all = sources();
    expect(Object.keys(texts.others).filter((id) => !all.includes(`'${id}'`))).toEqual([]);
    expect(Object.keys(texts.others).filter((id) => id in texts.rules)).toEqual([]);
  });

  it('say what is expected and what to do, in Chinese sentences', () => {
    for (const text of Object.values(texts.rules)) expect(text).toMatch(/^[^。]*[\u4e00-\u9fff][^。]*。[^。]+。$/u);
    for (const text of Object.values(texts.others)) expect(text).toMatch(/[\u4e00-\u9fff][^。]*。$/u);
  });
});
