/** Where to go after a form: only ever within this site. */

/** The path when it is one of this site, else `otherwise`. */
export function localPath(path: unknown, otherwise: string): string {
  if (typeof path !== 'string' || !path.startsWith('/') || path.startsWith('//')) return otherwise;
  const url = new URL(path, 'http://here.invalid');
  return url.host === 'here.invalid' ? url.pathname + url.search + url.hash : otherwise;
}
