/** Hears what becomes of commands, so that it can be counted. Called for whole batches; must not throw. */
export interface Meter {
  /** A batch was taken, executed and stored, or failed, within this time, ms. */
  batch(commands: number, milliseconds: number): void;
  /** How commands ended. */
  commands(outcome: CommandOutcome, count: number): void;
}

/**
 * `done`; `refused` by the engine or a guard; `overloaded`: too many waited; `unavailable`: the database could not;
 * `failed`: a bug.
 */
export type CommandOutcome = 'done' | 'refused' | 'overloaded' | 'unavailable' | 'failed';
