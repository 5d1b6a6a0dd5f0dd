/** What clients ask first: is the server there, what is it, who am I. */
import { z } from 'zod';
import type { Route } from '../../routes/route.ts';
import { VERSION } from '../../version.ts';
import { context } from '../../web/context.ts';
import { TENANT } from './format.ts';

const tag = 'Cluster';

const topology = z.object({
  brokers: z.array(
    z.object({
      nodeId: z.int(),
      host: z.string(),
      port: z.int(),
      partitions: z.array(z.object({ partitionId: z.int(), role: z.string(), health: z.string() })),
      version: z.string(),
    }),
  ),
  clusterSize: z.int(),
  partitionsCount: z.int(),
  replicationFactor: z.int(),
  gatewayVersion: z.string(),
  lastCompletedChangeId: z.string(),
});

const license = z.object({ validLicense: z.boolean(), licenseType: z.string(), isCommercial: z.boolean() });

const me = z.object({
  username: z.string(),
  displayName: z.string(),
  email: z.string().nullable(),
  authorizedComponents: z.array(z.string()),
  tenants: z.array(z.object({ tenantId: z.string(), name: z.string(), description: z.string() })),
  groups: z.array(z.string()),
  roles: z.array(z.string()),
  salesPlanType: z.string(),
  c8Links: z.record(z.string(), z.string()),
  canLogout: z.boolean(),
});

export const routes: Route[] = [
  {
    method: 'get',
    path: '/v2/topology',
    permission: 'known',
    document: {
      summary: 'Describe the cluster',
      tag,
      description: 'Server processes are equal and share one database, so they show as one broker with one partition.',
      responses: { 200: topology },
    },
    handle(request, response) {
      const [host = request.hostname, port] = (request.get('host') ?? '').split(/:(?=\d+$)/);
      const partitions = [{ partitionId: 1, role: 'leader', health: 'healthy' }];
      response.json({
        brokers: [{ nodeId: 0, host, port: Number(port ?? 80), partitions, version: VERSION }],
        clusterSize: 1,
        partitionsCount: 1,
        replicationFactor: 1,
        gatewayVersion: VERSION,
        lastCompletedChangeId: '1',
      });
    },
  },
  {
    method: 'get',
    path: '/v2/status',
    permission: 'public',
    document: {
      summary: 'Tell whether the server takes work',
      tag,
      responses: { 204: { description: 'It does: the database answers' } },
    },
    async handle(_request, response, services) {
      await services.runtime.latestRelease();
      response.status(204).end();
    },
  },
  {
    method: 'get',
    path: '/v2/license',
    permission: 'public',
    document: { summary: 'Tell the license', tag, responses: { 200: license } },
    handle(_request, response) {
      response.json({ validLicense: true, licenseType: 'Apache-2.0', isCommercial: true });
    },
  },
  {
    method: 'get',
    path: '/v2/authentication/me',
    permission: 'known',
    document: { summary: 'Tell who asks', tag, responses: { 200: me } },
    handle(_request, response) {
      const { user, client, permissions } = context(response);
      response.json({
        username: user?.login ?? `client:${client?.id ?? ''}`,
        displayName: user?.name ?? client?.name ?? '',
        email: user?.email || null,
        authorizedComponents: permissions.has('processes:read') ? ['*'] : [],
        tenants: [{ tenantId: TENANT, name: 'Default', description: '' }],
        groups: user?.groups ?? [],
        roles: user?.roles ?? client?.scopes ?? [],
        salesPlanType: '',
        c8Links: {},
        canLogout: false,
      });
    },
  },
];
