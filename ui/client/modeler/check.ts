/** What the engine says about a drawing: the very check that decides at deployment. */
import { compileBpmn, readBpmn } from '../../../engine/index.ts';
import type { Problem } from '../../../engine/index.ts';

/** The problems of one diagram by itself; whether what it refers to is deployed is known to the server only. */
export async function check(xml: string): Promise<Problem[]> {
  return compileBpmn(await readBpmn(xml)).problems;
}
