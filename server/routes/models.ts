/** Processes, decision tables and forms: what is deployed, the modeler, deployment. */
import type { Request, Response } from 'express';
import { z } from 'zod';
import { Rejection } from '../../engine/index.ts';
import type { Release } from '../../engine/index.ts';
import { readCurrentModels, readModelVersions, readProcessVersions } from '../db/models.ts';
import type { DeployedVersion } from '../db/models.ts';
import { readResource } from '../db/resources.ts';
import type { Resource, ResourceKind } from '../db/resources.ts';
import type { Services } from '../services.ts';
import { actorOf, context } from '../web/context.ts';
import type { Translate } from '../web/locales.ts';
import { decisionTables } from './models/decision-tables.ts';
import type { Route } from './route.ts';

/** Folder of each kind below /models; diagrams are directly there. */
const folders: Record<ResourceKind, string> = { process: '', decision: 'decisions/', form: 'forms/' };

const endings: Record<ResourceKind, string> = { process: 'bpmn', decision: 'dmn', form: 'form' };

const href = (kind: ResourceKind, id: string): string => `/models/${folders[kind]}${encodeURIComponent(id)}`;

const deployment = z.object({
  files: z
    .array(z.object({ name: z.string().min(1).max(200), content: z.string().max(2_000_000) }))
    .min(1)
    .max(100),
  note: z.string().trim().max(500).default(''),
});

/** The texts that the scripts of these pages need. */
function clientTexts(t: Translate): Record<string, string> {
  const keys = [
    'noProblems',
    'errors',
    'warnings',
    'deployedWarned',
    'toList',
    'wholeFile',
    'error',
    'warning',
    'opened',
    'notBpmn',
    'deploying',
  ];
  // Their places are filled in the browser, so they keep them here.
  const places = { count: '{{count}}', file: '{{file}}', detail: '{{detail}}' };
  const ofImport = ['imported', 'toDo', 'translated', 'replaced', 'left-out', 'importFirst'];
  return Object.fromEntries(
    [...keys, ...ofImport, 'refused', 'failed'].map((key) => [key, t(`models:client.${key}`, places)]),
  );
}

/** The name that the diagram carries, in the reader's language; of other files, the file's. */
function nameOf(
  release: Release | null,
  file: Pick<DeployedVersion, 'kind' | 'id' | 'name'>,
  response: Response,
): string {
  const process = file.kind === 'process' ? release?.processes.get(file.id) : undefined;
  const translated = process?.properties[`name.${context(response).locale}`];
  return translated ?? (process?.name || file.name.replace(/\.[^.]*$/, '') || file.id);
}

async function showList(response: Response, services: Services): Promise<void> {
  const { t } = context(response);
  const [models, release] = await Promise.all([readCurrentModels(services.db), services.runtime.latestRelease()]);
  const section = (kind: ResourceKind) => ({
    kind,
    resources: models
      .filter((model) => model.kind === kind)
      .map((model) => ({
        ...model,
        href: href(kind, model.id),
        name: nameOf(release, model, response),
        at: model.createdAt,
        by: login(model.createdBy),
      })),
  });
  response.render('models', {
    title: t('models:title'),
    sections: (['process', 'decision', 'form'] as const).map(section).filter((it) => it.resources.length > 0),
    texts: clientTexts(t),
    styles: ['modeler.css'],
    scripts: ['models.js'],
  });
}

/** `user:ada` reads as ada. */
const login = (actor: string): string => actor.replace(/^user:/, '');

/** A version is named by its number, or by the key of a release that holds it. */
async function versionOf(services: Services, process: string, wanted: string): Promise<number | undefined> {
  if (wanted.length < 10) return Number(wanted);
  return (await readProcessVersions(services.db, wanted)).get(process);
}

