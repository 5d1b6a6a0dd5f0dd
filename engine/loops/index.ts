/** The registry of loop markers. A new one is one file and one line here. */
import type { LoopMarker } from './loop.ts';
import { multiInstance } from './multi-instance.ts';
import { standardLoop } from './standard-loop.ts';

const all: LoopMarker[] = [multiInstance, standardLoop];

/** By the BPMN type of the loop characteristics. */
export const loopMarkers: ReadonlyMap<string, LoopMarker> = new Map(all.map((one) => [one.type, one]));
