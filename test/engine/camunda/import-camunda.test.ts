import { describe, expect, it } from '@jest/globals';
import {
  compileBpmn,
  importCamunda,
  isCamunda7,
  readBpmn,
  type Imported,
  type Problem,
} from '../../../engine/index.ts';
import {
  definitions,
  end,
  error,
  extensions,
  flows,
  node,
  process,
  service,
  signal,
  start,
  user,
} from '../../support/bpmn.ts';
import { play } from '../../support/play.ts';

const CAMUNDA = 'http://camunda.org/schema/1.0/bpmn';

/** A file of the old engine: as the test's own, with its namespace. */
function legacy(...roots: string[]): string {
  return definitions(...roots).replace(' targetNamespace', ` xmlns:camunda="${CAMUNDA}" targetNamespace`);
}

/** A process whose one step is this. */
const step = (inner: string, ...roots: string[]): string =>
  legacy(...roots, process('p', start(), inner, end(), flows('start -> it -> end')));

/** What is said about each thing. */
const said = ({ report }: Imported): string[] => report.map(({ what, action }) => `${what} ${action}`);

/** The text between two marks, without blanks between the tags. */
function inside(xml: string, from: string, to: string): string {
  const tight = xml.replaceAll(/>\s+</g, '><');
  const at = tight.indexOf(from);
  return tight.slice(at, tight.indexOf(to, at) + to.length);
}

async function compiled(imported: Imported): Promise<void> {
  expect(imported.problems.filter(isError)).toEqual([]);
  expect(await refusals(imported)).toEqual([]);
  expect(imported.xml).not.toMatch(/camunda:|schema\/1\.0\/bpmn/);
}

/** What a deployment would refuse. */
async function refusals({ xml }: Imported): Promise<Problem[]> {
  return compileBpmn(await readBpmn(xml)).problems.filter(isError);
}

const isError = ({ severity }: Problem): boolean => severity === 'error';

const task = (type: string, attributes: string, ...inner: string[]): string => node(type, 'it', attributes, ...inner);
const inputOutput = (...inner: string[]): string =>
  extensions(`<camunda:inputOutput>${inner.join('')}</camunda:inputOutput>`);

