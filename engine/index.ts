/** The interpreter: pure functions over plain data. This file names what the server and the browser use. */
export { canonical } from './canonical.ts';
export type * from './command.ts';
export type { Event, EventOf, EventType, Note } from './event.ts';
export * from './instance.ts';
export { Rejection, type RejectionCode } from './rejection.ts';
export type { Problem } from './problem.ts';
export type { Element, Flow, ProcessModel, StartTrigger } from './model.ts';
export type { Release, Releases } from './release.ts';
export { releasesIn } from './replay.ts';
export { differenceOf, type Difference } from './migration/difference.ts';
export { checkMigration, type MigrationProblem } from './migration/plan.ts';
export { PACKAGES, readBpmn, type BpmnFile } from './bpmn/read.ts';
export { decodeXml } from './bpmn/decode.ts';
export { importCamunda, type Imported } from './camunda/import-camunda.ts';
export type { ImportNote } from './camunda/importer.ts';
export { isCamunda7 } from './camunda/namespaces.ts';
export { translateJuel, translateScript, type Translation } from './camunda/juel/translate.ts';
export { writeBpmn } from './bpmn/write.ts';
export { compileBpmn, type Compilation } from './bpmn/compile.ts';
export { explain, type Reason, type Resting } from './explain.ts';
export { validateBpmn } from './validate/index.ts';
export { checkRelease } from './link.ts';
export { execute, type Outcome } from './execute.ts';
export { evolve, evolveAll } from './evolve.ts';
export { replay, type Recorded } from './replay.ts';
export { verify, type Verdict } from './verify.ts';
export { ENGINE_VERSION } from './version.ts';
export { visible } from './variables.ts';
export { conditionalStarts } from './events/conditional.ts';
export {
  readDecisions,
  compileDecisions,
  type CompiledDecisions,
  type Decision,
  type DecisionFile,
} from './decision/index.ts';
export { firstDue, nextDue, nextDueAfter, type Due, type TimerKind } from './timetable.ts';
export { retryAt } from './back-off.ts';
export { addDuration, parseCycle, parseDuration, parseInstant } from './time.ts';