/** @param wanted a version; without one, the newest */
async function find(services: Services, kind: ResourceKind, id: string, wanted: unknown) {
  const versions = await readModelVersions(services.db, kind, id);
  const named = typeof wanted === 'string' && /^\d{1,18}$/.test(wanted) ? wanted : null;
  const version = named === null ? versions[0]?.version : await versionOf(services, id, named);
  const resource = version === undefined ? null : await readResource(services.db, { kind, id, version });
  if (!resource) throw new Rejection('not-found', `Expected a deployed ${kind} "${id}", but found none.`);
  return { versions, resource };
}

function versionRows(versions: readonly DeployedVersion[], current: number) {
  return versions.map((version) => ({
    ...version,
    href: `${href(version.kind, version.id)}?version=${version.version}`,
    current: version.version === current,
    at: version.createdAt,
    by: login(version.createdBy),
  }));
}

const fileUrl = ({ kind, id, version }: Resource): string => `${href(kind, id)}/${version}.${endings[kind]}`;

function editor(response: Response, page: object): void {
  const { t } = context(response);
  response.render('model-edit', {
    texts: clientTexts(t),
    styles: ['diagram.css', 'modeler.css'],
    scripts: ['modeler.js'],
    ...page,
  });
}

async function showModel(kind: ResourceKind, request: Request, response: Response, services: Services): Promise<void> {
  const id = String(request.params[kind]);
  const { versions, resource } = await find(services, kind, id, request.query['version']);
  const name = nameOf(await services.runtime.latestRelease(), resource, response);
  const { version } = resource;
  const page = { title: name, name, version, versions: versionRows(versions, version), source: fileUrl(resource) };
  if (kind === 'process' && context(response).permissions.has('models:deploy')) return editor(response, page);
  response.render('model-view', {
    ...page,
    kind,
    tables: kind === 'decision' ? await decisionTables(resource.content) : [],
    text: kind === 'form' ? resource.content : null,
    styles: ['diagram.css', 'modeler.css'],
    scripts: ['diagram.js'],
  });
}

/** A deployed file never changes, so browsers may keep it. */
async function sendFile(kind: ResourceKind, request: Request, response: Response, services: Services): Promise<void> {
  const { [kind]: id, version } = request.params;
  const { resource } = await find(services, kind, String(id), version);
  response.set('cache-control', 'private, max-age=31536000, immutable');
  response.type(kind === 'form' ? 'application/json' : 'application/xml').send(resource.content);
}

async function deploy(request: Request, response: Response, services: Services): Promise<void> {
  const { files, note } = deployment.parse(request.body);
  const outcome = await services.runtime.deploy(files, { actor: actorOf(response), note });
  if (!outcome.release) {
    response.status(422).json({ problems: outcome.problems });
    return;
  }
  const first = files[0]?.name.replace(/\.[^.]*$/, '') ?? '';
  response.status(201).json({
    release: outcome.release.id,
    location: outcome.release.processes.has(first) ? href('process', first) : '/models',
    warnings: outcome.problems,
  });
}

export const routes: Route[] = [
  {
    method: 'get',
    path: '/models',
    permission: 'models:read',
    handle: (_request, response, services) => showList(response, services),
  },
  { method: 'post', path: '/models', permission: 'models:deploy', handle: deploy },
  {
    method: 'get',
    path: '/models/new',
    permission: 'models:deploy',
    handle(_request, response) {
      const { t } = context(response);
      editor(response, { title: t('models:untitled'), name: t('models:untitled') });
    },
  },
  ...(['decision', 'form', 'process'] as const).flatMap((kind): Route[] => [
    {
      method: 'get',
      path: `/models/${folders[kind]}:${kind}/:version.${endings[kind]}`,
      // Tickets and histories show the diagram to everybody who may see them.
      permission: kind === 'process' ? 'tickets:read' : 'models:read',
      handle: (request, response, services) => sendFile(kind, request, response, services),
    },
    {
      method: 'get',
      path: `/models/${folders[kind]}:${kind}`,
      permission: 'models:read',
      handle: (request, response, services) => showModel(kind, request, response, services),
    },
  ]),
];
