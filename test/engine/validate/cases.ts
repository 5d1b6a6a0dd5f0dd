/** One small model that breaks each rule, and its counterpart that does not. */

/** What a model consists of: the inside of an executable process, and elements beside it. The prefix is left out. */
export interface Model {
  readonly process: string;
  readonly beside: string;
}

/** A rule, a model that breaks it and one that does not. */
export type Case = readonly [rule: string, broken: Model, sound: Model];

const inside = (process: string, beside = ''): Model => ({ process, beside });
const beside = (roots: string): Model => inside('', roots);

const FORMAL = 'xsi:type="bpmn:tFormalExpression"';
const flow = (source: string, target: string, more = ''): string =>
  `<sequenceFlow id="${source}_${target}" sourceRef="${source}" targetRef="${target}"${more}`;
const go = (...ids: string[]): string =>
  ids
    .slice(1)
    .map((target, index) => `${flow(ids[index] ?? '', target)}/>`)
    .join('');
const when = (source: string, target: string, condition = '=x'): string =>
  `${flow(source, target, '>')}<conditionExpression ${FORMAL}>${condition}</conditionExpression></sequenceFlow>`;
const at = (tag: string, id: string, inner = '', attributes = ''): string =>
  `<${tag} id="${id}" ${attributes}>${inner}</${tag}>`;
const task = (id: string, inner = '', attributes = ''): string => at('task', id, inner, attributes);
const start = (id: string, inner = '', attributes = ''): string => at('startEvent', id, inner, attributes);
const end = (id: string, inner = ''): string => at('endEvent', id, inner);
const edge = (id: string, host: string, inner: string, attributes = ''): string =>
  at('boundaryEvent', id, inner, `attachedToRef="${host}" ${attributes}`);
const on = (kind: string, ref = ''): string => `<${kind}EventDefinition${ref === '' ? '' : ` ${kind}Ref="${ref}"`}/>`;
const timer = `<timerEventDefinition><timeDuration ${FORMAL}>PT1M</timeDuration></timerEventDefinition>`;
const catches = (id: string, inner: string): string => at('intermediateCatchEvent', id, inner);
const throws = (id: string, inner = ''): string => at('intermediateThrowEvent', id, inner);
const link = (name: string, id = name, inner = ''): string =>
  `<linkEventDefinition id="${id}" name="${name}">${inner}</linkEventDefinition>`;
const onEvent = (inner: string, id = 'group'): string => at('subProcess', id, inner, 'triggeredByEvent="true"');
const race = (attributes = ''): string => at('eventBasedGateway', 'race', '', attributes);
const gate = (attributes = '', id = 'gate'): string => at('exclusiveGateway', id, '', attributes);
const io = (inputs: string, outputs = '', sets = ''): string =>
  `<ioSpecification>${inputs}${outputs}${sets}</ioSpecification>`;
const sets = (input = '', output = ''): string => `<inputSet>${input}</inputSet><outputSet>${output}</outputSet>`;
const reads = (...ids: string[]): string => ids.map((id) => `<dataInputRefs>${id}</dataInputRefs>`).join('');
const writes = (...ids: string[]): string => ids.map((id) => `<dataOutputRefs>${id}</dataOutputRefs>`).join('');
const input = (id: string, item = ''): string =>
  `<dataInput id="${id}"${item === '' ? '' : ` itemSubjectRef="${item}"`}/>`;
const output = (id: string, item = ''): string =>
  `<dataOutput id="${id}"${item === '' ? '' : ` itemSubjectRef="${item}"`}/>`;
const items =
  '<itemDefinition id="text" structureRef="xsd:string"/><itemDefinition id="number" structureRef="xsd:int"/>' +
  '<itemDefinition id="texts" structureRef="xsd:string" isCollection="true"/>';
const messages = `${items}<message id="m" name="m" itemRef="text"/><message id="n" name="n" itemRef="number"/>`;
const operation =
  `${messages}<interface id="face" name="face"><operation id="op" name="op"><inMessageRef>m</inMessageRef>` +
  '<outMessageRef>n</outMessageRef></operation></interface>';
const loop = (inner = '', attributes = ''): string =>
  `<multiInstanceLoopCharacteristics ${attributes}>${inner}</multiInstanceLoopCharacteristics>`;
const count = `<loopCardinality ${FORMAL}>3</loopCardinality>`;
const undo = '<compensateEventDefinition/>';
const association = (source: string, target: string): string =>
  `<association id="${source}_to_${target}" sourceRef="${source}" targetRef="${target}"/>`;
const pools = (flows: string, more = ''): string =>
  `<collaboration id="co"><participant id="ours" processRef="p"/><participant id="theirs"/>${flows}${more}</collaboration>`;
