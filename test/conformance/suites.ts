/** The registry of suites. A new one is one file and one line here. */
import { betsy } from './betsy.ts';
import { corpus } from './corpus.ts';
import { dmnTck } from './dmn-tck.ts';
import { invalid } from './invalid.ts';
import { miwg } from './miwg.ts';
import { operaton } from './operaton.ts';
import type { Suite } from './suite.ts';

export const suites: readonly Suite[] = [betsy, operaton, invalid, corpus, miwg, dmnTck];
