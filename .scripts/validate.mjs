/**
 * `npm run validate -- FILE...`: what a deployment says about diagrams: rule, element, sentence. Ends with 1 when there
 * is an error, with 2 when it was called wrongly. `--strict` takes the standard by the letter; `--rules` writes the page
 * about the rules. Diagrams of Camunda 7 and its relatives are imported first.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ensureReady } from './setup.mjs';

const USAGE = 'Expected: npm run validate -- [--strict] FILE..., or --rules';

await ensureReady();
const { register } = await import('tsx/esm/api');
register();
const engine = await import('../engine/index.ts');
const { describeRules } = await import('../engine/validate/describe.ts');

process.exitCode = await validate(process.argv.slice(2));

async function validate(args) {
  let parsed;
  try {
    const options = { strict: { type: 'boolean', default: false }, rules: { type: 'boolean', default: false } };
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    return 2;
  }
  const { values, positionals } = parsed;
  if (values.rules) {
    writeFileSync(new URL('../engine/validate/README.md', import.meta.url), describeRules());
    return 0;
  }
  if (positionals.length === 0) {
    console.error(USAGE);
    return 2;
  }
  let errors = 0;
  for (const path of positionals) {
    const problems = await problemsOf(readFileSync(path), values.strict);
    for (const { rule, severity, element, message } of problems) {
      console.log(`${path}: ${severity} ${rule}${element === '' ? '' : ` ${element}`}: ${message}`);
    }
    errors += problems.filter(({ severity }) => severity === 'error').length;
    if (problems.length === 0) console.log(`${path}: no problems`);
  }
  return errors > 0 ? 1 : 0;
}

/** In the words of the problems of the engine; those of an import come first. */
async function problemsOf(bytes, strict) {
  const { compileBpmn, decodeXml, importCamunda, isCamunda7, readBpmn, validateBpmn } = engine;
  const xml = decodeXml(bytes);
  if (!isCamunda7(xml)) return check(await readBpmn(xml));
  const imported = await importCamunda(xml);
  return imported.xml === '' ? imported.problems : [...imported.problems, ...check(await readBpmn(imported.xml))];

  function check(file) {
    return strict ? validateBpmn(file) : compileBpmn(file).problems;
  }
}