const message = (source: string, target: string, id = 'mf'): string =>
  `<messageFlow id="${id}" sourceRef="${source}" targetRef="${target}"/>`;
const choreography = (inner: string): string =>
  `<choreography id="ch"><participant id="a"/><participant id="b"/><participant id="c"/>${message('a', 'b')}${inner}</choreography>`;
const choreographyTask = (first: string): string =>
  `<choreographyTask id="ct" initiatingParticipantRef="${first}"><participantRef>a</participantRef>` +
  '<participantRef>b</participantRef><messageFlowRef>mf</messageFlowRef></choreographyTask>';

const line = start('s') + task('t') + end('e');
const joined = line + go('s', 't', 'e');

const schema: Case[] = [
  ['required', inside('<sequenceFlow id="f" sourceRef="t"/>' + task('t')), inside(task('t') + go('t', 't'))],
  [
    'cardinality',
    beside(choreography(choreographyTask('a').replace('<participantRef>b</participantRef>', ''))),
    beside(choreography(choreographyTask('a'))),
  ],
  ['value', inside(gate('gatewayDirection="Sideways"')), inside(gate('gatewayDirection="Mixed"'))],
  [
    'address',
    inside(at('transaction', 'x', '', 'method="%x"')),
    inside(at('transaction', 'x', '', 'method="##Store"')),
  ],
  [
    'text-format',
    inside(task('t', '<documentation textFormat="prose">Ask first.</documentation>')),
    inside(task('t', '<documentation textFormat="text/html">Ask first.</documentation>')),
  ],
  ['quantity', inside(task('t', '', 'startQuantity="0"')), inside(task('t', '', 'startQuantity="2"'))],
  ['unresolved-reference', inside(task('t') + go('t', 'gone')), inside(task('t') + go('t', 't'))],
  [
    'unread-reference',
    beside('<message id="m" itemRef="gone"/>'),
    beside('<itemDefinition id="i"/><message id="m" itemRef="i"/>'),
  ],
  [
    'open-reference',
    inside(at('receiveTask', 'r', '', 'operationRef="gone"')),
    inside(at('receiveTask', 'r', '', 'operationRef="op"'), operation),
  ],
  ['reference-type', inside(edge('b', 'g', timer) + gate('', 'g')), inside(edge('b', 't', timer) + task('t'))],
  ['node-id', inside('<task/>'), inside(task('t'))],
  ['must-understand', beside('<extension mustUnderstand="true"/>'), beside('<extension mustUnderstand="false"/>')],
];

const sub = (inner: string): string => at('subProcess', 'sub', inner);

const flows: Case[] = [
  [
    'flow-level',
    inside(task('a') + sub(task('b')) + go('a', 'b')),
    inside(task('a') + sub(task('b')) + go('a', 'sub')),
  ],
  [
    'flow-event-sub-process',
    inside(task('a') + onEvent('') + go('a', 'group')),
    inside(task('a') + sub('') + go('a', 'sub')),
  ],
  [
    'flow-listed',
    inside(joined),
    inside(task('a', '<outgoing>a_b</outgoing>') + task('b', '<incoming>a_b</incoming>') + go('a', 'b')),
  ],
  [
    'flow-lists',
    inside(task('a', '<incoming>a_b</incoming>') + task('b') + go('a', 'b')),
    inside(task('a', '<outgoing>a_b</outgoing>') + task('b') + go('a', 'b')),
  ],
  [
    'single-conditional-flow',
    inside(task('a') + task('b') + when('a', 'b')),
    inside(task('a') + task('b') + task('c') + when('a', 'b') + go('a', 'c')),
  ],
  [
    'default-flow',
    inside(task('a', '', 'default="b_a"') + task('b') + go('b', 'a')),
    inside(task('a', '', 'default="a_b"') + task('b') + go('a', 'b')),
  ],
  [
    'default-flow-condition',
    inside(task('a', '', 'default="a_b"') + task('b') + when('a', 'b')),
    inside(task('a', '', 'default="a_b"') + task('b') + go('a', 'b')),
  ],
  [
    'condition-source',
    inside(start('s') + task('t') + when('s', 't')),
    inside(gate('', 's') + task('t') + when('s', 't')),
  ],
  [
    'flow-immediate',
    inside(task('a') + task('b') + flow('a', 'b', ' isImmediate="false"/>')),
    inside(task('a') + task('b') + flow('a', 'b', ' isImmediate="true"/>')),
  ],
  [
    'unconditional-flow',
    inside(gate() + task('a') + task('b') + when('gate', 'a') + go('gate', 'b')),
    inside(gate('default="gate_b"') + task('a') + task('b') + when('gate', 'a') + go('gate', 'b')),
  ],
  [
    'parallel-flows',
    inside(task('a') + task('b') + go('a', 'b') + go('a', 'b').replace('a_b', 'again')),
    inside(task('a') + task('b') + go('a', 'b')),
  ],
];

