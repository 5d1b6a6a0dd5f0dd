/** Compiled decisions. They hold functions: compiled once per release, never stored. */
import type { Boxed } from './boxed/boxed.ts';
import type { FeelType } from './type.ts';

/** Something that an element requires, from its own file or from an imported one. */
export interface Required<Target> {
  readonly target: Target;
  /** Name of the import; undefined for the own file. */
  readonly prefix: string | undefined;
}

/** An input: a variable of the caller, or a parameter. */
export interface RequiredInput {
  readonly name: string;
  readonly prefix: string | undefined;
  readonly type: FeelType | null;
}

/** What can be evaluated: a decision or a decision service. */
export interface Decision {
  readonly id: string;
  readonly name: string;
  /** Under this name, and under its id, the decisions that require it read its result. */
  readonly variable: string;
  readonly type: FeelType | null;
  /** The decisions that it requires; the output decisions of a service. */
  readonly requires: readonly Required<Decision>[];
  readonly inputs: readonly RequiredInput[];
  /** Functions that its logic may call. */
  readonly knowledge: readonly Required<Knowledge>[];
  readonly logic: Logic;
}

/** How a result comes about: by an expression, or as the outputs of a service. */
export type Logic =
  | { readonly kind: 'expression'; readonly boxed: Boxed }
  | {
      readonly kind: 'service';
      /** Decisions whose results the caller gives (DMN 1.3, 10.4). */
      readonly given: readonly Required<Decision>[];
    };

/** A function of the file: a business knowledge model, or a decision service. */
export interface Knowledge {
  readonly id: string;
  /** The name by which it is called. */
  readonly variable: string;
  readonly parameters: readonly RequiredInput[];
  readonly requires: readonly Required<Knowledge>[];
  readonly result: FeelType | null;
  readonly body: Boxed | Decision;
}

/** A parameter of a function. */
export interface Parameter {
  readonly name: string;
  readonly type: FeelType | null;
}
