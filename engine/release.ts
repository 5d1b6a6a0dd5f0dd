/** A release: the versions of all resources that were current together after a deployment. Instances are pinned to one. */
import type { Decision } from './decision/index.ts';
import type { ProcessModel } from './model.ts';

/** Resources by their own ids. Forms are form-js schemas, which the engine does not read. */
export interface Release {
  /** Decimal string of its key. */
  readonly id: string;
  readonly processes: ReadonlyMap<string, ProcessModel>;
  readonly decisions: ReadonlyMap<string, Decision>;
  readonly forms: ReadonlyMap<string, unknown>;
}

/** By their ids. */
export type Releases = ReadonlyMap<string, Release>;