const nodes: Case[] = [
  ['start-incoming', inside(line + go('s', 't', 's')), inside(joined)],
  ['start-outgoing', inside(line), inside(joined)],
  ['end-outgoing', inside(line + go('s', 't', 'e', 't')), inside(joined)],
  ['end-incoming', inside(line + go('s', 't')), inside(joined)],
  ['start-missing', inside(task('t') + end('e') + go('t', 'e')), inside(joined)],
  ['end-missing', inside(start('s') + task('t') + go('s', 't')), inside(joined)],
  ['incoming', inside(joined + task('lost') + go('lost', 'e')), inside(joined)],
  ['outgoing', inside(joined + task('lost') + go('s', 'lost')), inside(joined)],
  [
    'intermediate-incoming',
    inside(throws('i') + task('t') + go('i', 't')),
    inside(throws('i') + task('t') + go('t', 'i')),
  ],
  [
    'intermediate-outgoing',
    inside(throws('i') + task('t') + go('t', 'i')),
    inside(throws('i') + task('t') + go('i', 't')),
  ],
  [
    'compensation-flows',
    inside(task('a') + task('b', '', 'isForCompensation="true"') + go('a', 'b')),
    inside(task('a') + task('b') + go('a', 'b')),
  ],
  ['unreachable', inside(joined + task('x') + task('y') + go('x', 'y', 'x')), inside(joined)],
];

const places: Case[] = [
  ['start-trigger', inside(start('s', on('error'))), inside(start('s', on('signal')))],
  ['sub-process-start', inside(sub(start('s', timer))), inside(onEvent(start('s', timer)))],
  ['event-sub-process-trigger', inside(onEvent(start('s'))), inside(onEvent(start('s', on('error'))))],
  ['event-sub-process-start', inside(onEvent(task('t'))), inside(onEvent(start('s', timer)))],
  [
    'interrupting',
    inside(task('t') + edge('b', 't', on('error'), 'cancelActivity="false"')),
    inside(task('t') + edge('b', 't', timer, 'cancelActivity="false"')),
  ],
  ['catch-trigger', inside(catches('i', on('error'))), inside(catches('i', on('signal')))],
  ['throw-result', inside(throws('i', timer)), inside(throws('i', on('signal')))],
  ['end-result', inside(end('e', timer)), inside(end('e', '<terminateEventDefinition/>'))],
  [
    'boundary-trigger',
    inside(task('t') + edge('b', 't', '<terminateEventDefinition/>')),
    inside(task('t') + edge('b', 't', timer)),
  ],
  [
    'cancel-end',
    inside(end('e', '<cancelEventDefinition/>')),
    inside(at('transaction', 'x', end('e', '<cancelEventDefinition/>'))),
  ],
  [
    'shared-definition',
    inside(catches('i', '<signalEventDefinition id="d"/>') + throws('o', '<eventDefinitionRef>d</eventDefinitionRef>')),
    inside(throws('o', '<eventDefinitionRef>d</eventDefinitionRef>'), '<signalEventDefinition id="d"/>'),
  ],
  [
    'parallel-multiple',
    inside(at('intermediateCatchEvent', 'i', timer, 'parallelMultiple="true"')),
    inside(at('intermediateCatchEvent', 'i', timer + on('signal'), 'parallelMultiple="true"')),
  ],
];

const cycle = (text: string): string =>
  catches('i', `<timerEventDefinition id="d"><timeCycle ${FORMAL}>${text}</timeCycle></timerEventDefinition>`);

