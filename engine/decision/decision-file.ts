/** DMN 1.1 to 1.5 files as dmn-moddle reads them: the elements that the compiler looks at. */
import { DmnModdle } from 'dmn-moddle';
import { withDmn14 } from './dmn-14.ts';
import type { Problem } from '../problem.ts';

/** What all elements have. `$type` is the moddle name: `dmn:DecisionTable`. */
export interface DmnElement {
  readonly $type: string;
  readonly id?: string;
  readonly name?: string;
  readonly label?: string;
}
/** A variable: of an input, of a decision's result. */
export interface InformationItem extends DmnElement {
  readonly typeRef?: string;
}
/** Boxed expressions of all kinds. */
export interface DmnExpression extends DmnElement {
  readonly typeRef?: string;
}
/** A FEEL text: a literal expression or unary tests. */
export interface DmnText extends DmnExpression {
  readonly text?: string;
  readonly expressionLanguage?: string;
  /** A table of another file; not supported. */
  readonly importedValues?: object;
}
/** A reference inside the file (`#id`) or to another file (`namespace#id`). */
export interface DmnReference {
  readonly href?: string;
}
export interface DmnRequirement extends DmnElement {
  readonly requiredDecision?: DmnReference;
  readonly requiredInput?: DmnReference;
}
/** Inputs, decisions and functions are read under the name of their variable. */
export interface DmnVariable {
  readonly variable?: InformationItem;
}
/** Decisions and functions may call functions. */
export interface DmnKnowledgeUser {
  readonly knowledgeRequirement?: readonly { readonly requiredKnowledge?: DmnReference }[];
}
export interface DmnKnowledge extends DmnVariable, DmnKnowledgeUser {
  readonly encapsulatedLogic?: DmnExpression;
}
export interface DmnDecision extends DmnElement, DmnVariable, DmnKnowledgeUser {
  readonly informationRequirement?: readonly DmnRequirement[];
  readonly decisionLogic?: DmnExpression;
}
/** A function over the output decisions of the file (DMN 1.3, 6.3.10). */
export interface DmnDecisionService extends DmnElement, DmnVariable {
  readonly outputDecision?: readonly DmnReference[];
  readonly encapsulatedDecision?: readonly DmnReference[];
  readonly inputDecision?: readonly DmnReference[];
  readonly inputData?: readonly DmnReference[];
}
export interface DmnItemDefinition extends DmnElement {
  readonly typeRef?: string;
  readonly isCollection?: boolean;
  /** What a value, or each item of a collection, may be. */
  readonly allowedValues?: DmnText;
  /** What the whole value may be, also of a collection (DMN 1.4). */
  readonly typeConstraint?: DmnText;
  readonly itemComponent?: readonly DmnItemDefinition[];
  /** The type is a function. */
  readonly functionItem?: { readonly outputTypeRef?: string; readonly parameters?: readonly InformationItem[] };
}
/** Another file that this one refers to; its `name` stands before the names of what comes from there. */
export interface DmnImport extends DmnElement {
  readonly namespace?: string;
  readonly importType?: string;
}
export interface DmnDefinitions extends DmnElement {
  readonly namespace?: string;
  readonly drgElement?: readonly DmnElement[];
  readonly itemDefinition?: readonly DmnItemDefinition[];
  readonly import?: readonly DmnImport[];
  readonly expressionLanguage?: string;
}

/** A DMN file that was read; nothing in it is checked yet. */
export interface DecisionFile {
  /** null when the file is not XML or not DMN. */
  readonly definitions: DmnDefinitions | null;
  /** What the reader did not understand. */
  readonly problems: readonly Problem[];
}

/** The namespaces of DMN 1.1, 1.2, 1.4 and 1.5 are read as 1.3; what 1.4 has in addition is in dmn-14.ts. */
const OTHER_VERSIONS =
  /(xmlns(?::[\w.-]+)?\s*=\s*)(["'])https?:\/\/www\.omg\.org\/spec\/DMN\/(?:20151101\/dmn\.xsd|(?:20180521|20211108|20230324)\/(MODEL|DMNDI)\/?)\2/gu;

/** Reads a DMN file. Trouble is found in `problems`; the promise is moddle's only and is never rejected for a bad file. */
export async function readDecisions(xml: string): Promise<DecisionFile> {
  const dmn13 = xml.replaceAll(
    OTHER_VERSIONS,
    (_all, attribute: string, quote: string, part: string | undefined) =>
      `${attribute}${quote}https://www.omg.org/spec/DMN/20191111/${part ?? 'MODEL'}/${quote}`,
  );
  try {
    const { rootElement, warnings } = await moddle().fromXML(dmn13);
    return {
      definitions: rootElement as DmnDefinitions,
      problems: warnings.map(({ message }) => readerProblem(message)),
    };
  } catch (error) {
    const found = error instanceof Error ? firstLine(error.message) : String(error);
    return { definitions: null, problems: [problem('error', `Expected a DMN file, but found: ${found}.`)] };
  }
}

let reader: DmnModdle | undefined;

/** One reader for all files: it keeps nothing of them. */
function moddle(): DmnModdle {
  reader ??= new DmnModdle({ dmn: withDmn14(new DmnModdle().getPackage('dmn')) });
  return reader;
}

/** moddle tells line and column on lines of their own. */
function firstLine(message: string): string {
  return message
    .split('\n', 4)
    .map((line) => line.trim())
    .join(', ');
}

/** What the reader leaves out could be a rule: a file with such a place is refused. */
function readerProblem(message: string): Problem {
  if (!message.startsWith('unparsable content')) return problem('warning', firstLine(message));
  return problem(
    'error',
    `Expected DMN with an id of its own for each element, but found ${firstLine(message)}. Correct or remove it.`,
  );
}

function problem(severity: Problem['severity'], message: string): Problem {
  return { rule: 'unreadable-dmn', severity, element: '', message };
}