describe('import of Camunda 7', () => {
  it('takes over who does a task, until when and how urgent it is', async () => {
    const imported = await importCamunda(
      step(
        task(
          'userTask',
          'camunda:assignee="${owner}" camunda:candidateUsers="ada, bo" camunda:candidateGroups="ops,${groups}" ' +
            'camunda:dueDate="PT4H" camunda:followUpDate="${later}" camunda:priority="${p}" camunda:formRef="triage"',
        ),
      ),
    );
    expect(inside(imported.xml, '<bpmn:userTask', '</bpmn:userTask>')).toBe(
      '<bpmn:userTask id="it"><bpmn:extensionElements>' +
        '<zeebe:assignmentDefinition assignee="=owner" candidateGroups="=flatten([&#34;ops&#34;, groups])" candidateUsers="ada,bo" />' +
        '<zeebe:taskSchedule dueDate="=now() + duration(&#34;PT4H&#34;)" followUpDate="=later" />' +
        '<zeebe:priorityDefinition priority="=p" /><zeebe:userTask /><zeebe:formDefinition formId="triage" />' +
        '</bpmn:extensionElements></bpmn:userTask>',
    );
    expect(said(imported)).toEqual([
      'camunda:assignee translated',
      'camunda:candidateGroups translated',
      'camunda:candidateUsers translated',
      'camunda:dueDate translated',
      'camunda:followUpDate translated',
      'camunda:priority translated',
      'camunda:formRef translated',
    ]);
    await compiled(imported);
  });

  it('takes over potential owners and human performers of the standard', async () => {
    const role = (type: string, text: string): string =>
      `<bpmn:${type}><bpmn:resourceAssignmentExpression><bpmn:formalExpression>${text}</bpmn:formalExpression></bpmn:resourceAssignmentExpression></bpmn:${type}>`;
    const { xml } = await importCamunda(
      step(task('userTask', '', role('humanPerformer', 'ada'), role('potentialOwner', 'user(bo), group(ops), sales'))),
    );
    expect(xml).toContain(
      '<zeebe:assignmentDefinition assignee="ada" candidateGroups="ops,sales" candidateUsers="bo" />',
    );
    expect(xml).not.toContain('potentialOwner');
  });

  it('makes external topics jobs, and Java a job of the same name with a line in the report', async () => {
    const topic = await importCamunda(
      step(task('serviceTask', 'camunda:type="external" camunda:topic="mail-${kind}"')),
    );
    expect(topic.xml).toContain('type="=string join([&#34;mail-&#34;, string(kind)])"');
    await compiled(topic);
    const field = extensions(
      '<camunda:field name="to" stringValue="ada" />',
      '<camunda:failedJobRetryTimeCycle>R5/PT1M</camunda:failedJobRetryTimeCycle>',
    );
    const java = await importCamunda(step(task('sendTask', 'camunda:class="org.acme.Mail"', field)));
    expect(inside(java.xml, '<zeebe:taskDefinition', '</bpmn:extensionElements>')).toBe(
      '<zeebe:taskDefinition type="org.acme.Mail" retries="5" /><zeebe:taskHeaders><zeebe:header key="to" value="ada" /></zeebe:taskHeaders></bpmn:extensionElements>',
    );
    expect(said(java)).toEqual([
      'camunda:class replaced',
      'camunda:field to replaced',
      'camunda:failedJobRetryTimeCycle replaced',
    ]);
    await compiled(java);
    const bean = await importCamunda(step(task('serviceTask', 'camunda:expression="${mail.send(execution)}"')));
    expect(bean.xml).toContain('<zeebe:taskDefinition type="mail.send" />');
    const delegate = await importCamunda(step(task('serviceTask', 'camunda:delegateExpression="#{mailDelegate}"')));
    expect(delegate.xml).toContain('<zeebe:taskDefinition type="mailDelegate" />');
    const event = await importCamunda(
      legacy(
        process(
          'p',
          start(),
          node('endEvent', 'e', '', '<bpmn:messageEventDefinition camunda:type="external" camunda:topic="send" />'),
          flows('start -> e'),
        ),
      ),
    );
    expect(event.xml).toContain('<zeebe:taskDefinition type="send" />');
    await compiled(event);
  });

  it('makes a connector a job with its inputs', async () => {
    const imported = await importCamunda(
      step(
        task(
          'serviceTask',
          '',
          extensions(
            '<camunda:connector><camunda:inputOutput><camunda:inputParameter name="url">http://${host}/</camunda:inputParameter></camunda:inputOutput><camunda:connectorId>http-connector</camunda:connectorId></camunda:connector>',
          ),
        ),
      ),
    );
    expect(imported.xml).toContain('type="http-connector"');
    expect(imported.xml).toContain(
      'source="=string join([&#34;http://&#34;, string(host), &#34;/&#34;])" target="url"',
    );
    await compiled(imported);
  });

  it('makes a service task that only calculates a script task, which runs', async () => {
    const imported = await importCamunda(
      step(task('serviceTask', 'camunda:expression="${a + 1}" camunda:resultVariable="b"')),
    );
    await compiled(imported);
    expect((await play(imported.xml, { a: 1 })).variables()).toEqual({ a: 1, b: 2 });
    const idle = await importCamunda(step(task('serviceTask', 'camunda:expression="${true}"')));
    await compiled(idle);
    expect((await play(idle.xml)).instance.status).toBe('completed');
  });

  it('turns what refers to such a task with it', async () => {
    const boundary = node('boundaryEvent', 'b', 'attachedToRef="it"', '<bpmn:errorEventDefinition />');
    const imported = await importCamunda(
      legacy(
        process(
          'p',
          start(),
          task('serviceTask', 'camunda:expression="${1}"'),
          end(),
          boundary,
          flows('start -> it -> end', 'b -> end'),
        ),
      ),
    );
    await compiled(imported);
    expect(imported.xml).toContain('<bpmn:task id="it"');
    expect(imported.xml).toContain('attachedToRef="it"');
  });

  it('calls decisions', async () => {
    const imported = await importCamunda(
      step(
        task(
          'businessRuleTask',
          'camunda:decisionRef="priority" camunda:resultVariable="p" camunda:mapDecisionResult="singleEntry" camunda:decisionRefBinding="deployment"',
        ),
      ),
    );
    expect(imported.xml).toContain('<zeebe:calledDecision decisionId="priority" resultVariable="p" />');
    expect(said(imported)).toEqual([
      'camunda:decisionRef translated',
      'camunda:mapDecisionResult translated',
      'camunda:decisionRefBinding left-out',
    ]);
    await compiled(imported);
    const list = await importCamunda(step(task('businessRuleTask', 'camunda:decisionRef="${which}"')));
    expect(list.xml).toContain('decisionId="=which" resultVariable="decisionResult"');
    expect(said(list)).toContain('camunda:mapDecisionResult replaced');
  });

  it('runs scripts that only calculate, and leaves others to a worker', async () => {
    const easy = await importCamunda(
      step(task('scriptTask', 'scriptFormat="groovy" camunda:resultVariable="b"', '<bpmn:script>a * 2</bpmn:script>')),
    );
    await compiled(easy);
    expect((await play(easy.xml, { a: 4 })).variables()).toEqual({ a: 4, b: 8 });
    const hard = await importCamunda(
      step(task('scriptTask', 'scriptFormat="groovy"', '<bpmn:script>println "x"</bpmn:script>')),
    );
    await compiled(hard);
    expect(hard.xml).toContain('<zeebe:taskDefinition type="groovy" />');
    expect(hard.xml).toContain('<zeebe:header key="script" value="println &#34;x&#34;" />');
    expect(said(hard)).toEqual(['bpmn:script replaced']);
  });

  it('maps inputs and outputs: text, expressions, lists, maps', async () => {
    const imported = await importCamunda(
      step(
        task(
          'userTask',
          '',
          inputOutput(
            '<camunda:inputParameter name="a">=5 ${x}</camunda:inputParameter>',
            '<camunda:inputParameter name="b"><camunda:list><camunda:value>one</camunda:value><camunda:value>${x}</camunda:value></camunda:list></camunda:inputParameter>',
            '<camunda:inputParameter name="c"><camunda:map><camunda:entry key="k">${x + 1}</camunda:entry></camunda:map></camunda:inputParameter>',
            '<camunda:inputParameter name="d" />',
            '<camunda:inputParameter name="e"><camunda:script scriptFormat="javascript">x * 2</camunda:script></camunda:inputParameter>',
            '<camunda:outputParameter name="f">${b}</camunda:outputParameter>',
          ),
        ),
      ),
    );
    await compiled(imported);
    const game = await play(imported.xml, { x: 1 });
    expect(game.instance.scopes.at(-1)?.variables).toEqual({ a: '=5 1', b: ['one', 1], c: { k: 2 }, d: null, e: 2 });
    game.complete('it', { b: [7] });
    expect(game.variables()).toEqual({ x: 1, f: [7] });
  });

  it('refuses scripts in mappings and mappings that read each other', async () => {
    const script = await importCamunda(
      step(
        task(
          'userTask',
          '',
          inputOutput(
            '<camunda:inputParameter name="a"><camunda:script scriptFormat="groovy">new Date()</camunda:script></camunda:inputParameter>',
          ),
        ),
      ),
    );
    expect(script.problems).toMatchObject([{ severity: 'error', element: 'it' }]);
    expect(await refusals(script)).toMatchObject([{ element: 'it' }]);
    const chain = await importCamunda(
      step(
        task(
          'userTask',
          '',
          inputOutput(
            '<camunda:inputParameter name="a">${x}</camunda:inputParameter>',
            '<camunda:inputParameter name="b">${a}</camunda:inputParameter>',
          ),
        ),
      ),
    );
    expect(chain.problems).toMatchObject([
      { severity: 'error', element: 'it', message: expect.stringContaining('"a"') },
    ]);
  });

  it('calls processes with what goes in and out', async () => {
    const mapped = extensions(
      '<camunda:in source="a" target="b" />',
      '<camunda:in sourceExpression="${a + 1}" target="c" />',
      '<camunda:in businessKey="#{execution.processBusinessKey}" />',
      '<camunda:out source="d" target="e" />',
    );
    const called = process('inner', start('s2'), user('seen'), end('e2'), flows('s2 -> seen -> e2'));
    const imported = await importCamunda(
      step(task('callActivity', 'calledElement="inner" camunda:calledElementBinding="latest"', mapped)).replace(
        '</bpmn:definitions>',
        `${called}</bpmn:definitions>`,
      ),
    );
    await compiled(imported);
    const game = await play(imported.xml, { a: 1, hidden: true });
    expect(game.instance.scopes.at(-1)?.variables).toEqual({ b: 1, c: 2 });
    game.complete('seen', { d: 9 });
    expect(game.variables()).toEqual({ a: 1, hidden: true, e: 9 });
    expect(said(imported)).toContain('camunda:in left-out');
    const all = await importCamunda(
      step(
        task(
          'callActivity',
          'calledElement="${which}"',
          extensions('<camunda:in variables="all" />', '<camunda:out variables="all" />'),
        ),
      ),
    );
    expect(all.xml).toContain('<zeebe:calledElement processId="=which" propagateAllChildVariables="true" />');
    expect(imported.xml).toContain(
      '<zeebe:calledElement processId="inner" propagateAllChildVariables="false" propagateAllParentVariables="false" />',
    );
    const java = await importCamunda(
      step(task('callActivity', 'calledElement="x" camunda:variableMappingClass="org.acme.Map"')),
    );
    expect(java.problems).toMatchObject([{ severity: 'error', element: 'it' }]);
  });
});

