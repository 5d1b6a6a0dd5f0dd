/** Static files of the browser side: dist/ui, under URLs that change with the content, so they are cached for ever. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import express from 'express';
import type { RequestHandler } from 'express';

/** Gives the URL of a built file: `/ui/inbox.js?v=3f2a...`. A file that is not built has no version. */
export type AssetUrl = (name: string) => string;

/** @param folder dist/ui */
export function assetUrls(folder: string): AssetUrl {
  const known = new Map<string, string>();
  return (name) => {
    let url = known.get(name);
    if (url) return url;
    try {
      const version = createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex')
        .slice(0, 12);
      known.set(name, (url = `/ui/${name}?v=${version}`));
      return url;
    } catch {
      return `/ui/${name}`; // not built: the browser gets a 404 and the page works without it
    }
  };
}

/** Serves the folder; versioned and hashed names for a year, others only after asking whether they changed. */
export function assets(folder: string): RequestHandler {
  const files = express.static(folder, { index: false, redirect: false, cacheControl: false });
  return (request, response, next) => {
    const forever = 'v' in request.query || /-[A-Z0-9]{8}\.\w+$/.test(request.path);
    response.setHeader('Cache-Control', forever ? 'public, max-age=31536000, immutable' : 'no-cache');
    void files(request, response, next);
  };
}
