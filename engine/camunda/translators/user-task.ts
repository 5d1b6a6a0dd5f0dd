/** Who does a user task, until when, and how urgent it is. */
import type { ModdleElement } from 'bpmn-moddle';
import { child, children, text } from '../../bpmn/read.ts';
import { addExtension, expressionOf, note, takeAttribute, trouble, valueOf, type Importer } from '../importer.ts';
import { isJuel } from '../juel/translate.ts';
import { removeFrom } from '../tree.ts';

export function translateUserTask(node: ModdleElement, c: Importer): void {
  if (node.$type !== 'bpmn:UserTask') return;
  const owners = takeOwners(node, c);
  const assignee = takeAttribute(c, node, 'assignee') ?? owners.assignee;
  const groups = [takeAttribute(c, node, 'candidateGroups'), ...owners.groups].filter((one) => one !== undefined);
  const users = [takeAttribute(c, node, 'candidateUsers'), ...owners.users].filter((one) => one !== undefined);
  const assignment = {
    assignee: assignee === undefined ? undefined : plainly(c, node, 'camunda:assignee', assignee),
    candidateGroups: groups.length > 0 ? names(c, node, 'camunda:candidateGroups', groups.join(',')) : undefined,
    candidateUsers: users.length > 0 ? names(c, node, 'camunda:candidateUsers', users.join(',')) : undefined,
  };
  if (Object.values(assignment).some((one) => one !== undefined)) {
    addExtension(c, node, 'zeebe:AssignmentDefinition', assignment);
  }
  const [due, followUp] = [date(c, node, 'dueDate'), date(c, node, 'followUpDate')];
  if (due !== undefined || followUp !== undefined) {
    addExtension(c, node, 'zeebe:TaskSchedule', { dueDate: due, followUpDate: followUp });
  }
  const priority = takeAttribute(c, node, 'priority');
  if (priority !== undefined) {
    addExtension(c, node, 'zeebe:PriorityDefinition', { priority: plainly(c, node, 'camunda:priority', priority) });
  }
  addExtension(c, node, 'zeebe:UserTask', {});
  const name = text(node, 'name') ?? '';
  if (isJuel(name)) {
    trouble(
      c,
      node,
      'name',
      `The name "${name}" is shown as it is written: names hold no expressions here.`,
      'warning',
    );
  }
}

/** A value with its line in the report, also when it is plain text. */
function plainly(c: Importer, node: ModdleElement, what: string, given: string): string {
  if (!isJuel(given)) note(c, node, what, 'translated', `"${given}" is kept.`);
  return valueOf(c, node, what, given);
}

/** Names with commas between them, any of which may be an expression for one name or a list. */
function names(c: Importer, node: ModdleElement, what: string, given: string): string {
  const parts = splitNames(given);
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return plainly(c, node, what, only);
  if (!isJuel(given)) return plainly(c, node, what, parts.join(','));
  return `=flatten([${parts.map((part) => expressionOf(c, node, what, part)).join(', ')}])`;
}

/** At the commas that stand outside of `${...}`. */
function splitNames(given: string): string[] {
  const parts = given.match(/(?:[$#]\{[^}]*\}|[^,])+/gu) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** A duration counts from the creation of the task. */
function date(c: Importer, node: ModdleElement, name: 'dueDate' | 'followUpDate'): string | undefined {
  const given = takeAttribute(c, node, name)?.trim();
  if (given === undefined || given === '') return undefined;
  if (!given.startsWith('P')) return plainly(c, node, `camunda:${name}`, given);
  const feel = `now() + duration("${given}")`;
  note(c, node, `camunda:${name}`, 'translated', `${given} is now the FEEL expression ${feel}.`);
  return `=${feel}`;
}

/** `bpmn:humanPerformer` and `bpmn:potentialOwner`: `kermit`, or `user(kermit), group(sales), marketing`. */
function takeOwners(
  node: ModdleElement,
  c: Importer,
): { assignee: string | undefined; groups: string[]; users: string[] } {
  const found = { assignee: undefined as string | undefined, groups: [] as string[], users: [] as string[] };
  for (const role of children(node, 'resources')) {
    const assignment = child(role, 'resourceAssignmentExpression');
    const expression = assignment && child(assignment, 'expression');
    const body = (expression && text(expression, 'body'))?.trim();
    if (body === undefined) continue;
    if (role.$type === 'bpmn:HumanPerformer') found.assignee = body;
    else if (role.$type === 'bpmn:PotentialOwner') {
      for (const part of splitNames(body)) {
        const [, kind, name] = /^(user|group)\((.*)\)$/u.exec(part) ?? [null, 'group', part];
        (kind === 'user' ? found.users : found.groups).push((name ?? '').trim());
      }
    } else continue;
    removeFrom(node, 'resources', role);
    note(c, role, role.$type, 'translated', `"${body}" is now part of the assignment.`);
  }
  return found;
}
