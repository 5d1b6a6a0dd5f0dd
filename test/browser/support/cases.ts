/** Cases to look at, filed as the portal files them. */
import { newRequest } from '../../../server/desk/new-request.ts';
import { fileRequest } from '../../../server/intake/file-request.ts';
import type { Filed } from '../../../server/intake/file-request.ts';
import type { App } from './app.ts';

/** A request that nobody accepts: it moves from tier to tier. Gives its number. */
export async function fileSample(app: App, title?: string): Promise<string> {
  return (await fileLinked(app, title)).number;
}

/** The same, with the secret of the requester's link. */
export async function fileLinked({ services }: App, title = 'Error 500 when somebody pays'): Promise<Filed> {
  const request = newRequest.parse({ title, service: 'payment', impact: 'core', urgency: 'critical' });
  const filer = { channel: 'portal', requester: 'rita', requesterName: 'Rita', locale: 'en', client: '' } as const;
  const filed = await fileRequest(services, request, { ...filer, actor: 'user:rita' });
  await services.runtime.settle();
  return filed;
}
