import { expect, test } from '@jest/globals';
import { compileBpmn, decodeXml, readBpmn, writeBpmn } from '../../../engine/index.ts';
import { definitions, end, flows, node, process, start } from '../../support/bpmn.ts';

const NAMED = (encoding: string): string => `<?xml version="1.0" encoding="${encoding}"?><a name="Prüfung"/>`;
const READ = '<?xml version="1.0" encoding="UTF-8"?><a name="Prüfung"/>';

test('decodes Latin-1 as the declaration says', () => {
  expect(decodeXml(Buffer.from(NAMED('ISO-8859-1'), 'latin1'))).toBe(READ);
});

test('decodes UTF-16 with and without a byte order mark', () => {
  const text = Buffer.from(NAMED('UTF-16'), 'utf16le');
  expect(decodeXml(text)).toBe(READ);
  expect(decodeXml(Buffer.concat([Buffer.from([0xff, 0xfe]), text]))).toBe(READ);
  expect(decodeXml(Buffer.concat([Buffer.from([0xff, 0xfe]), text]).swap16())).toBe(READ);
});

test('decodes UTF-8 where the declaration is missing, impossible or unknown', () => {
  expect(decodeXml(Buffer.from('\ufeff<a name="Prüfung"/>'))).toBe('<a name="Prüfung"/>');
  expect(decodeXml(Buffer.from(NAMED('UTF-16')))).toBe(READ);
  expect(decodeXml(Buffer.from(NAMED('no-such-thing')))).toBe(READ);
});

async function roundTrip(xml: string): Promise<string> {
  return writeBpmn(await readBpmn(xml));
}

test('writes references that lead nowhere as they were', async () => {
  const operation = '<bpmn:operation id="o" name="o"><bpmn:inMessageRef>x:gone</bpmn:inMessageRef></bpmn:operation>';
  const xml = definitions(`<bpmn:interface id="i" name="i">${operation}</bpmn:interface>`);
  const written = await roundTrip(xml);
  expect(written).toContain('<bpmn:inMessageRef>x:gone</bpmn:inMessageRef>');
  expect(await roundTrip(written)).toBe(written);
});

test('keeps an attribute apart from the one with a prefix', async () => {
  const extension = '<x:y xmlns:x="urn:x" z="1" x:z="2"/>';
  const xml = definitions(process('p', `<bpmn:extensionElements>${extension}</bpmn:extensionElements>`));
  const written = await roundTrip(xml);
  expect(written).toMatch(/<x:y (xmlns:x="urn:x" )?z="1" x:z="2"/);
  expect(written).not.toContain('twin');
  expect(await roundTrip(written)).toBe(written);
});

test('reads the script of a global script task and a formal expression of an assignment', async () => {
  const expression = '<bpmn:resourceAssignmentExpression><bpmn:formalExpression>boss</bpmn:formalExpression>';
  const owner = `<bpmn:potentialOwner>${expression}</bpmn:resourceAssignmentExpression></bpmn:potentialOwner>`;
  const xml = definitions(
    '<bpmn:globalScriptTask id="g"><bpmn:script>1 + 1</bpmn:script></bpmn:globalScriptTask>',
    process('p', node('userTask', 'u', '', owner)),
  );
  expect((await readBpmn(xml)).problems).toEqual([]);
  const written = await roundTrip(xml);
  expect(written).toContain('<bpmn:script>1 + 1</bpmn:script>');
  expect(written).toContain('<bpmn:formalExpression>boss</bpmn:formalExpression>');
});

test('keeps elements that are named by what they are for, and expressions that are formal', async () => {
  const kept = [
    '<bpmn:messagePath>order.id</bpmn:messagePath>',
    '<bpmn:dataPath>id</bpmn:dataPath>',
    '<bpmn:condition>done</bpmn:condition>',
    '<bpmn:formalExpression>boss</bpmn:formalExpression>',
  ];
  const [messagePath = '', dataPath = '', condition = '', formal = ''] = kept;
  const retrieval = `<bpmn:correlationPropertyRetrievalExpression messageRef="m">${messagePath}</bpmn:correlationPropertyRetrievalExpression>`;
  const binding = `<bpmn:correlationPropertyBinding correlationPropertyRef="c">${dataPath}</bpmn:correlationPropertyBinding>`;
  const complex = `<bpmn:complexBehaviorDefinition>${condition}<bpmn:event id="v"/></bpmn:complexBehaviorDefinition>`;
  const parameter = `<bpmn:resourceParameterBinding parameterRef="n">${formal}</bpmn:resourceParameterBinding>`;
  const written = await roundTrip(
    definitions(
      '<bpmn:message id="m" name="m"/><bpmn:resource id="r" name="r"><bpmn:resourceParameter id="n"/></bpmn:resource>',
      `<bpmn:correlationProperty id="c">${retrieval}</bpmn:correlationProperty>`,
      process(
        'p',
        node(
          'task',
          't',
          '',
          `<bpmn:multiInstanceLoopCharacteristics>${complex}</bpmn:multiInstanceLoopCharacteristics>`,
        ),
        node(
          'userTask',
          'u',
          '',
          `<bpmn:performer><bpmn:resourceRef>r</bpmn:resourceRef>${parameter}</bpmn:performer>`,
        ),
        `<bpmn:correlationSubscription correlationKeyRef="k">${binding}</bpmn:correlationSubscription>`,
      ),
    ),
  );
  for (const element of [...kept, '<bpmn:event id="v" />']) expect(written).toContain(element);
  expect(await roundTrip(written)).toBe(written);
});

test('warns of a reference that nothing follows and refuses one that the execution needs', async () => {
  const xml = definitions(
    '<bpmn:message id="m" name="m" itemRef="nowhere"/>',
    process('p', start(), node('receiveTask', 'r', 'messageRef="gone"'), end(), flows('start -> r -> end')),
  );
  const { problems } = compileBpmn(await readBpmn(xml));
  expect(problems).toMatchObject([
    { rule: 'unresolved-reference', element: 'r', severity: 'error' },
    { rule: 'unread-reference', element: 'm', severity: 'warning' },
  ]);
});

test('reads attributes with blanks around the equals sign, and leaves texts alone', async () => {
  const said = '<bpmn:documentation><![CDATA[<a href = "x">]]></bpmn:documentation>';
  const flow = `<bpmn:sequenceFlow id ="f" name= "if a = 'b'" sourceRef = "start"\n targetRef ='end'>${said}</bpmn:sequenceFlow>`;
  const { definitions: read, problems } = await readBpmn(definitions(process('p', start(), end(), flow)));
  expect(problems).toEqual([]);
  const text = JSON.stringify(read);
  expect(text).toContain(`"name":"if a = 'b'"`);
  expect(text).toContain('<a href = \\"x\\">');
});

test('takes blanks around ids for nothing', async () => {
  const flow = '<bpmn:sequenceFlow id="f " sourceRef=" start" targetRef="end "/>';
  const { definitions: read, problems } = await readBpmn(definitions(process('p', start(), end(), flow)));
  expect(problems).toEqual([]);
  expect(JSON.stringify(read)).toContain('"id":"f"');
});
