import type { Command, Event, Instance, Release } from '../../engine/index.ts';

/** What one command did to one instance. */
export interface Change {
  /** null when the command started the instance. */
  before: Instance | null;
  after: Instance;
  command: Command;
  events: Event[];
  /** The release that the instance is pinned to after it. */
  release: Release;
}