describe('expressions of an imported diagram', () => {
  const gate = (first: string, more = ''): string =>
    legacy(
      process(
        'p',
        start(),
        node('exclusiveGateway', 'gate', ''),
        user('a'),
        user('b'),
        flows('start -> gate'),
        `<bpmn:sequenceFlow id="fa" sourceRef="gate" targetRef="a">${first}</bpmn:sequenceFlow>`,
        `<bpmn:sequenceFlow sourceRef="gate" targetRef="b">${more}</bpmn:sequenceFlow>`,
      ),
    );
  const condition = (text: string, attributes = ''): string =>
    `<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression" ${attributes}>${text}</bpmn:conditionExpression>`;

  it('decide at gateways; a flow without condition always holds, a flow without id gets one', async () => {
    const imported = await importCamunda(gate(condition("${kind == 'x' &amp;&amp; n &lt; 3}")));
    await compiled(imported);
    expect(imported.xml).toContain('id="gate_to_b"');
    expect((await play(imported.xml, { kind: 'x', n: 2 })).at()).toEqual(['a']);
    expect((await play(imported.xml, { kind: 'x', n: 3 })).at()).toEqual(['b']);
    expect(said(imported)).toEqual(['id replaced', 'conditionExpression replaced', 'conditionExpression translated']);
  });

  it('are read as scripts when they name a language', async () => {
    const imported = await importCamunda(gate(condition(' n == 1 ', 'language="groovy"')));
    await compiled(imported);
    expect((await play(imported.xml, { n: 1 })).at()).toEqual(['a']);
  });

  it.each([
    ['${check.passed()}', ''],
    ['def x = 1; x', 'language="groovy"'],
    ['', 'language="groovy" camunda:resource="org/acme/check.groovy"'],
  ])('are problems of the element when FEEL cannot say them: %s', async (text, attributes) => {
    const imported = await importCamunda(gate(condition(text, attributes)));
    expect(imported.problems).toMatchObject([{ severity: 'error', element: 'fa' }]);
    expect(await refusals(imported)).toMatchObject([{ element: 'fa', rule: 'expression-syntax' }]);
  });

  it('set timers', async () => {
    const timer = (text: string): string =>
      step(
        node(
          'intermediateCatchEvent',
          'it',
          '',
          `<bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">${text}</bpmn:timeDuration></bpmn:timerEventDefinition>`,
        ),
      );
    const imported = await importCamunda(timer('PT${hours}H'));
    await compiled(imported);
    const game = await play(imported.xml, { hours: 2 });
    game.advance('PT2H');
    expect(game.instance.status).toBe('completed');
    expect((await importCamunda(timer(' PT1H '))).xml).toContain('>PT1H<');
  });

  it.each([
    ['0 0/5 * * * ?', '0 */5 * * * *'],
    ['0 5/20 8-18 ? * 2-6', '0 5-59/20 8-18 * * 1-5'],
    ['0 0 9 ? JAN,MAR 1,SAT', '0 0 9 * JAN,MAR 0,SAT'],
    ['0 0 9 1 * ? 2027', '0 0 9 1 * * 2027'],
  ])('count cron days from Sunday: %s', async (text, cron) => {
    const cycle = `<bpmn:timerEventDefinition><bpmn:timeCycle xsi:type="bpmn:tFormalExpression">${text}</bpmn:timeCycle></bpmn:timerEventDefinition>`;
    const imported = await importCamunda(
      legacy(process('p', node('startEvent', 's', '', cycle), user('a'), end(), flows('s -> a -> end'))),
    );
    expect(imported.xml).toContain(`>${cron}<`);
    expect(said(imported)).toEqual(['timeCycle translated']);
    await compiled(imported);
  });

  it('go over collections and count as the old engine did', async () => {
    const loop = (attributes: string, inner: string): string =>
      `<bpmn:multiInstanceLoopCharacteristics ${attributes}>${inner}</bpmn:multiInstanceLoopCharacteristics>`;
    const over = await importCamunda(
      step(
        task(
          'userTask',
          'camunda:assignee="${person}_${loopCounter}"',
          loop(
            'camunda:collection="${people}" camunda:elementVariable="person" camunda:asyncBefore="true"',
            '<bpmn:completionCondition xsi:type="bpmn:tFormalExpression">${nrOfCompletedInstances/nrOfInstances &gt;= 0.6 }</bpmn:completionCondition>',
          ),
        ),
      ),
    );
    expect(over.problems).toEqual([]);
    expect(over.xml).toContain('<zeebe:loopCharacteristics inputCollection="=people" inputElement="person" />');
    expect(over.xml).toContain('=numberOfCompletedInstances / numberOfInstances &gt;= 0.6<');
    expect(over.xml).toContain('assignee="=string join([string(person), &#34;_&#34;, string(loopCounter - 1)])"');
    const times = await importCamunda(
      step(
        task(
          'userTask',
          '',
          loop(
            'isSequential="true" camunda:elementVariable="x"',
            '<bpmn:loopCardinality xsi:type="bpmn:tFormalExpression">${loopCounter}</bpmn:loopCardinality>',
          ),
        ),
      ),
    );
    expect(times.xml).toContain('>=loopCounter</bpmn:loopCardinality>');
    expect(said(times)).toEqual(['camunda:elementVariable left-out', 'loopCardinality translated']);
    const plain = await importCamunda(step(task('userTask', '', loop('camunda:collection="people"', ''))));
    expect(plain.xml).toContain('inputCollection="=people"');
    const standard = await importCamunda(
      step(
        task(
          'userTask',
          '',
          loop('', '<bpmn:loopDataInputRef>people</bpmn:loopDataInputRef><bpmn:inputDataItem name="person" />'),
        ),
      ),
    );
    expect(standard.xml).toContain('<zeebe:loopCharacteristics inputCollection="=people" inputElement="person" />');
    expect(standard.xml).not.toContain('loopDataInputRef');
    expect(standard.problems).toEqual([]);
  });

  it('watch variables', async () => {
    const watched =
      '<bpmn:conditionalEventDefinition camunda:variableName="n" camunda:variableEvents="create, delete"><bpmn:condition xsi:type="bpmn:tFormalExpression">${n == 1}</bpmn:condition></bpmn:conditionalEventDefinition>';
    const imported = await importCamunda(step(node('intermediateCatchEvent', 'it', '', watched)));
    expect(inside(imported.xml, '<bpmn:conditionalEventDefinition', '</bpmn:conditionalEventDefinition>')).toMatch(
      /<zeebe:conditionalFilter variableNames="n" variableEvents="create" \/>.*>=n = 1</,
    );
    expect(said(imported)).toContain('camunda:variableEvents left-out');
  });
});

