/** Small DMN files as text: what a decision test needs to say, and no more. */

/** Texts of one table. A rule is its input entries and, after them, its output entries; its id is `r1`, `r2` ... */
export interface TableText {
  hitPolicy?: string;
  aggregation?: string;
  /** Input expressions; with a label and a typeRef where the test is about them. */
  inputs: (string | { text: string; label?: string; typeRef?: string })[];
  outputs: (string | { name: string; values?: string; otherwise?: string })[];
  rules: string[][];
}

/** The id of the table of decision `id` is `ID.table`, of its n-th rule `rN`. */
export function tableXml(id: string, { hitPolicy, aggregation, inputs, outputs, rules }: TableText): string {
  const inputXml = inputs.map((input) => {
    const { text, label, typeRef } = typeof input === 'string' ? { text: input } : { typeRef: undefined, ...input };
    return `<input${attribute('label', label)}><inputExpression${attribute('typeRef', typeRef)}><text>${escape(text)}</text></inputExpression></input>`;
  });
  const outputXml = outputs.map((output) => {
    const { name, values, otherwise } =
      typeof output === 'string' ? { name: output } : { values: undefined, ...output };
    const listed = values ? `<outputValues><text>${escape(values)}</text></outputValues>` : '';
    const fallback = otherwise ? `<defaultOutputEntry><text>${escape(otherwise)}</text></defaultOutputEntry>` : '';
    return `<output name="${name}">${listed}${fallback}</output>`;
  });
  const ruleXml = rules.map((entries, index) => {
    const cells = entries.map((entry, column) => {
      const element = column < inputs.length ? 'inputEntry' : 'outputEntry';
      return `<${element}><text>${escape(entry)}</text></${element}>`;
    });
    return `<rule id="r${index + 1}">${cells.join('')}</rule>`;
  });
  const policy = attribute('hitPolicy', hitPolicy) + attribute('aggregation', aggregation);
  return `<decisionTable id="${id}.table"${policy}>${inputXml.join('')}${outputXml.join('')}${ruleXml.join('')}</decisionTable>`;
}

/** A literal expression. */
export function literalXml(text: string): string {
  return `<literalExpression><text>${escape(text)}</text></literalExpression>`;
}

/** A decision; its name is `NAME` or its id, `requires` names decisions and `reads` inputs by id (or `namespace#id`). */
export function decisionXml(
  id: string,
  logic: string,
  {
    name = id,
    requires = [],
    reads = [],
    typeRef,
  }: { name?: string; requires?: string[]; reads?: string[]; typeRef?: string } = {},
): string {
  const requirements = [
    ...requires.map(
      (other) => `<informationRequirement><requiredDecision href="${href(other)}"/></informationRequirement>`,
    ),
    ...reads.map((input) => `<informationRequirement><requiredInput href="${href(input)}"/></informationRequirement>`),
  ];
  const variable = typeRef ? `<variable name="${escape(name)}" typeRef="${escape(typeRef)}"/>` : '';
  return `<decision id="${id}" name="${escape(name)}">${variable}${requirements.join('')}${logic}</decision>`;
}

/** An input of the file. */
export function inputDataXml(id: string, name: string, typeRef: string): string {
  return `<inputData id="${id}" name="${escape(name)}"><variable name="${escape(name)}" typeRef="${typeRef}"/></inputData>`;
}

/** A decision service; all of its parts by id (or `namespace#id`). */
export function serviceXml(
  id: string,
  {
    outputs,
    inside = [],
    given = [],
    inputs = [],
  }: { outputs: string[]; inside?: string[]; given?: string[]; inputs?: string[] },
): string {
  const part = (tag: string, ids: string[]) => ids.map((it) => `<${tag} href="${href(it)}"/>`).join('');
  return `<decisionService id="${id}" name="${id}">${part('outputDecision', outputs)}${part('encapsulatedDecision', inside)}${part('inputDecision', given)}${part('inputData', inputs)}</decisionService>`;
}

/** A function of the file; `text` is its FEEL body, its parameters are `name` or `name: type`. */
export function knowledgeXml(id: string, parameters: string[], text: string, typeRef?: string): string {
  const formal = parameters.map((parameter) => {
    const [name = '', type] = parameter.split(': ');
    return `<formalParameter name="${escape(name)}"${attribute('typeRef', type)}/>`;
  });
  return `<businessKnowledgeModel id="${id}" name="${id}"><variable name="${id}"${attribute('typeRef', typeRef)}/><encapsulatedLogic>${formal.join('')}${literalXml(text)}</encapsulatedLogic></businessKnowledgeModel>`;
}

/** The requirement of a function by id (or `namespace#id`). */
export function knowsXml(id: string): string {
  return `<knowledgeRequirement><requiredKnowledge href="${href(id)}"/></knowledgeRequirement>`;
}

/** An import of another file under a name. */
export function importXml(
  name: string,
  namespace: string,
  type = 'https://www.omg.org/spec/DMN/20191111/MODEL/',
): string {
  return `<import name="${name}" namespace="${namespace}" importType="${type}"/>`;
}

/** A file around elements, DMN 1.3 unless another version's namespace is given. */
export function dmnXml(
  elements: string[],
  namespace = 'https://www.omg.org/spec/DMN/20191111/MODEL/',
  own = 'urn:test',
): string {
  return `<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="${namespace}" id="file" name="file" namespace="${own}">${elements.join('')}</definitions>`;
}

function href(id: string): string {
  return id.includes('#') ? id : `#${id}`;
}

function attribute(name: string, value: string | undefined): string {
  return value === undefined ? '' : ` ${name}="${escape(value)}"`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