const definitions: Case[] = [
  ['error-code', inside(end('e', on('error'))), inside(end('e', on('error', 'x')), '<error id="x" errorCode="X"/>')],
  [
    'escalation-code',
    inside(end('e', on('escalation', 'x')), '<escalation id="x"/>'),
    inside(end('e', on('escalation', 'x')), '<escalation id="x" escalationCode="X"/>'),
  ],
  ['message-reference', inside(catches('i', on('message'))), inside(catches('i', on('message', 'm')), messages)],
  [
    'operation-reference',
    inside(catches('i', on('message', 'm')), messages),
    inside(
      catches('i', '<messageEventDefinition messageRef="m"><operationRef>op</operationRef></messageEventDefinition>'),
      operation,
    ),
  ],
  [
    'signal-reference',
    inside(catches('i', on('signal'))),
    inside(catches('i', on('signal', 'g')), '<signal id="g" name="g"/>'),
  ],
  [
    'signal-identity',
    inside(catches('i', on('signal', 'g')), '<signal id="g" name="called"/><signal id="h" name="called"/>'),
    inside(catches('i', on('signal', 'g')), '<signal id="g" name="called"/><signal id="h" name="other"/>'),
  ],
  [
    'timer-kind',
    inside(
      catches(
        'i',
        `<timerEventDefinition><timeDuration>PT1M</timeDuration><timeCycle>R/PT1M</timeCycle></timerEventDefinition>`,
      ),
    ),
    inside(catches('i', timer)),
  ],
  ['timer-form', inside(cycle('EVERY DAY')), inside(cycle('R3/PT1H'))],
  ['timer-form', inside(cycle('1h')), inside(cycle('=every'))],
  ['timer-form', inside(cycle('R/1h')), inside(cycle('0 9 * * MON-FRI'))],
  [
    'compensated-activity',
    inside(sub(task('t')) + throws('i', '<compensateEventDefinition activityRef="t"/>')),
    inside(task('t') + throws('i', '<compensateEventDefinition activityRef="t"/>')),
  ],
];

const undone = task('t') + edge('b', 't', undo);
const handler = task('h', '', 'isForCompensation="true"');

const edges: Case[] = [
  [
    'boundary-incoming',
    inside(task('t') + edge('b', 't', timer) + go('t', 'b')),
    inside(task('t') + edge('b', 't', timer)),
  ],
  [
    'boundary-outgoing',
    inside(task('t') + edge('b', 't', timer)),
    inside(task('t') + edge('b', 't', timer) + end('e') + go('b', 'e')),
  ],
  ['compensation-outgoing', inside(undone + end('e') + go('b', 'e')), inside(undone + handler + association('b', 'h'))],
  ['boundary-host', inside(sub(task('t')) + edge('b', 't', timer)), inside(sub(task('t')) + edge('b', 'sub', timer))],
  [
    'cancel-host',
    inside(task('t') + edge('b', 't', '<cancelEventDefinition/>')),
    inside(at('transaction', 't') + edge('b', 't', '<cancelEventDefinition/>')),
  ],
  ['compensation-handler', inside(undone), inside(undone + handler + association('b', 'h'))],
  [
    'compensation-marker',
    inside(undone + task('h') + association('b', 'h')),
    inside(undone + handler + association('b', 'h')),
  ],
  ['compensation-unused', inside(handler), inside(undone + handler + association('b', 'h'))],
];

const links: Case[] = [
  [
    'link-flows',
    inside(catches('i', link('A')) + task('t') + go('t', 'i')),
    inside(catches('i', link('A')) + task('t') + go('i', 't')),
  ],
  ['link-target', inside(throws('o', link('A'))), inside(throws('o', link('A', 'x')) + catches('i', link('A', 'y')))],
  ['link-source', inside(catches('i', link('A'))), inside(throws('o', link('A', 'x')) + catches('i', link('A', 'y')))],
  [
    'link-references',
    inside(throws('o', link('A', 'x', '<target>y</target>')) + catches('i', link('A', 'y'))),
    inside(throws('o', link('A', 'x', '<target>y</target>')) + catches('i', link('A', 'y', '<source>x</source>'))),
  ],
  [
    'link-level',
    inside(sub(throws('o', link('A', 'x', '<target>y</target>'))) + catches('i', link('A', 'y', '<source>x</source>'))),
    inside(sub(throws('o', link('A', 'x')) + catches('i', link('A', 'y')))),
  ],
  [
    'link-name',
    inside(catches('i', link('A', 'x')) + catches('j', link('A', 'y'))),
    inside(catches('i', link('A', 'x')) + sub(catches('j', link('A', 'y')))),
  ],
];

const raced = (...inner: string[]): Model =>
  inside(race() + inner.join('') + go('race', 'a') + go('race', 'b'), messages);
const first = catches('a', on('message', 'm'));
const second = catches('b', timer);
const waits = (attributes: string, other: string): Model =>
  inside(race(attributes) + first + other + go('race', 'a') + go('race', 'b'), messages);

