/** Rules about activities, loops and sub-processes (BPMN 2.0.2, 10.3). */
import type { ModdleElement } from 'bpmn-moddle';
import { child, children, extension, text } from '../bpmn/read.ts';
import { eventDefinitions, isEventSubProcess, leadsNowhere } from './diagram.ts';
import { ids, nameOf, type Rule } from './rule.ts';

const MULTI = 'bpmn:MultiInstanceLoopCharacteristics';

const cardinality: Rule = {
  id: 'multi-instance-count',
  standard: '10.3.8',
  on: [MULTI],
  executable: true,
  expects: 'a cardinality or an input collection at a multi-instance activity of an executable process',
  remedy: 'Fill one in.',
  // What an engine's own extension says counts too, and is known where the loop is compiled.
  deployment: 'silent',
  check(loop, diagram, found) {
    const open = leadsNowhere(diagram, loop, 'loopDataInputRef');
    const own = extension(loop, 'zeebe:LoopCharacteristics') !== undefined;
    if (child(loop, 'loopCardinality') || child(loop, 'loopDataInputRef') || own || open) return;
    found(`${nameOf(loop.$parent)} has neither`, loop.$parent);
  },
};

/** The data of the activity's own input or output. */
function ownData(activity: ModdleElement | undefined, list: 'dataInputs' | 'dataOutputs'): ModdleElement[] {
  const specification = activity && child(activity, 'ioSpecification');
  return specification ? children(specification, list) : [];
}

const loopData: Rule = {
  id: 'multi-instance-data',
  standard: '10.3.8',
  on: [MULTI],
  expects: 'the collections of a multi-instance activity among its own data inputs and outputs',
  remedy: 'Choose one of its own; for a sub-process, a data object.',
  deployment: 'warning',
  check(loop, _diagram, found) {
    const activity = loop.$parent;
    for (const [reference, list] of [
      ['loopDataInputRef', 'dataInputs'],
      ['loopDataOutputRef', 'dataOutputs'],
    ] as const) {
      const data = child(loop, reference);
      const shared =
        activity?.$instanceOf('bpmn:SubProcess') === true && data?.$instanceOf('bpmn:FlowElement') === true;
      if (data && !shared && !ownData(activity, list).includes(data)) {
        found(`${reference} of ${nameOf(activity)} is ${nameOf(data)}`, activity);
      }
    }
  },
};

const loopScalar: Rule = {
  id: 'multi-instance-item',
  standard: '10.3.8',
  on: [MULTI],
  executable: true,
  expects: 'a collection for a multi-instance activity, and single items of its type for the instances',
  remedy: 'Correct the item definitions.',
  deployment: 'silent',
  check(loop, _diagram, found) {
    for (const [reference, inner] of [
      ['loopDataInputRef', 'inputDataItem'],
      ['loopDataOutputRef', 'outputDataItem'],
    ] as const) {
      const [all, one] = [itemOf(child(loop, reference)), itemOf(child(loop, inner))];
      const activity = loop.$parent;
      if (all && all.get('isCollection') !== true)
        found(`${reference} of ${nameOf(activity)} is a single item`, activity);
      if (one && all && one.get('isCollection') === true)
        found(`${inner} of ${nameOf(activity)} is a collection`, activity);
      if (one && all && text(one, 'structureRef') !== text(all, 'structureRef')) {
        found(`${inner} of ${nameOf(activity)} has another type than ${reference}`, activity);
      }
    }
  },
};

function itemOf(data: ModdleElement | undefined): ModdleElement | undefined {
  return data && child(data, 'itemSubjectRef');
}

const loopEvents: Rule = {
  id: 'multi-instance-events',
  standard: '10.3.8',
  on: [MULTI],
  expects: 'the event or the definitions that the behaviour of a multi-instance activity throws',
  remedy: 'Choose them, or another behaviour.',
  deployment: 'warning',
  check(loop, diagram, found) {
    const behaviour = String(loop.get('behavior'));
    const needed = { None: 'noneBehaviorEventRef', One: 'oneBehaviorEventRef' }[behaviour];
    if (needed !== undefined && !child(loop, needed) && !leadsNowhere(diagram, loop, needed))
      found(`${nameOf(loop.$parent)} has no ${needed}`, loop.$parent);
    const complex = children(loop, 'complexBehaviorDefinition');
    if (behaviour === 'Complex' && complex.length === 0) found(`${nameOf(loop.$parent)} has none`, loop.$parent);
    if (behaviour !== 'Complex' && complex.length > 0) {
      found(`${nameOf(loop.$parent)} has definitions for Complex, but is ${behaviour}`, loop.$parent);
    }
  },
};

