/** Deploying diagrams, decision tables and forms. */
import multer from 'multer';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { decodeXml } from '../../../engine/index.ts';
import { Rejection } from '../../../engine/rejection.ts';
import type { Definition } from '../../db/definitions.ts';
import type { DeployedFile, FileProblem } from '../../process/compile.ts';
import type { StoredRelease } from '../../process/deploy.ts';
import { answerOnce } from '../../process/once.ts';
import type { Doing } from '../../process/once.ts';
import type { Route } from '../../routes/route.ts';
import type { Services } from '../../services.ts';
import { actorOf } from '../../web/context.ts';
import { Refusal } from '../../web/refusal.ts';
import {
  decisionDefinition,
  decisionDefinitionOf,
  decisionRequirements,
  decisionRequirementsOf,
  form,
  formOf,
} from './definition.ts';
import { TENANT } from './format.ts';
import { onceOf } from '../once.ts';
import { readBody } from '../read.ts';

/** Limits of one deployment. */
const MOST_FILES = 100;
const LARGEST_FILE = 4 * 1024 * 1024;
const LARGEST_REQUEST = 32 * 1024 * 1024;

const upload = multer({
  storage: multer.memoryStorage(),
  defParamCharset: 'utf8',
  limits: { files: MOST_FILES, fileSize: LARGEST_FILE, fields: 10, fieldSize: 1000, parts: MOST_FILES + 10 },
}).array('resources');

const fields = z.strictObject({ tenantId: z.literal(TENANT).optional(), _csrf: z.string().optional() });

const deployedProcess = z.object({
  processDefinitionId: z.string(),
  processDefinitionVersion: z.int(),
  processDefinitionKey: z.string(),
  resourceName: z.string(),
  tenantId: z.string(),
});

const deployed = z.object({
  deploymentKey: z.string(),
  tenantId: z.string(),
  deployments: z.array(
    z.object({
      processDefinition: deployedProcess.optional(),
      decisionDefinition: decisionDefinition.optional(),
      decisionRequirements: decisionRequirements.optional(),
      form: form.optional(),
    }),
  ),
  /** Beyond Camunda's answer, whose clients pass it over; absent where there are none. */
  warnings: z
    .array(
      z.object({ resourceName: z.string(), elementId: z.string().optional(), rule: z.string(), message: z.string() }),
    )
    .optional(),
});

/** The files of a request. @throws Rejection, Refusal when they are too many or too large */
async function filesOf(request: Request, response: Response): Promise<DeployedFile[]> {
  if (Number(request.get('content-length') ?? 0) > LARGEST_REQUEST) throw new Refusal(413, 'too-large');
  await new Promise<void>((resolve, reject) => {
    // Of a request that does not say how long it is.
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= LARGEST_REQUEST) return;
      request.unpipe();
      reject(new Refusal(413, 'too-large'));
    });
    upload(request, response, (error: unknown) => (error === undefined ? resolve() : reject(refusalOf(error))));
  });
  readBody(fields, request.body);
  // multer puts them there; the request is typed for forms without files as well.
  const files = (request.files ?? []) as Express.Multer.File[];
  return files.map(({ originalname: name, buffer }) => {
    if (/\p{Cc}/u.test(name)) {
      throw new Rejection(
        'invalid',
        'Expected a file name without control characters, but found one. Rename the file.',
      );
    }
    return { name, content: /\.form(\.json)?$/i.test(name) ? buffer.toString('utf8') : decodeXml(buffer) };
  });
}

function notMultipart(found: string): Rejection {
  return new Rejection('invalid', `Expected multipart/form-data with files, but found: ${found}`);
}

function refusalOf(error: unknown): Error {
  if (!(error instanceof multer.MulterError)) {
    return notMultipart(String(error));
  }
  if (/^LIMIT_(FILE_SIZE|FILE_COUNT|PART_COUNT|FIELD_VALUE)$/.test(error.code)) return new Refusal(413, 'too-large');
  const found = error.field === undefined ? error.message : `the field "${error.field}"`;
  return new Rejection('invalid', `Expected files in the field "resources" and nothing else, but found ${found}.`);
}

