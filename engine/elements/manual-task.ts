/** Manual task (BPMN 2.0, 10.3.3): done outside of any system, so the token does not wait for it. */
import type { Behaviour } from '../behaviour.ts';
import { task } from './task.ts';

export const manualTask: Behaviour<null> = { ...task, type: 'bpmn:ManualTask', globalType: 'bpmn:GlobalManualTask' };
