/** Cookies: the names that Lanework uses, reading and writing them. */
import type { Request, Response } from 'express';

/** `session` and `visitor` are secrets of the server; the others are preferences that scripts may set too. */
export type CookieName = 'session' | 'visitor' | 'locale' | 'theme' | 'zone';

const secret = new Set<CookieName>(['session', 'visitor']);

/** The value of a cookie, or null when it is absent, empty or not decodable. */
export function readCookie(request: Request, name: CookieName): string | null {
  const { cookie } = request.headers;
  if (cookie === undefined) return null;
  const prefix = `lanework_${name}=`;
  const pair = cookie.split(/;\s*/).find((text) => text.startsWith(prefix));
  if (!pair || pair.length === prefix.length) return null;
  try {
    return decodeURIComponent(pair.slice(prefix.length));
  } catch {
    return null; // a malformed cookie is as good as none
  }
}

/** @param maxAge ms; 0 deletes the cookie */
export function writeCookie(
  request: Request,
  response: Response,
  name: CookieName,
  value: string,
  maxAge: number,
): void {
  response.cookie(`lanework_${name}`, value, {
    httpOnly: secret.has(name),
    sameSite: 'lax',
    secure: request.secure,
    path: '/',
    maxAge,
  });
}