const gateways: Case[] = [
  ['gateway-flows', inside(gate()), inside(gate() + task('a') + task('b') + go('gate', 'a') + go('gate', 'b'))],
  [
    'gateway-direction',
    inside(gate('gatewayDirection="Converging"') + task('a') + task('b') + go('gate', 'a') + go('gate', 'b')),
    inside(gate('gatewayDirection="Diverging"') + task('a') + task('b') + go('gate', 'a') + go('gate', 'b')),
  ],
  ['event-gateway', inside(race()), raced(first, second)],
  ['event-gateway-single', inside(race() + first + go('race', 'a')), raced(first, second)],
  ['event-gateway-condition', inside(race() + second + when('race', 'b')), raced(first, second)],
  ['event-gateway-target', raced(first, task('b')), raced(first, second)],
  ['event-gateway-mixed', raced(first, at('receiveTask', 'b')), raced(at('receiveTask', 'a'), at('receiveTask', 'b'))],
  [
    'event-gateway-boundary',
    raced(at('receiveTask', 'a') + edge('x', 'a', timer), second),
    raced(at('receiveTask', 'a'), second),
  ],
  ['event-gateway-incoming', raced(first, second, task('t') + go('t', 'a')), raced(first, second)],
  [
    'event-gateway-start',
    inside(start('s') + race('instantiate="true"') + first + go('s', 'race', 'a')),
    waits('instantiate="true"', second),
  ],
  [
    'event-gateway-parallel',
    waits('eventGatewayType="Parallel"', second),
    waits('eventGatewayType="Parallel" instantiate="true"', second),
  ],
  [
    'event-gateway-start-messages',
    waits('eventGatewayType="Parallel" instantiate="true"', second),
    waits('eventGatewayType="Parallel" instantiate="true"', catches('b', on('message', 'n'))),
  ],
];

const inputs = io(input('in', 'texts'), output('out', 'texts'), sets(reads('in'), writes('out')));
const role = (inner: string): string => task('t', `<performer id="role">${inner}</performer>`);
const parameter = (id: string): string =>
  `<resourceRef>r1</resourceRef><resourceParameterBinding parameterRef="${id}"><formalExpression>1</formalExpression></resourceParameterBinding>`;
const resources =
  '<resource id="r1" name="r1"><resourceParameter id="p1"/></resource><resource id="r2" name="r2"><resourceParameter id="p2"/></resource>';
const complex = (condition: string, behaviour: string): Model =>
  inside(
    task(
      't',
      loop(
        `${count}<complexBehaviorDefinition><condition ${FORMAL}>${condition}</condition><event id="ev"><signalEventDefinition/></event></complexBehaviorDefinition>`,
        `behavior="${behaviour}"`,
      ),
    ),
  );
const job = '<extensionElements><zeebe:taskDefinition type="x"/></extensionElements>';
const script = (attributes: string): Model => inside(at('scriptTask', 't', '<script>1</script>', attributes));
const adHoc = (inner: string, attributes = ''): Model => inside(at('adHocSubProcess', 'free', inner, attributes));
const receive = inside(task('a') + at('receiveTask', 'r', '', 'instantiate="true"') + go('a', 'r'));

const activities: Case[] = [
  ['multi-instance-count', inside(task('t', loop())), inside(task('t', loop(count)))],
  [
    'multi-instance-data',
    inside(
      task('t', inputs + loop('<loopDataInputRef>other</loopDataInputRef>')) +
        task('u', io(input('other'), '', sets(reads('other')))),
      items,
    ),
    inside(task('t', inputs + loop('<loopDataInputRef>in</loopDataInputRef>')), items),
  ],
  [
    'multi-instance-item',
    inside(
      task(
        't',
        inputs + loop('<loopDataInputRef>in</loopDataInputRef><inputDataItem id="one" itemSubjectRef="number"/>'),
      ),
      items,
    ),
    inside(
      task(
        't',
        inputs + loop('<loopDataInputRef>in</loopDataInputRef><inputDataItem id="one" itemSubjectRef="text"/>'),
      ),
      items,
    ),
  ],
  [
    'multi-instance-events',
    inside(task('t', loop(count, 'behavior="One"'))),
    inside(task('t', loop(count, 'behavior="One" oneBehaviorEventRef="d"')), '<signalEventDefinition id="d"/>'),
  ],
  ['multi-instance-complex', complex('23', 'Complex'), complex('=done', 'Complex')],
  ['multi-instance-events', complex('=done', 'All'), complex('=done', 'Complex')],
  [
    'loop-condition',
    inside(task('t', '<standardLoopCharacteristics/>')),
    inside(task('t', '<standardLoopCharacteristics loopMaximum="3"/>')),
  ],
  ['script-format', script(''), script('scriptFormat="feel"')],
  ['script-language', script('scriptFormat="Klingon"'), script('scriptFormat="text/x-klingon"')],
  [
    'script-unused',
    inside(at('scriptTask', 't', `${job}<script>1</script>`, 'scriptFormat="feel"')),
    inside(at('scriptTask', 't', job)),
  ],
  ['receive-start', receive, inside(receive.process.replace('instantiate="true"', ''))],
  [
    'resource-choice',
    inside(
      role(
        '<resourceRef>r1</resourceRef><resourceAssignmentExpression><formalExpression>1</formalExpression></resourceAssignmentExpression>',
      ),
      resources,
    ),
    inside(role('<resourceRef>r1</resourceRef>'), resources),
  ],
  ['resource-parameter', inside(role(parameter('p2')), resources), inside(role(parameter('p1')), resources)],
  ['choreography-activity', inside(at('choreographyTask', 'ct')), beside(choreography(choreographyTask('a')))],
  ['ad-hoc-content', adHoc(''), adHoc(task('t'))],
  ['ad-hoc-events', adHoc(task('t') + end('e')), adHoc(task('t') + throws('i'))],
  ['ad-hoc-trigger', adHoc(task('t'), 'triggeredByEvent="true"'), adHoc(task('t'))],
  [
    'loop-and-event',
    inside(onEvent(`<standardLoopCharacteristics loopMaximum="3"/>${start('s', timer)}`)),
    inside(onEvent(start('s', timer))),
  ],
  [
    'public-process',
    beside('<process id="q" processType="Public" isExecutable="true"/>'),
    beside('<process id="q" processType="Public"/>'),
  ],
];

