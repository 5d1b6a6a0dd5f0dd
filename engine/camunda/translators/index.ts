/** The registry of translators, in the order in which they see a node. A new topic is one file and one line here. */
import type { ModdleElement } from 'bpmn-moddle';
import type { Importer } from '../importer.ts';
import { translateCallActivity } from './call-activity.ts';
import { translateConditionalEvent } from './conditional-event.ts';
import { translateDecision } from './decision.ts';
import { translateError } from './error.ts';
import { translateExpression } from './expression.ts';
import { translateFlow } from './flow.ts';
import { translateForm } from './form.ts';
import { translateInputOutput } from './input-output.ts';
import { translateJob } from './job.ts';
import { translateListeners } from './listener.ts';
import { translateMessage } from './message.ts';
import { translateMultiInstance } from './multi-instance.ts';
import { translateProperties } from './properties.ts';
import { translateRetries } from './retries.ts';
import { translateScriptTask } from './script.ts';
import { translateSignal } from './signal.ts';
import { translateUserTask } from './user-task.ts';

/** Takes what it knows away from the node, puts the native form there and says so in the report. */
export type Translator = (node: ModdleElement, c: Importer) => void;

export const translators: readonly Translator[] = [
  translateUserTask,
  translateForm,
  translateDecision,
  translateJob,
  translateRetries,
  translateScriptTask,
  translateCallActivity,
  translateInputOutput,
  translateExpression,
  translateFlow,
  translateMultiInstance,
  translateConditionalEvent,
  translateMessage,
  translateSignal,
  translateError,
  translateListeners,
  translateProperties,
];
