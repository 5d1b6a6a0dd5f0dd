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

/** A decision; its name is `NAME` or its id, `requires` names decisions and `reads` inputs by id. */
export function decisionXml(
  id: string,
  logic: string,
  { name = id, requires = [], reads = [] }: { name?: string; requires?: string[]; reads?: string[] } = {},
): string {
  const requirements = [
    ...requires.map((other) => `<informationRequirement><requiredDecision href="#${other}"/></informationRequirement>`),
    ...reads.map((input) => `<informationRequirement><requiredInput href="#${input}"/></informationRequirement>`),
  ];
  return `<decision id="${id}" name="${escape(name)}">${requirements.join('')}${logic}</decision>`;
}

/** An input of the file. */
export function inputDataXml(id: string, name: string, typeRef: string): string {
  return `<inputData id="${id}" name="${escape(name)}"><variable name="${escape(name)}" typeRef="${typeRef}"/></inputData>`;
}

/** A file around elements, DMN 1.3 unless another version's namespace is given. */
export function dmnXml(elements: string[], namespace = 'https://www.omg.org/spec/DMN/20191111/MODEL/'): string {
  return `<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="${namespace}" id="file" name="file" namespace="urn:test">${elements.join('')}</definitions>`;
}

function attribute(name: string, value: string | undefined): string {
  return value === undefined ? '' : ` ${name}="${escape(value)}"`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
