/** The routes of the application as express keeps them. */
import type { Express } from 'express';
import type { Rooms } from '../../server/web/rooms.ts';

export interface Mounted {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  path: string;
  permission: string | undefined;
}

interface Layer {
  handle: Partial<Rooms>;
  route?: { path: string; methods: Record<string, boolean>; stack: { handle: { permission?: string } }[] };
}

const layersOf = (router: unknown): Layer[] => (router as { stack: Layer[] }).stack;

/** All of them, those of the rooms and those outside. */
export function mountedOn(app: Express): Mounted[] {
  const layers = layersOf(app.router).flatMap((layer) => [
    layer,
    ...[...(layer.handle.rooms?.values() ?? [])].flatMap(layersOf),
  ]);
  return layers.flatMap(({ route }) =>
    Object.keys(route?.methods ?? {}).map((method) => ({
      method: method as Mounted['method'],
      path: route?.path ?? '',
      permission: route?.stack[0]?.handle.permission,
    })),
  );
}
