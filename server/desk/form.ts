/**
 * Forms of user tasks: form-js schemas, rendered and checked on the server. Which components are known: textfield,
 * textarea, number, select, radio, checkbox, checklist, datetime, text, group, separator, html-free and expression-free.
 */
import { DateTime } from 'luxon';
import { BudgetExceeded, compileExpression, ExpressionError } from '../../engine/expression/expression.ts';
import { Rejection } from '../../engine/rejection.ts';
import type { Value, Variables } from '../../engine/instance.ts';
import { formPattern } from '../process/form-patterns.ts';
import { cleanText } from './clean-text.ts';

export interface FormOption {
  label: string;
  value: string | number | boolean;
  'label.zh'?: string;
}

/** One component of a form-js schema, as far as it is read here. */
export interface FormComponent {
  type: string;
  id?: string;
  key?: string;
  label?: string;
  description?: string;
  /** `text` only: paragraphs. */
  text?: string;
  /** Chinese texts: `label.zh`, `description.zh`, `text.zh`; `required.when`: FEEL that says when a value is needed. */
  properties?: Record<string, string>;
  values?: FormOption[];
  /** The variable that holds the options, instead of `values`. */
  valuesKey?: string;
  defaultValue?: Value;
  readonly?: boolean;
  disabled?: boolean;
  /** `datetime` only. */
  subtype?: 'date' | 'time' | 'datetime';
  /** `datetime` of the component type form-js writes: its label. */
  dateLabel?: string;
  timeLabel?: string;
  /** `number` only. */
  decimalDigits?: number;
  serializeToString?: boolean;
  validate?: {
    required?: boolean;
    minLength?: number;
    maxLength?: number;
    min?: number;
    max?: number;
    pattern?: string;
  };
  /** `group` only. */
  components?: FormComponent[];
}

export interface FormSchema {
  components: FormComponent[];
}

/** What is wrong with the value of a field: the text `form:error.KIND`, with `limit` where there is one. */
export interface FormError {
  kind: 'required' | 'choose' | 'number' | 'integer' | 'min' | 'max' | 'short' | 'long' | 'pattern' | 'option' | 'date';
  limit?: number;
}

/** What came back: the variables to set, what is wrong by field, and the texts as they were typed. */
export interface FormInput {
  values: Variables;
  errors: Map<string, FormError>;
  /** As in the posted body, for showing them again. */
  typed: Record<string, string | string[]>;
}

const longest = 20_000;

/** Reads a deployed form. Rejects what has no components. */
export function formSchema(content: unknown): FormSchema {
  const components = content && typeof content === 'object' && 'components' in content ? content.components : null;
  if (!Array.isArray(components)) {
    throw new Rejection('invalid', 'Expected a form with a list of components, but found none. Deploy the form again.');
  }
  return { components: components as FormComponent[] };
}

/** The components that hold a value, those in groups too, in order. */
export function inputsOf(schema: FormSchema): (FormComponent & { key: string })[] {
  const walk = (components: FormComponent[]): FormComponent[] =>
    components.flatMap((one) => (one.components ? walk(one.components) : [one]));
  const keyed = walk(schema.components).filter((one): one is FormComponent & { key: string } => Boolean(one.key));
  return keyed.filter((one) => one.type !== 'text' && one.type !== 'separator');
}

/** The options of a select, radio or checklist: its own, or those that a variable holds. */
export function optionsOf(component: FormComponent, variables: Variables): FormOption[] {
  if (component.values) return component.values;
  const held = component.valuesKey ? variables[component.valuesKey] : null;
  if (!Array.isArray(held)) return [];
  return held.flatMap((one): FormOption[] => {
    if (typeof one === 'string' || typeof one === 'number') return [{ label: String(one), value: one }];
    if (one && typeof one === 'object' && !Array.isArray(one) && typeof one['label'] === 'string') {
      const value = one['value'];
      if (typeof value === 'string' || typeof value === 'number') return [{ label: one['label'], value }];
    }
    return [];
  });
}

function texts(raw: unknown): string[] {
  const list = Array.isArray(raw) ? (raw as unknown[]) : raw === undefined ? [] : [raw];
  return list
    .filter((one): one is string => typeof one === 'string')
    .map((one) => cleanText(one).replaceAll('\r\n', '\n'));
}

type Checked = { value: Value; error?: FormError };

/** A form that was deployed before patterns were checked may have one that cannot be matched: nothing fits it. */
function matches(pattern: string, value: string): boolean {
  return formPattern(pattern)?.matcher(value).find() ?? false;
}

