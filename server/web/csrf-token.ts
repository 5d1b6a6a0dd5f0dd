import { createHmac } from 'node:crypto';

/** The token that belongs to the secret of a session or visitor cookie. */
export function csrfToken(secret: string): string {
  return createHmac('sha256', secret).update('lanework csrf').digest('base64url');
}
