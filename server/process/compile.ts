import { compileBpmn, compileDecisions, isCamunda7, readBpmn, readDecisions } from '../../engine/index.ts';
import type { Decision, DecisionFile, Problem, ProcessModel } from '../../engine/index.ts';
import type { ResourceKind } from '../db/resources.ts';
import { unknownPatterns } from './form-patterns.ts';

/** A file of a deployment. */
export interface DeployedFile {
  /** The ending says what it is: .bpmn, .dmn or .form (form-js JSON). */
  name: string;
  content: string;
}

/** A problem and the file that has it. */
export interface FileProblem extends Problem {
  file: string;
}

/** What a file compiles to. */
export interface CompiledResource {
  kind: ResourceKind;
  /** Id of the first process, of the decision model or of the form: what makes two files versions of one resource. */
  id: string;
  processes: readonly ProcessModel[];
  decisions: readonly Decision[];
  forms: ReadonlyMap<string, unknown>;
  problems: readonly FileProblem[];
  /** Of a decision file: its name and what it says, for those that import it. */
  tables?: { file: string; read: DecisionFile };
}

/** Reads and compiles one file; trouble of every sort is in `problems`. What imports others is compiled with them. */
export async function compileFile(file: DeployedFile): Promise<CompiledResource> {
  if (/\.(bpmn|bpmn20\.xml)$/i.test(file.name)) return compileDiagram(file);
  if (/\.dmn$/i.test(file.name)) return compileTables(file);
  if (/\.(form|form\.json)$/i.test(file.name)) return compileForm(file);
  return broken(
    file,
    'process',
    `Expected a file name that ends in .bpmn, .dmn or .form, but found "${file.name}". Rename it.`,
  );
}

/** Goes before what keeps a diagram of Camunda 7 from being deployed. */
const FOREIGN: Problem = {
  rule: 'dialect',
  severity: 'error',
  element: '',
  message:
    'Expected a diagram in the dialect of Camunda 8, but found one of Camunda 7 or a relative. ' +
    'Open it in the modeler, which translates it and says what became of every element; then deploy it from there.',
};

async function compileDiagram(file: DeployedFile): Promise<CompiledResource> {
  const { processes, problems } = compileBpmn(await readBpmn(file.content));
  const id = processes[0]?.id ?? '';
  const all = problems.length > 0 && isCamunda7(file.content) ? [FOREIGN, ...problems] : problems;
  return { ...empty('process', id), processes, problems: all.map((it) => ({ ...it, file: file.name })) };
}

async function compileTables(file: DeployedFile): Promise<CompiledResource> {
  const read = await readDecisions(file.content);
  const tables = { file: file.name, read };
  const resource = { ...empty('decision', read.definitions?.id ?? ''), tables };
  return importsOthers(read) ? resource : { ...resource, ...decisionsOf(tables, []) };
}

/** Does it need other files to be compiled with it? */
export function importsOthers({ definitions }: DecisionFile): boolean {
  return (definitions?.import ?? []).length > 0;
}

function decisionsOf({ file, read }: NonNullable<CompiledResource['tables']>, others: readonly DecisionFile[]) {
  const { decisions, problems } = compileDecisions(read, others);
  return { decisions: [...decisions.values()], problems: problems.map((it) => ({ ...it, file })) };
}

/** The resources of one release, in order; decision files that import others are compiled with them. */
export function compileTogether(resources: readonly CompiledResource[]): CompiledResource[] {
  return resources.map((resource) => {
    const { tables } = resource;
    if (!tables || !importsOthers(tables.read)) return resource;
    const others = resources.flatMap((other) => (other.tables && other !== resource ? [other.tables.read] : []));
    return { ...resource, ...decisionsOf(tables, others) };
  });
}

function compileForm(file: DeployedFile): CompiledResource {
  let form: unknown;
  try {
    form = JSON.parse(file.content);
  } catch (error) {
    return broken(file, 'form', `Expected JSON, but found: ${String(error)}. Export the form again.`);
  }
  const id: unknown = typeof form === 'object' && form !== null && 'id' in form ? form.id : undefined;
  if (typeof id !== 'string' || id === '') {
    return broken(file, 'form', 'Expected a form with an id, but found none. Give it one.');
  }
  const problems = unknownPatterns(form).map((element): FileProblem => {
    const message = `Expected a pattern without back references and look-around, but "${element}" has another. Simplify it.`;
    return { rule: 'form-pattern', severity: 'error', element, message, file: file.name };
  });
  return { ...empty('form', id), forms: new Map([[id, form]]), problems };
}

function empty(kind: ResourceKind, id: string): CompiledResource {
  return { kind, id, processes: [], decisions: [], forms: new Map(), problems: [] };
}

function broken(file: DeployedFile, kind: ResourceKind, message: string): CompiledResource {
  const problem: FileProblem = { rule: 'readable', severity: 'error', element: '', message, file: file.name };
  return { ...empty(kind, ''), problems: [problem] };
}
