import { checkRelease } from '../../engine/index.ts';
import type { Release } from '../../engine/index.ts';
import { readReleases } from '../db/releases.ts';
import type { ReleaseRow } from '../db/releases.ts';
import { readResourcesOf, sha256 } from '../db/resources.ts';
import type { Sql } from '../db/sql.ts';
import { compileFile, compileTogether } from './compile.ts';
import type { CompiledResource, DeployedFile, FileProblem } from './compile.ts';

/** How long this process may not notice that another one deployed, ms of real time. */
const FRESH = 1000;
/** Files that stay compiled, those used last; releases keep theirs in any case. */
const COMPILED = 256;

/** Compiled releases; a resource is compiled once per content as long as it is used, each release linked once. */
export interface Releases {
  /** The release with this id, or null. */
  get(id: string): Promise<Release | null>;
  /** The newest, or null before the first deployment. */
  latest(): Promise<Release | null>;
  /** The newest one's row, asked anew from the database. */
  latestRow(): Promise<ReleaseRow | null>;
  compile(file: DeployedFile): Promise<CompiledResource>;
}

export function releaseCache(sql: Sql): Releases {
  const linked = new Map<string, Promise<Release | null>>();
  const compiled = new Map<string, Promise<CompiledResource>>();
  let newest: { row: ReleaseRow | null; asked: number } | null = null;

  const compile = (file: DeployedFile): Promise<CompiledResource> => {
    const key = `${file.name}\0${sha256(file.content)}`;
    const found = compiled.get(key) ?? compileFile(file);
    compiled.delete(key); // So that it becomes the last one.
    compiled.set(key, found);
    for (const oldest of compiled.keys()) if (compiled.size > COMPILED) compiled.delete(oldest);
    const forget = () => compiled.get(key) === found && compiled.delete(key);
    // A refused upload is not kept.
    found.then(({ problems }) => problems.some((it) => it.severity === 'error') && forget(), forget);
    return found;
  };
  const load = async (id: string): Promise<Release | null> => {
    const resources = await readResourcesOf(sql, id);
    if (resources.length === 0) return null;
    return link(id, compileTogether(await Promise.all(resources.map(compile))));
  };
  const get = (id: string): Promise<Release | null> => {
    const known = linked.get(id);
    if (known !== undefined) return known;
    const found = load(id);
    linked.set(id, found);
    // What failed, or is not there yet, is looked for again next time.
    found.then(
      (release) => release === null && linked.delete(id),
      () => linked.delete(id),
    );
    return found;
  };
  const latestRow = async (): Promise<ReleaseRow | null> => {
    const [row = null] = await readReleases(sql, 1);
    newest = { row, asked: performance.now() };
    return row;
  };
  return {
    get,
    compile,
    latestRow,
    async latest() {
      const fresh = newest !== null && newest.row !== null && performance.now() - newest.asked < FRESH;
      const row = fresh && newest !== null ? newest.row : await latestRow();
      return row === null ? null : get(row.id);
    },
  };
}

/** Puts resources that are compiled together into a release. */
export function link(id: string, resources: readonly CompiledResource[]): Release {
  return {
    id,
    processes: new Map(resources.flatMap(({ processes }) => processes.map((it) => [it.id, it] as const))),
    decisions: new Map(resources.flatMap(({ decisions }) => decisions.map((it) => [it.id, it] as const))),
    forms: new Map(resources.flatMap(({ forms }) => [...forms])),
  };
}

/** What is wrong with the resources together: ids that two files have, references to what is not there. */
export function problemsTogether(release: Release, files: ReadonlyMap<string, CompiledResource>): FileProblem[] {
  const owners = new Map<string, string>();
  const twice: FileProblem[] = [];
  for (const [file, resource] of files) {
    for (const id of idsOf(resource)) {
      const other = owners.get(id);
      if (other !== undefined) twice.push(duplicate(file, id, other));
      owners.set(id, file);
    }
  }
  const home = (element: string): string => {
    for (const [file, { processes }] of files) if (processes.some((it) => it.byId.has(element))) return file;
    return '';
  };
  return [...twice, ...checkRelease(release).map((it) => ({ ...it, file: home(it.element) }))];
}

function idsOf({ processes, decisions, forms }: CompiledResource): string[] {
  return [
    ...processes.map((it) => `process ${it.id}`),
    ...decisions.map((it) => `decision ${it.id}`),
    ...[...forms.keys()].map((id) => `form ${id}`),
  ];
}

function duplicate(file: string, id: string, other: string): FileProblem {
  const message = `Expected ${id} to be in one file only, but "${other}" and "${file}" both have it. Rename one of them.`;
  return { rule: 'duplicate-id', severity: 'error', element: id.split(' ')[1] ?? '', message, file };
}