function checkText({ validate = {} }: FormComponent, text: string): Checked {
  const { required, minLength, maxLength = longest, pattern } = validate;
  const value = text.trim() === '' ? '' : text;
  if (value === '') return required ? { value, error: { kind: 'required' } } : { value };
  if (minLength !== undefined && value.length < minLength) return { value, error: { kind: 'short', limit: minLength } };
  if (value.length > maxLength) return { value, error: { kind: 'long', limit: maxLength } };
  if (pattern && !matches(pattern, value)) return { value, error: { kind: 'pattern' } };
  return { value };
}

function checkNumber({ validate = {}, decimalDigits, serializeToString }: FormComponent, text: string): Checked {
  const { required, min, max } = validate;
  if (text.trim() === '') return required ? { value: null, error: { kind: 'required' } } : { value: null };
  const number = Number(text);
  if (!Number.isFinite(number)) return { value: null, error: { kind: 'number' } };
  if (decimalDigits === 0 && !Number.isInteger(number)) return { value: null, error: { kind: 'integer' } };
  if (min !== undefined && number < min) return { value: number, error: { kind: 'min', limit: min } };
  if (max !== undefined && number > max) return { value: number, error: { kind: 'max', limit: max } };
  return { value: serializeToString ? text.trim() : number };
}

function checkChoice(component: FormComponent, text: string, variables: Variables): Checked {
  if (text === '') return component.validate?.required ? { value: null, error: { kind: 'choose' } } : { value: null };
  const option = optionsOf(component, variables).find((one) => String(one.value) === text);
  return option ? { value: option.value } : { value: null, error: { kind: 'option' } };
}

function checkChoices(component: FormComponent, given: string[], variables: Variables): Checked {
  const options = optionsOf(component, variables).filter((one) => given.includes(String(one.value)));
  const value = options.map((one) => one.value);
  if (value.length === 0 && component.validate?.required) return { value, error: { kind: 'choose' } };
  return value.length < new Set(given).size ? { value, error: { kind: 'option' } } : { value };
}

/** A date stays a date, a time a time; a date with time becomes an instant in UTC. */
function checkDate({ subtype = 'datetime', validate }: FormComponent, text: string, zone: string): Checked {
  if (text === '') return validate?.required ? { value: null, error: { kind: 'required' } } : { value: null };
  const read = DateTime.fromISO(text, { zone });
  if (!read.isValid) return { value: null, error: { kind: 'date' } };
  if (subtype === 'date') return { value: read.toFormat('yyyy-MM-dd') };
  if (subtype === 'time') return { value: read.toFormat('HH:mm') };
  return { value: read.toUTC().toISO({ suppressMilliseconds: true }) };
}

function check(component: FormComponent, given: string[], variables: Variables, zone: string): Checked {
  const text = given[0] ?? '';
  switch (component.type) {
    case 'number':
      return checkNumber(component, text);
    case 'select':
    case 'radio':
      return checkChoice(component, text, variables);
    case 'checklist':
    case 'taglist':
      return checkChoices(component, given, variables);
    case 'checkbox': {
      const value = text !== '';
      return component.validate?.required && !value ? { value, error: { kind: 'choose' } } : { value };
    }
    case 'datetime':
      return checkDate(component, text, zone);
    default:
      return checkText(component, text);
  }
}

/**
 * Reads a posted form: only the fields of the schema are taken, read-only ones not.
 * @param variables what the task sees, for options that a variable holds
 * @param zone the reader's, in which dates with time are meant
 */
export function parseForm(schema: FormSchema, body: unknown, variables: Variables, zone: string): FormInput {
  const posted = (body && typeof body === 'object' ? body : {}) as Record<string, unknown>;
  const input: FormInput = { values: {}, errors: new Map(), typed: {} };
  for (const component of inputsOf(schema)) {
    if (component.readonly || component.disabled) continue;
    const given = texts(posted[component.key]);
    const { value, error } = check(component, given, variables, zone);
    input.typed[component.key] = component.type === 'checklist' ? given : (given[0] ?? '');
    input.values[component.key] = value;
    const missing = error ?? (isNeeded(component, { ...variables, ...input.values }) ? emptyError(value) : undefined);
    if (missing) input.errors.set(component.key, missing);
  }
  return input;
}

/** Whether the other values make a field needed: FEEL in its property `required.when`, over the fields before it. */
function isNeeded({ key = '', properties }: FormComponent, values: Variables): boolean {
  const when = properties?.['required.when'];
  if (when === undefined) return false;
  try {
    return compileExpression(when.replace(/^=/, '')).evaluate(values, 0).value === true;
  } catch (cause) {
    if (cause instanceof BudgetExceeded) throw new Rejection('invalid', cause.message);
    if (!(cause instanceof ExpressionError)) throw cause;
    throw new Rejection('invalid', `Expected FEEL in "required.when" of field "${key}", but ${cause.message}`);
  }
}

function emptyError(value: Value): FormError | undefined {
  return value === null || value === '' ? { kind: 'required' } : undefined;
}
