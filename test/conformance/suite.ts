import type { Mode } from './modes.ts';
import type { SuiteReport } from './report.ts';

/** One kind of cases. */
export interface Suite {
  readonly name: string;
  /** The file that lists its cases: a folder that has it is a folder of this suite. */
  readonly file: string;
  /** The modes in which it is run. */
  readonly modes: readonly Mode[];
  /**
   * Runs the cases of a folder.
   * @param wanted whether the case of this id is asked for
   */
  run(folder: string, mode: Mode, wanted: (id: string) => boolean): Promise<SuiteReport[]>;
  /** Whether the report misses what is asked of this suite. */
  failed(report: SuiteReport): boolean;
  /** Further figures for readers. */
  notes?(report: SuiteReport): string[];
}