const expressions: Case[] = [
  [
    'formal-expression',
    inside(
      task(
        't',
        '<standardLoopCharacteristics><loopCondition>until it works</loopCondition></standardLoopCharacteristics>',
      ),
    ),
    inside(
      task(
        't',
        `<standardLoopCharacteristics><loopCondition ${FORMAL}>=again</loopCondition></standardLoopCharacteristics>`,
      ),
    ),
  ],
  [
    'empty-expression',
    inside(task('a') + task('b') + when('a', 'b', '')),
    inside(task('a') + task('b') + when('a', 'b')),
  ],
  [
    'condition-value',
    inside(task('a') + task('b') + when('a', 'b', '=23')),
    inside(task('a') + task('b') + when('a', 'b', '=count = 23')),
  ],
];

const association2 = (source: string, target: string, more = ''): string =>
  `<dataInputAssociation><sourceRef>${source}</sourceRef>${more}<targetRef>${target}</targetRef></dataInputAssociation>`;
const object = (item: string): string => `<dataObject id="o" itemSubjectRef="${item}"/>`;
const own = io(input('in', 'text'), '', sets(reads('in')));
const reference = (name: string): string =>
  `<dataObject id="o" name="Order"/><dataObjectReference id="d" dataObjectRef="o" name="${name}"><dataState name="paid"/></dataObjectReference>`;
const paired = (back: string): Model =>
  inside(
    task(
      't',
      `<ioSpecification><inputSet id="is"><outputSetRefs>os</outputSetRefs></inputSet><outputSet id="os">${back}</outputSet></ioSpecification>`,
    ),
  );
const writesTo = (target: string): Model =>
  inside(
    `${own}<property id="prop"/>` +
      task(
        't',
        `${io('', output('out', 'text'), sets('', writes('out')))}<dataOutputAssociation><sourceRef>out</sourceRef><targetRef>${target}</targetRef></dataOutputAssociation>`,
      ),
    items,
  );

const data: Case[] = [
  [
    'collection',
    inside('<dataObject id="o" itemSubjectRef="texts"/>', items),
    inside('<dataObject id="o" itemSubjectRef="texts" isCollection="true"/>', items),
  ],
  ['data-state-name', inside(reference('Order')), inside(reference('Order [paid]'))],
  ['data-state', inside('<dataObject id="o"><dataState name="paid"/></dataObject>'), inside(reference('Order [paid]'))],
  ['data-object-reference', inside('<dataObjectReference id="d"/>'), inside(reference('Order [paid]'))],
  [
    'data-set',
    inside(task('t', io(input('in'), '', sets()))),
    inside(task('t', io(input('in'), '', sets(reads('in'))))),
  ],
  [
    'data-set-optional',
    inside(task('t', io(input('in'), '', sets('<optionalInputRefs>in</optionalInputRefs>')))),
    inside(task('t', io(input('in'), '', sets(`${reads('in')}<optionalInputRefs>in</optionalInputRefs>`)))),
  ],
  ['data-set-pair', paired(''), paired('<inputSetRefs>is</inputSetRefs>')],
  [
    'data-set-own',
    inside(task('t', io(input('in'), '', sets(reads('in')))) + task('u', io('', '', sets(reads('in'))))),
    inside(task('t', io(input('in'), '', sets(reads('in'))))),
  ],
  [
    'data-association-type',
    inside(object('number') + task('t', own + association2('o', 'in')), items),
    inside(object('text') + task('t', own + association2('o', 'in')), items),
  ],
  [
    'data-association-source',
    inside(object('text') + task('t', own + association2('o', 'in', '<sourceRef>o</sourceRef>')), items),
    inside(object('text') + task('t', own + association2('o', 'in')), items),
  ],
  ['data-association-direction', writesTo('in'), writesTo('prop')],
  ['sub-process-data', inside(sub(own), items), inside(task('t', own), items)],
  [
    'data-association-target',
    inside(object('text') + task('t', own) + task('u', association2('o', 'in')), items),
    inside(object('text') + task('t', own + association2('o', 'in')), items),
  ],
];

