import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { errorCode } from '../db/error-code.ts';
import { UsageError, json } from './command.ts';
import type { Subcommand } from './command.ts';
import { operator, withServices } from './open.ts';
import { print, printJson } from './print.ts';

/** Deploys diagrams, decision tables and forms. */
export const deploy: Subcommand = {
  name: 'deploy',
  summary: 'Deploys diagrams, decision tables and forms as one release on top of the newest.',
  usage: ['FILE... [--note TEXT] [--json]'],
  options: { note: { type: 'string', value: 'TEXT', help: 'why, for those who read the list of versions' }, json },
  notes: 'Nothing is stored when a problem is an error. Running instances keep their versions.',
  run(call) {
    if (call.words.length === 0)
      throw new UsageError('Expected at least one .bpmn, .dmn or .form file, but found none.');
    const files = call.words.map((path) => ({ name: basename(path), content: read(path) }));
    return withServices(call, async ({ runtime }) => {
      const note = call.text('note');
      const by = { actor: operator(), ...(note === undefined ? {} : { note }) };
      const { problems, ...done } = await runtime.deploy(files, by);
      const release = done.release?.id ?? null;
      const changed = 'changed' in done && done.changed;
      if (call.flag('json')) await printJson(call, { release, changed, problems });
      else {
        for (const { file, severity, rule, element, message } of problems) {
          await print(call, `${file}: ${severity} ${rule}${element === '' ? '' : ` at ${element}`}: ${message}`);
        }
        await print(call, resultText(release, changed));
      }
      return release === null ? 1 : 0;
    });
  },
};

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'ENOENT' && code !== 'EISDIR') throw error;
    const found = code === 'ENOENT' ? 'none. Correct the path.' : 'a folder. Name the files in it.';
    throw new Error(`Expected a file ${path}, but found ${found}`, { cause: error });
  }
}

function resultText(release: string | null, changed: boolean): string {
  if (release === null) return 'Nothing was deployed.';
  return changed ? `Deployed as release ${release}.` : `Nothing has changed: release ${release} has these files.`;
}