/** All problems, each with its file and element; the sentence of a problem holds its remedy. */
function refusalFor(problems: readonly FileProblem[]): Rejection {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const lines = errors.slice(0, 20).map(({ file, element, message }) => {
    if (file === '') return message;
    return `${file}${element === '' ? '' : `, element "${element}"`}: ${message}`;
  });
  const more = errors.length > lines.length ? [`And ${errors.length - lines.length} more.`] : [];
  return new Rejection('invalid', [...lines, ...more].join('\n'));
}

/** What is doubtful and runs all the same. */
function warningsOf(problems: readonly FileProblem[]) {
  if (problems.length === 0) return {};
  const warnings = problems.map(({ file, element, rule, message }) => ({
    resourceName: file,
    ...(element === '' ? {} : { elementId: element }),
    rule,
    message,
  }));
  return { warnings };
}

function metadataOf(it: Definition) {
  switch (it.kind) {
    case 'process':
      return {
        processDefinition: {
          processDefinitionId: it.id,
          processDefinitionVersion: it.version,
          processDefinitionKey: it.key,
          resourceName: it.resourceName,
          tenantId: TENANT,
        },
      };
    case 'decision':
      return { decisionDefinition: decisionDefinitionOf(it) };
    case 'requirements':
      return { decisionRequirements: decisionRequirementsOf(it) };
    case 'form':
      return { form: formOf(it) };
    default:
      throw new Error(`Expected a known kind of definition, but found ${String(it.kind satisfies never)}.`);
  }
}

async function deploy(request: Request, response: Response, services: Services): Promise<void> {
  const files = await filesOf(request, response);
  const { once } = onceOf(request, files);
  const act = (doing?: Doing<StoredRelease>) => deployFiles(services, files, actorOf(response), doing);
  const stored = await answerOnce(services, once, act);
  response.json(await answerOf(services, stored));
}

async function deployFiles(
  { runtime }: Services,
  files: readonly DeployedFile[],
  actor: string,
  doing?: Doing<StoredRelease>,
): Promise<StoredRelease> {
  const beside = doing && { beside: doing.note };
  const outcome = await runtime.deploy(files, { actor, note: 'Through the API', ...beside });
  if (!outcome.release) throw refusalFor(outcome.problems);
  return { ...outcome, release: outcome.release.id };
}

async function answerOf({ runtime }: Services, { release, deployed, problems }: StoredRelease) {
  const { all } = await runtime.definitions.of(release);
  const own = deployed.flatMap(({ kind, id }) =>
    all.filter(({ resource }) => resource.kind === kind && resource.id === id),
  );
  return { deploymentKey: release, tenantId: TENANT, deployments: own.map(metadataOf), ...warningsOf(problems) };
}

export const routes: Route[] = [
  {
    method: 'post',
    path: '/v2/deployments',
    permission: 'models:deploy',
    document: {
      summary: 'Deploy diagrams, decision tables and forms',
      tag: 'Deployments',
      description:
        'The files go on top of what is deployed: they replace earlier versions of themselves, everything else stays. ' +
        'Nothing is stored unless all files can be run together; what is doubtful but runs is told as `warnings`. The same bytes give the same version and key again. ' +
        'The deployment key names the release: all versions that are current together.',
      body: {
        type: 'multipart/form-data',
        schema: z.object({
          resources: z
            .array(z.string().meta({ format: 'binary' }))
            .meta({ description: 'Files whose names end in .bpmn, .dmn or .form' }),
          tenantId: z.literal(TENANT).optional(),
        }),
      },
      repeatable: true,
      responses: { 200: deployed },
    },
    handle: deploy,
  },
];