const served = (item: string, more = ''): Model =>
  inside(
    at(
      'serviceTask',
      't',
      io(input('in', item), output('out', 'number'), sets(reads('in'), writes('out')) + more),
      'operationRef="op"',
    ),
    operation,
  );
const sends = (item: string): Model =>
  inside(at('sendTask', 't', io(input('in', item), '', sets(reads('in'))), 'messageRef="m"'), operation);
const receives = (more: string): Model =>
  inside(
    at('receiveTask', 't', io('', output('out', 'text') + more, sets('', writes('out'))), 'messageRef="m"'),
    operation,
  );
const event = (dataOutputs: string, kinds: string): Model =>
  inside(catches('i', `${dataOutputs}<outputSet>${writes('x')}</outputSet>${kinds}`), messages);
const calls = (id: string, roots: string): Model =>
  inside(at('callActivity', 'call', '', `calledElement="${id}"`) + task('t'), roots);
const callee = (inner: string): string => `<process id="q">${inner}</process>`;
const callsWith = (item: string): Model =>
  inside(
    at('callActivity', 'call', io(input('in', item), '', sets(reads('in'))), 'calledElement="g"'),
    `${items}<globalTask id="g">${io(input('gin', 'text'), '', sets(reads('gin')))}</globalTask>`,
  );
const offers = (binding: string, item = 'text'): Model =>
  beside(
    `${operation}<globalTask id="g"><supportedInterfaceRef>face</supportedInterfaceRef>${io(input('in', item), output('out', 'number'), sets(reads('in'), writes('out')))}${binding}</globalTask>`,
  );
const bound = '<ioBinding operationRef="op" inputDataRef="in" outputDataRef="out"/>';

const services: Case[] = [
  ['service-sets', inside(at('serviceTask', 't', '', 'operationRef="op"'), operation), served('text')],
  ['service-data', served('number'), served('text')],
  ['send-data', sends('number'), sends('text')],
  ['receive-data', receives(output('more', 'text')), receives('')],
  [
    'operation-message',
    inside(at('sendTask', 't', '', 'messageRef="k" operationRef="op"'), `${operation}<message id="k"/>`),
    inside(at('sendTask', 't', '', 'messageRef="m" operationRef="op"'), operation),
  ],
  [
    'event-data',
    event(output('x', 'text'), on('message', 'm') + on('signal')),
    event(output('x', 'text'), on('message', 'm')),
  ],
  ['event-data-type', event(output('x', 'text'), on('message', 'n')), event(output('x', 'text'), on('message', 'm'))],
  ['called-element', calls('t', ''), calls('q', callee(''))],
  ['called-start', calls('q', messages + callee(start('qs', on('message', 'm')))), calls('q', callee(start('qs')))],
  ['called-data', callsWith('number'), callsWith('text')],
  ['service-binding', offers(''), offers(bound)],
  ['service-binding-data', offers(bound, 'number'), offers(bound)],
];

const caller = start('s', on('message', 'm'));
const receiver = messages + pools(message('theirs', 's'));
const conversation = (source: string, target: string): Model =>
  beside(
    `<collaboration id="c"><participant id="a"/><participant id="b"/><conversation id="talk"/><conversationLink id="cl" sourceRef="${source}" targetRef="${target}"/></collaboration>`,
  );
const correlated = (bindings: string): Model =>
  inside(
    `<correlationSubscription correlationKeyRef="key">${bindings}</correlationSubscription>`,
    `${messages}<correlationProperty id="cp"><correlationPropertyRetrievalExpression messageRef="m"><messagePath ${FORMAL}>x</messagePath></correlationPropertyRetrievalExpression></correlationProperty>${pools('', '<correlationKey id="key"><correlationPropertyRef>cp</correlationPropertyRef></correlationKey>')}`,
  );