describe('events of an imported diagram', () => {
  it('lets a receive task without message wait for one with its id', async () => {
    const imported = await importCamunda(step(task('receiveTask', '')));
    await compiled(imported);
    const game = await play(imported.xml);
    game.message('it');
    expect(game.instance.status).toBe('completed');
    expect(said(imported)).toEqual(['messageRef replaced']);
  });

  it('computes names of messages and signals', async () => {
    const message = '<bpmn:message id="m" name="paid-${order}" />';
    const imported = await importCamunda(step(task('receiveTask', 'messageRef="m"'), message));
    await compiled(imported);
    expect((await play(imported.xml, { order: 7 })).instance.messages).toMatchObject([{ name: 'paid-7' }]);
  });

  it('finds a message behind a prefixed reference', async () => {
    const imported = await importCamunda(
      step(task('receiveTask', 'messageRef="tns:m"'), '<bpmn:message id="m" name="paid" />'),
    );
    await compiled(imported);
    expect(imported.xml).toContain('messageRef="m"');
  });

  it('makes a message throw event that does nothing a none event', async () => {
    const imported = await importCamunda(
      step(node('intermediateThrowEvent', 'it', '', '<bpmn:messageEventDefinition />')),
    );
    await compiled(imported);
    expect(imported.xml).not.toContain('messageEventDefinition');
  });

  it('sends with a signal what it names', async () => {
    const thrown = `<bpmn:signalEventDefinition signalRef="s">${extensions('<camunda:in source="a" target="b" />')}</bpmn:signalEventDefinition>`;
    const imported = await importCamunda(step(node('intermediateThrowEvent', 'it', '', thrown), signal('s', 'done')));
    await compiled(imported);
    expect((await play(imported.xml, { a: 1 })).events('SignalSent')).toMatchObject([
      { name: 'done', variables: { b: 1 } },
    ]);
  });

  it('declares errors that are only referred to, with the reference as code', async () => {
    const inner = node(
      'subProcess',
      'it',
      '',
      start('s2'),
      node('endEvent', 'e2', '', '<bpmn:errorEventDefinition errorRef="lost" />'),
      flows('s2 -> e2'),
    );
    const caught = node('boundaryEvent', 'b', 'attachedToRef="it"', '<bpmn:errorEventDefinition errorRef="lost" />');
    const imported = await importCamunda(
      legacy(process('p', start(), inner, caught, user('after'), end(), flows('start -> it -> end', 'b -> after'))),
    );
    await compiled(imported);
    expect(imported.xml.match(/<bpmn:error /g)).toHaveLength(1);
    expect((await play(imported.xml)).at()).toEqual(['after']);
  });

  it('refuses an escalation that is only referred to', async () => {
    const thrown = node('endEvent', 'told', '', '<bpmn:escalationEventDefinition escalationRef="lost" />');
    const imported = await importCamunda(legacy(process('p', start(), thrown, flows('start -> told'))));
    expect(imported.problems).toMatchObject([{ severity: 'error', element: 'told' }]);
  });

  it('says when a variable that nothing sets is read', async () => {
    const caught = (reader: string): string =>
      legacy(
        error('e', 'E1'),
        process(
          'p',
          start(),
          service('it'),
          user('after', reader),
          end(),
          flows('start -> it -> end', 'b -> after'),
          node(
            'boundaryEvent',
            'b',
            'attachedToRef="it"',
            '<bpmn:errorEventDefinition errorRef="e" camunda:errorCodeVariable="code" />',
          ),
        ),
      );
    expect((await importCamunda(caught(''))).problems).toMatchObject([{ severity: 'warning', element: 'b' }]);
    const reader = inputOutput('<camunda:inputParameter name="x">${code}</camunda:inputParameter>');
    expect((await importCamunda(caught(reader))).problems).toMatchObject([{ severity: 'error', element: 'b' }]);
  });
});