const complexBehaviour: Rule = {
  id: 'multi-instance-complex',
  standard: '10.3.8',
  on: ['bpmn:ComplexBehaviorDefinition'],
  expects: 'a complex behaviour with a condition that is true or false, and an event that can be thrown',
  remedy: 'Correct the condition or the event.',
  deployment: 'warning',
  check(definition, _diagram, found) {
    const condition = child(definition, 'condition');
    const body = condition && text(condition, 'body')?.trim();
    if (body !== undefined && /^(-?[\d.]+|".*"|'.*')$/s.test(body)) found(`the condition is ${body}`);
    const event = child(definition, 'event');
    if (event && eventDefinitions(event).length === 0) found('the event throws nothing');
  },
};

const standardLoop: Rule = {
  id: 'loop-condition',
  standard: '10.3.8',
  on: ['bpmn:StandardLoopCharacteristics'],
  executable: true,
  expects: 'a condition or a maximum at a loop of an executable process',
  remedy: 'Fill one in: the loop has no end.',
  severity: 'warning',
  deployment: 'silent',
  check(loop, _diagram, found) {
    if (child(loop, 'loopCondition') || loop.get('loopMaximum') !== undefined) return;
    found(`${nameOf(loop.$parent)} has neither`, loop.$parent);
  },
};

const script: Rule = {
  id: 'script-format',
  standard: '10.3.3',
  on: ['bpmn:ScriptTask', 'bpmn:GlobalScriptTask'],
  executable: true,
  expects: 'the language of a script',
  remedy: 'Fill it in.',
  deployment: 'silent',
  check(task, _diagram, found) {
    const attribute = task.$type === 'bpmn:ScriptTask' ? 'scriptFormat' : 'scriptLanguage';
    if (text(task, 'script') !== undefined && text(task, attribute) === undefined)
      found(`${nameOf(task)} has no ${attribute}`);
  },
};