const collaborations: Case[] = [
  [
    'message-flow-pools',
    inside(task('a') + task('b'), pools(message('a', 'b'))),
    inside(task('a'), pools(message('a', 'theirs'))),
  ],
  [
    'closed-choreography',
    inside(
      task('t'),
      pools(message('t', 'ct', 'in')) + choreography(choreographyTask('a')).replace('id="ch"', '$& isClosed="true"'),
    ),
    inside(task('t'), pools(message('t', 'ct', 'in')) + choreography(choreographyTask('a'))),
  ],
  [
    'message-flow-target',
    inside(throws('o', on('message', 'm')), messages + pools(message('theirs', 'o'))),
    inside(caller, receiver),
  ],
  ['message-flow-source', inside(caller, messages + pools(message('s', 'theirs'))), inside(caller, receiver)],
  ['message-flow-event', inside(start('s'), pools(message('theirs', 's'))), inside(caller, receiver)],
  [
    'participant-multiplicity',
    beside(
      '<collaboration id="c"><participant id="a"><participantMultiplicity minimum="3" maximum="2"/></participant></collaboration>',
    ),
    beside(
      '<collaboration id="c"><participant id="a"><participantMultiplicity minimum="2" maximum="3"/></participant></collaboration>',
    ),
  ],
  [
    'lane-content',
    inside('<laneSet id="ls"><lane id="l"><flowNodeRef>x</flowNodeRef></lane></laneSet>', callee(task('x'))),
    inside('<laneSet id="ls"><lane id="l"><flowNodeRef>t</flowNodeRef></lane></laneSet>' + task('t')),
  ],
  [
    'choreography-reference',
    beside(`<globalConversation id="g"><choreographyRef>ch</choreographyRef></globalConversation>${choreography('')}`),
    beside(`<globalConversation id="g"/>${choreography('')}`),
  ],
  [
    'global-conversation',
    beside('<globalConversation id="g"><conversation id="talk"/></globalConversation>'),
    beside('<collaboration id="g"><conversation id="talk"/></collaboration>'),
  ],
  ['conversation-link', conversation('a', 'b'), conversation('a', 'talk')],
  ['choreography-initiator', beside(choreography(choreographyTask('c'))), beside(choreography(choreographyTask('a')))],
  ['choreography-content', beside(choreography(task('t'))), beside(choreography(choreographyTask('a')))],
  ['choreography-events', beside(choreography(start('s', on('message')))), beside(choreography(start('s', timer)))],
  [
    'correlation-binding',
    correlated(''),
    correlated(
      `<correlationPropertyBinding correlationPropertyRef="cp"><dataPath ${FORMAL}>x</dataPath></correlationPropertyBinding>`,
    ),
  ],
];

const twice = (one: string, other: string): Model =>
  inside(task('t') + edge('b1', 't', on('message', one)) + edge('b2', 't', on('message', other)), messages);
const groups = (one: string, other: string): Model =>
  inside(onEvent(start('s1', on('message', one)), 'g1') + onEvent(start('s2', on('message', other)), 'g2'), messages);

const cancelled = (times: number): Model =>
  inside(
    `<transaction id="t">${start('in')}</transaction>` +
      Array.from({ length: times }, (_, at) => edge(`b${at}`, 't', on('cancel'))).join(''),
  );
const undoing = (event: string): string => edge(event, 'sub', undo) + association(event, 'h');
const undoable = (edges: string, within = ''): Model =>
  inside(`<subProcess id="sub">${start('in')}${within}</subProcess>${handler}${edges}`);
const undoneInside = onEvent(start('s1', undo), 'g1');

const lanework: Case[] = [
  ['boundary-twice', twice('m', 'm'), twice('m', 'n')],
  ['boundary-twice', cancelled(2), cancelled(1)],
  ['boundary-twice', undoable(undoing('b1') + undoing('b2')), undoable(undoing('b1'))],
  ['event-sub-process-twice', groups('m', 'm'), groups('m', 'n')],
  ['event-sub-process-twice', undoable(undoing('b1'), undoneInside), undoable('', undoneInside)],
  [
    'message-start-twice',
    inside(start('a', on('message', 'm')) + start('b', on('message', 'm')), messages),
    inside(start('a', on('message', 'm')) + start('b', on('message', 'n')), messages),
  ],
  ['start', inside(start('a') + start('b')), inside(start('a') + start('b', timer))],
  ['unnamed', inside('<userTask id="u"/>'), inside('<userTask id="u" name="Look at it"/>')],
];

/** All cases. */
export const cases: readonly Case[] = [
  ...schema,
  ...flows,
  ...nodes,
  ...places,
  ...definitions,
  ...edges,
  ...links,
  ...gateways,
  ...activities,
  ...expressions,
  ...data,
  ...services,
  ...collaborations,
  ...lanework,
];