describe('the report of an import', () => {
  it('names what has no meaning here, and leaves none of it in the file', async () => {
    const imported = await importCamunda(
      step(
        task(
          'userTask',
          'camunda:asyncBefore="true" camunda:jobPriority="3" camunda:formKey="embedded:x" camunda:assigne="typo"',
          extensions(
            '<camunda:formData><camunda:formField id="f" label="F" type="string" /></camunda:formData>',
            '<camunda:taskListener event="create" class="org.acme.L" />',
            '<camunda:strange><camunda:deep /></camunda:strange>',
            '<camunda:properties><camunda:property name="k" value="v" /></camunda:properties>',
          ),
        ),
      ).replace('<bpmn:process ', '<bpmn:process camunda:historyTimeToLive="P1D" camunda:versionTag="1.2" '),
    );
    expect(said(imported).sort()).toEqual([
      'camunda:assigne left-out',
      'camunda:asyncBefore left-out',
      'camunda:formField left-out',
      'camunda:formKey left-out',
      'camunda:historyTimeToLive left-out',
      'camunda:jobPriority left-out',
      'camunda:property k translated',
      'camunda:strange left-out',
      'camunda:taskListener create left-out',
      'camunda:versionTag translated',
    ]);
    expect(imported.problems.map(({ severity, element }) => `${severity} ${element}`)).toEqual(
      Array(4).fill('warning it'),
    );
    await compiled(imported);
    expect(imported.xml).toContain('<zeebe:versionTag value="1.2" />');
  });

  it('keeps listeners that a worker can stand in for', async () => {
    const { xml } = await importCamunda(
      step(
        task(
          'userTask',
          '',
          extensions(
            '<camunda:executionListener event="start" delegateExpression="${audit}" />',
            '<camunda:taskListener event="complete" delegateExpression="${check}" />',
          ),
        ),
      ),
    );
    expect(xml).toContain('<zeebe:executionListener eventType="start" type="audit" />');
    expect(xml).toContain('<zeebe:taskListener eventType="completing" type="check" />');
  });

  it('leaves listeners of processes and flows out, and says so', async () => {
    const listener = extensions('<camunda:executionListener event="start" delegateExpression="${audit}" />');
    const imported = await importCamunda(legacy(process('p', listener, start(), end(), flows('start -> end'))));
    expect(imported.problems).toMatchObject([{ severity: 'warning', element: 'p' }]);
    await compiled(imported);
  });

  it('says which references lead nowhere', async () => {
    const { problems } = await importCamunda(step(task('receiveTask', 'messageRef="gone"')));
    expect(problems).toMatchObject([{ rule: 'reference', severity: 'error', element: 'it' }]);
  });

  it('says so when the text is no BPMN', async () => {
    for (const text of ['', 'hello', '<a/>', '<bpmn:definitions']) {
      expect(await importCamunda(text)).toMatchObject({ xml: '', problems: [{ rule: 'readable' }] });
    }
  });
});

