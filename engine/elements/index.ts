/** The registry of elements. A new element is one file and one line here. */
import type { Behaviour } from '../behaviour.ts';
import { adHocSubProcess } from './ad-hoc-sub-process.ts';
import { boundaryEvent } from './boundary-event.ts';
import { businessRuleTask } from './business-rule-task.ts';
import { callActivity } from './call-activity.ts';
import { catchEvent } from './catch-event.ts';
import { complexGateway } from './complex-gateway.ts';
import { endEvent } from './end-event.ts';
import { eventBasedGateway } from './event-based-gateway.ts';
import { exclusiveGateway } from './exclusive-gateway.ts';
import { inclusiveGateway } from './inclusive-gateway.ts';
import { manualTask } from './manual-task.ts';
import { parallelGateway } from './parallel-gateway.ts';
import { receiveTask } from './receive-task.ts';
import { scriptTask } from './script-task.ts';
import { sendTask } from './send-task.ts';
import { serviceTask } from './service-task.ts';
import { startEvent } from './start-event.ts';
import { subProcess } from './sub-process.ts';
import { task } from './task.ts';
import { throwEvent } from './throw-event.ts';
import { transaction } from './transaction.ts';
import { userTask } from './user-task.ts';

const all = [
  adHocSubProcess,
  boundaryEvent,
  businessRuleTask,
  callActivity,
  catchEvent,
  complexGateway,
  endEvent,
  eventBasedGateway,
  exclusiveGateway,
  inclusiveGateway,
  manualTask,
  parallelGateway,
  receiveTask,
  scriptTask,
  sendTask,
  serviceTask,
  startEvent,
  subProcess,
  task,
  throwEvent,
  transaction,
  userTask,
] as const;

/** By BPMN type. */
export const behaviours: ReadonlyMap<string, Behaviour> = new Map(all.map((one) => [one.type, one as Behaviour]));

/** By the type of their global form. */
export const globalTasks: ReadonlyMap<string, Behaviour> = new Map(
  [...behaviours.values()].flatMap((one) => (one.globalType === undefined ? [] : [[one.globalType, one]])),
);
