/** The processes, decisions and forms that deployed files define, by the keys that programs name them with. */
import { readBpmn, readDecisions } from '../../engine/index.ts';
import type { Database } from '../db/database.ts';
import { insertDefinition, readDefinition, readDefinitionsOf, readUndescribed } from '../db/definitions.ts';
import type { Definition, DefinitionKind, Described } from '../db/definitions.ts';
import type { KeyGenerator } from '../db/key.ts';
import type { Resource } from '../db/resources.ts';
import { isDuplicate, isTransient } from '../db/sqlstate.ts';
import { retrying } from './retry.ts';

/** Finds definitions; they never change, so they are kept. */
export interface Definitions {
  /** The definition with this key, or null. */
  get(key: string): Promise<Definition | null>;
  /** What a release defines, by kind and id. */
  of(release: string): Promise<ReleaseDefinitions>;
  /** Writes down what files define that were deployed by a server which did not do so. */
  describeOld(): Promise<void>;
}

export interface ReleaseDefinitions {
  all: readonly Definition[];
  /** @throws Error when the release does not define it */
  find: (kind: DefinitionKind, id: string) => Definition;
}

/** What a file says of the things that it defines. It was compiled without problems. */
export async function describe({ kind, id, content }: Pick<Resource, 'kind' | 'id' | 'content'>): Promise<Described[]> {
  if (kind === 'process') return describeProcesses(content);
  if (kind === 'decision') return describeDecisions(content);
  const form = JSON.parse(content) as { name?: unknown; versionTag?: unknown };
  return [{ kind: 'form', id, name: text(form.name) ?? '', versionTag: text(form.versionTag) ?? null }];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

async function describeProcesses(content: string): Promise<Described[]> {
  const { definitions } = await readBpmn(content);
  const roots = (definitions?.get('rootElements') ?? []) as Node[];
  return roots
    .filter(({ $type, isExecutable }) => $type === 'bpmn:Process' && isExecutable === true)
    .map((process) => {
      const extensions = process.extensionElements?.values ?? [];
      const tag = extensions.find(({ $type }) => $type === 'zeebe:VersionTag');
      const versionTag = text(tag?.value) ?? null;
      return { kind: 'process', id: text(process.id) ?? '', name: text(process.name) ?? '', versionTag };
    });
}

/** What is read here of an element as moddle gives it. */
interface Node {
  $type: string;
  id?: unknown;
  name?: unknown;
  isExecutable?: unknown;
  value?: unknown;
  extensionElements?: { values?: Node[] };
}

async function describeDecisions(content: string): Promise<Described[]> {
  const { definitions } = await readDecisions(content);
  if (definitions === null) return [];
  const decisions = (definitions.drgElement ?? []).filter(({ $type }) => $type === 'dmn:Decision');
  const of = (kind: DefinitionKind, { id, name }: { id?: string; name?: string }): Described => ({
    kind,
    id: id ?? '',
    name: name ?? '',
    versionTag: null,
  });
  return [of('requirements', definitions), ...decisions.map((it) => of('decision', it))];
}

export function definitionCache(db: Database, keys: KeyGenerator): Definitions {
  const known = new Map<string, Definition>();
  const releases = new Map<string, Promise<ReleaseDefinitions>>();
  const describeOld = async (): Promise<void> => {
    const files = await readUndescribed(db);
    for (const file of files) {
      const described = await describe(file);
      const write = () =>
        db.transaction(async (tx) => {
          for (const it of described) await insertDefinition(tx, keys.next(), it, file);
        });
      // Another server does the same at this moment.
      await retrying(write, (error) => isDuplicate(error) || isTransient(error));
    }
  };
  const load = async (release: string): Promise<ReleaseDefinitions> => {
    await describeOld();
    const all = await readDefinitionsOf(db, release);
    for (const it of all) known.set(it.key, it);
    const byName = new Map(all.map((it) => [`${it.kind} ${it.id}`, it]));
    return {
      all,
      find(kind, id) {
        const found = byName.get(`${kind} ${id}`);
        if (found === undefined)
          throw new Error(`Expected release ${release} to define ${kind} ${id}, but it does not.`);
        return found;
      },
    };
  };
  return {
    describeOld,
    async get(key) {
      const found = known.get(key) ?? (await readDefinition(db, key));
      if (found !== null) known.set(key, found);
      return found;
    },
    of(release) {
      const found = releases.get(release) ?? load(release);
      releases.set(release, found);
      found.catch(() => releases.delete(release)); // What failed is tried again next time.
      return found;
    },
  };
}