/** Short names of languages that engines go by. */
const LANGUAGES =
  /^(feel|juel|x-?path|x-?query|javascript|ecmascript|typescript|js|groovy|python\d?|jython|j?ruby|java|kotlin|scala|clojure|bash|sh|shell|powershell|perl|php|lua|r|go|sql|mvel|drools|beanshell|xslt|velocity|freemarker|c#|graal\.js|jsr223)$/i;

const language: Rule = {
  id: 'script-language',
  standard: '10.3.3',
  on: ['bpmn:ScriptTask'],
  executable: true,
  expects: 'a MIME type, or the name of a known language, as format of a script',
  remedy: 'Correct it, such as text/javascript.',
  severity: 'warning',
  deployment: 'silent',
  check(task, _diagram, found) {
    const format = text(task, 'scriptFormat')?.trim();
    if (format === undefined || /^[\w.+-]+\/[\w.+-]+(\s*;.*)?$/.test(format) || LANGUAGES.test(format)) return;
    found(`that of ${nameOf(task)} is "${format}"`);
  },
};

const unused: Rule = {
  id: 'script-unused',
  standard: '10.3.3',
  on: ['bpmn:ScriptTask'],
  executable: true,
  expects: 'a script task to hold a script or to be done by a job, not both',
  remedy: 'Take out the one that is not meant: the job is what runs.',
  severity: 'warning',
  check(task, _diagram, found) {
    const held = text(task, 'script') !== undefined || extension(task, 'zeebe:Script') !== undefined;
    if (held && extension(task, 'zeebe:TaskDefinition')) found(`${nameOf(task)} has both`);
  },
};

const receiving: Rule = {
  id: 'receive-start',
  standard: '10.3.3',
  on: ['bpmn:ReceiveTask'],
  expects: 'no sequence flow into a receive task that starts the process',
  remedy: 'Take the flow out, or take instantiate off.',
  check(task, diagram, found) {
    const flows = diagram.incoming(task);
    if (task.get('instantiate') === true && flows.length > 0) found(`${nameOf(task)} has ${ids(flows)}`);
  },
};

const resource: Rule = {
  id: 'resource-choice',
  standard: '10.3.1',
  on: ['bpmn:ResourceRole'],
  expects: 'a resource with its parameters, or an expression that assigns one, and not both',
  remedy: 'Keep one of them.',
  deployment: 'warning',
  check(role, _diagram, found) {
    const named = child(role, 'resourceRef') ?? children(role, 'resourceParameterBindings')[0];
    if (named && child(role, 'resourceAssignmentExpression'))
      found(`${nameOf(role)} of ${nameOf(role.$parent)} has both`, role.$parent);
  },
};

const parameters: Rule = {
  id: 'resource-parameter',
  standard: '10.3.1',
  on: ['bpmn:ResourceRole'],
  expects: 'parameters of the resource that is named',
  remedy: 'Choose one of them.',
  deployment: 'warning',
  check(role, _diagram, found) {
    const named = child(role, 'resourceRef');
    for (const binding of children(role, 'resourceParameterBindings')) {
      const parameter = child(binding, 'parameterRef');
      if (named && parameter && parameter.$parent !== named) found(`${nameOf(role)} binds ${nameOf(parameter)}`);
    }
  },
};

const choreography: Rule = {
  id: 'choreography-activity',
  standard: '10.2, 10.3.5',
  on: ['bpmn:ChoreographyActivity'],
  expects: 'choreography activities only in choreographies',
  remedy: 'Use an activity.',
  check(node, _diagram, found) {
    const level = node.$parent;
    const inProcess = level?.$instanceOf('bpmn:Process') === true || level?.$instanceOf('bpmn:SubProcess') === true;
    if (inProcess) found(`${nameOf(node)} is in ${nameOf(level)}`);
  },
};

const adHocContent: Rule = {
  id: 'ad-hoc-content',
  standard: '10.3.5',
  on: ['bpmn:AdHocSubProcess'],
  expects: 'activities in an ad-hoc sub-process',
  remedy: 'Draw what may be done there.',
  check(level, _diagram, found) {
    if (!children(level, 'flowElements').some((node) => node.$instanceOf('bpmn:Activity')))
      found(`${nameOf(level)} has none`);
  },
};

const adHocEvents: Rule = {
  id: 'ad-hoc-events',
  standard: '10.3.5',
  on: ['bpmn:AdHocSubProcess'],
  expects: 'no start or end event in an ad-hoc sub-process',
  remedy: 'Take it out: people choose where to begin, and the completion condition ends it.',
  deployment: 'warning',
  check(level, _diagram, found) {
    for (const node of children(level, 'flowElements')) {
      if (node.$instanceOf('bpmn:StartEvent') || node.$instanceOf('bpmn:EndEvent'))
        found(`${nameOf(level)} has ${nameOf(node)}`, node);
    }
  },
};

const adHocTrigger: Rule = {
  id: 'ad-hoc-trigger',
  standard: '10.3.5',
  on: ['bpmn:AdHocSubProcess', 'bpmn:Transaction'],
  expects: 'only a plain sub-process to be an event sub-process',
  remedy: 'Take triggeredByEvent off.',
  severity: 'warning',
  check(level, _diagram, found) {
    if (isEventSubProcess(level)) found(`${nameOf(level)} is one`);
  },
};

const eventBoundary: Rule = {
  id: 'loop-and-event',
  standard: '10.3.5',
  on: ['bpmn:SubProcess'],
  expects: 'no loop and no compensation marker on an event sub-process',
  remedy: 'Take it off.',
  severity: 'warning',
  check(level, _diagram, found) {
    if (!isEventSubProcess(level)) return;
    if (child(level, 'loopCharacteristics') || level.get('isForCompensation') === true)
      found(`${nameOf(level)} has one`);
  },
};

const publicProcess: Rule = {
  id: 'public-process',
  standard: '10.2',
  on: ['bpmn:Process'],
  expects: 'a public process not to be executable',
  remedy: 'Make it private, or take isExecutable off.',
  deployment: 'warning',
  check(process, _diagram, found) {
    if (process.get('processType') === 'Public' && process.get('isExecutable') === true)
      found(`${nameOf(process)} is both`);
  },
};

export const activityRules: readonly Rule[] = [
  cardinality,
  loopData,
  loopScalar,
  loopEvents,
  complexBehaviour,
  standardLoop,
  script,
  language,
  unused,
  receiving,
  resource,
  parameters,
  choreography,
  adHocContent,
  adHocEvents,
  adHocTrigger,
  eventBoundary,
  publicProcess,
];
