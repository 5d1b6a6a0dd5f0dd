/** Every SQL text in server/db, read from the sources: what is put together from constants of a file is put together. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const FOLDER = join(import.meta.dirname, '..', '..', 'server', 'db');
const BEGINS =
  /^\s*\(?\s*(select|insert|update|delete|with|create|alter|drop|truncate|lock|set|vacuum|comment|merge|listen|notify|do)\b/i;

/** A statement and where it stands. */
export interface Statement {
  /** `timers.ts readDueTimers` */
  place: string;
  /** With a blank where something is put in that only runs know; in one line. */
  text: string;
}

/** All of them, in the order of files and lines. */
export function readStatements(): Statement[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ts'));
  return files.sort().flatMap((name) => statementsIn(name, readFileSync(join(FOLDER, name), 'utf8')));
}

/** What the searches that callers compose read from (`from` of a SearchTable), each as a statement. */
export function readSearches(): Statement[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('-search.ts'))
    .flatMap((name) => {
      const file = ts.createSourceFile(name, readFileSync(join(FOLDER, name), 'utf8'), ts.ScriptTarget.ES2023, true);
      const found: Statement[] = [];
      const visit = (node: ts.Node): void => {
        if (ts.isPropertyAssignment(node) && node.name.getText() === 'from') {
          const text = `select 1 from ${textOf(node.initializer, constantsOf(file))}`;
          found.push({ place: name, text: text.replace(/\s+/g, ' ').trim() });
        }
        ts.forEachChild(node, visit);
      };
      visit(file);
      return found;
    });
}

/** Those of one source. */
export function statementsIn(name: string, source: string): Statement[] {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.ES2023, true);
  const constants = constantsOf(file);
  const found: Statement[] = [];
  const visit = (node: ts.Node, place: string): void => {
    const here = ts.isFunctionDeclaration(node) && node.name ? node.name.text : place;
    if (isText(node)) {
      const text = textOf(node, constants).replace(/\s+/g, ' ').trim();
      if (BEGINS.test(text) && here !== '') found.push({ place: `${name} ${here}`, text });
      return;
    }
    ts.forEachChild(node, (child) => visit(child, here));
  };
  visit(file, '');
  return found;
}

type Text = ts.StringLiteral | ts.NoSubstitutionTemplateLiteral | ts.TemplateExpression;

function isText(node: ts.Node): node is Text {
  return ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node);
}

/** What a name of the file stands for: a text, or the function that gives one. */
function constantsOf(file: ts.SourceFile): Map<string, ts.Expression> {
  const constants = new Map<string, ts.Expression>();
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer) {
      constants.set(node.name.text, node.initializer);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return constants;
}

function textOf(node: ts.Expression, constants: ReadonlyMap<string, ts.Expression>, depth = 0): string {
  if (depth > 16) return ' ';
  const within = (part: ts.Expression): string => textOf(part, constants, depth + 1);
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map((it) => within(it.expression) + it.literal.text).join('');
  }
  if (ts.isIdentifier(node)) {
    const value = constants.get(node.text);
    return value === undefined ? ' ' : within(value);
  }
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) return within(node.body);
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return within(node.expression);
  if (ts.isConditionalExpression(node)) return ` ${within(node.whenTrue)} ${within(node.whenFalse)} `;
  if (ts.isCallExpression(node)) return ` ${within(node.expression)} ${node.arguments.map(within).join(' ')} `;
  if (ts.isPropertyAccessExpression(node)) return within(node.expression);
  if (ts.isArrayLiteralExpression(node)) return node.elements.map(within).join(' ');
  if (ts.isSpreadElement(node)) return within(node.expression);
  return ' ';
}
