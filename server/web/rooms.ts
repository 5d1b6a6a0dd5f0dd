/** Routes by the first parts of their paths: a request is compared with those of its room, not with all there are. */
import { Router } from 'express';
import type { RequestHandler } from 'express';

/** Finds the room of a request and hands it on; `rooms` are read by the tests that walk all routes. */
export type Rooms = RequestHandler & { rooms: ReadonlyMap<string, Router> };

/** What the paths of a room begin with: one part, of those for programs two. Express does not heed the case. */
function roomOf(path: string): string {
  const [, first = '', second = ''] = path.toLowerCase().split('/', 3);
  return first === 'api' || first === 'v2' ? `${first}/${second}` : first;
}

/**
 * Sorts routes into rooms, in their order.
 * @param mount puts a route into the router of its room, under its whole path
 */
export function roomsOf<Route extends { path: string }>(
  routes: readonly Route[],
  mount: (room: Router, route: Route) => void,
): Rooms {
  const rooms = new Map<string, Router>();
  for (const route of routes) {
    const name = roomOf(route.path);
    if (/[:*{]/.test(name)) throw new Error(`Expected a path that begins with a name, but found ${route.path}.`);
    const room = rooms.get(name) ?? Router();
    rooms.set(name, room);
    mount(room, route);
  }
  const enter: RequestHandler = (request, response, next) => {
    const room = rooms.get(roomOf(request.path));
    if (room === undefined) next();
    else room(request, response, next);
  };
  return Object.assign(enter, { rooms });
}