describe('namespaces', () => {
  it.each([
    ['http://operaton.org/schema/1.0/bpmn', 'operaton'],
    ['http://activiti.org/bpmn', 'activiti'],
    ['http://flowable.org/bpmn', 'flowable'],
    [CAMUNDA, 'c7'],
  ])("reads %s as Camunda's", async (uri, prefix) => {
    const xml = step(task('userTask', 'camunda:assignee="ada"'))
      .replaceAll('camunda:', `${prefix}:`)
      .replace('xmlns:camunda=', `xmlns:${prefix}=`)
      .replace(CAMUNDA, uri);
    expect(isCamunda7(xml)).toBe(true);
    const imported = await importCamunda(xml);
    expect(imported.xml).toContain('<zeebe:assignmentDefinition assignee="ada" />');
    expect(imported.xml).not.toContain(uri);
    await compiled(imported);
  });

  it('finds extensions whose namespace is declared on the spot', async () => {
    const inner = `<properties xmlns="${CAMUNDA}"><property name="k" value="v" /></properties>`;
    const { xml } = await importCamunda(definitions(process('p', start('start', extensions(inner)))));
    expect(xml).toContain('<zeebe:property name="k" value="v" />');
  });

  it('knows native diagrams and other texts from those of Camunda 7', () => {
    for (const text of [definitions(process('p')), '', `<x xmlns:c="${CAMUNDA}"/>`])
      expect(isCamunda7(text)).toBe(false);
  });

  it('leaves a native diagram as it is: an import of an import changes nothing', async () => {
    const once = await importCamunda(
      step(
        task(
          'userTask',
          'camunda:assignee="${a}"',
          inputOutput('<camunda:inputParameter name="x">y</camunda:inputParameter>'),
        ),
      ),
    );
    expect(await importCamunda(once.xml)).toEqual({ xml: once.xml, report: [], problems: [] });
  });

  it('accepts blanks around ids', async () => {
    const xml = step(user('it')).replaceAll('"it"', '" it "');
    const imported = await importCamunda(xml);
    expect(imported.problems).toEqual([]);
    await compiled(imported);
  });
});
