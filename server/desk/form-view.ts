/** What the view of a form shows: one plain object per component, texts in the reader's language. */
import { DateTime } from 'luxon';
import type { Value, Variables } from '../../engine/instance.ts';
import type { Locale, Translate } from '../web/locales.ts';
import { optionsOf } from './form.ts';
import type { FormComponent, FormError, FormInput, FormSchema } from './form.ts';

export interface FormOptionView {
  id: string;
  value: string;
  label: string;
  chosen: boolean;
}

/** A component as the partial `form-field` renders it. */
export interface FormFieldView {
  /** `text`, `long`, `number`, `select`, `radio`, `checkbox`, `checklist`, `date`, `paragraphs`, `group`, `rule`. */
  kind: string;
  /** Of the input; for a set of choices, of the first. */
  id: string;
  key: string;
  label: string;
  hint: string;
  required: boolean;
  readonly: boolean;
  value: string;
  /** `number`: what the browser allows; `date`: its input type. */
  step?: string;
  type?: string;
  maxLength?: number;
  options: FormOptionView[];
  paragraphs: string[];
  fields: FormFieldView[];
  error: string | null;
}

/** A form ready for the view; `errors` is the summary at the top. */
export interface FormView {
  fields: FormFieldView[];
  errors: { id: string; text: string }[];
}

/** What a form is rendered with. */
export interface FormReader {
  locale: Locale;
  zone: string;
  t: Translate;
}

const kinds: Record<string, string> = {
  textfield: 'text',
  textarea: 'long',
  number: 'number',
  select: 'select',
  radio: 'radio',
  checkbox: 'checkbox',
  checklist: 'checklist',
  datetime: 'date',
  text: 'paragraphs',
  group: 'group',
  separator: 'rule',
};
const dateTypes = { date: 'date', time: 'time', datetime: 'datetime-local' } as const;

function textOf(component: FormComponent, name: 'label' | 'description' | 'text', locale: Locale): string {
  const chinese = locale === 'zh' ? component.properties?.[`${name}.zh`] : undefined;
  const own = name === 'label' ? (component.label ?? component.dateLabel ?? component.timeLabel) : component[name];
  return chinese ?? own ?? '';
}

/** Markdown as plain paragraphs: headings and emphasis lose their marks. */
function paragraphsOf(text: string): string[] {
  const plain = text.replaceAll(/^#+\s*|\*\*|__/gm, '');
  return plain.split(/\n\s*\n/).filter((one) => one.trim() !== '');
}

function shown(component: FormComponent, value: Value | undefined, zone: string): string | string[] {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(String);
  if (component.type === 'checkbox') return value === true ? 'true' : '';
  if (typeof value === 'object') return JSON.stringify(value);
  if (component.type !== 'datetime' || typeof value !== 'string') return String(value);
  if ((component.subtype ?? 'datetime') !== 'datetime') return value;
  const read = DateTime.fromISO(value, { zone });
  return read.isValid ? read.toFormat("yyyy-MM-dd'T'HH:mm") : '';
}

/** Why a value is not taken, in a sentence. */
function errorText(error: FormError, label: string, t: Translate): string {
  return t(`form:error.${error.kind}`, { label, limit: error.limit });
}

/**
 * @param variables what the task sees: the fields start with the variables of their names
 * @param input what came back and was refused: shown instead of the variables
 */
export function formView(schema: FormSchema, variables: Variables, reader: FormReader, input?: FormInput): FormView {
  const errors: FormView['errors'] = [];
  let plain = 0;

  const view = (component: FormComponent): FormFieldView => {
    const key = component.key ?? '';
    const id = key ? `field-${key}` : `part-${plain++}`;
    const label = textOf(component, 'label', reader.locale);
    const before = variables[key] === undefined ? component.defaultValue : variables[key];
    const value = input?.typed[key] ?? shown(component, before, reader.zone);
    const problem = input?.errors.get(key);
    const error = problem ? errorText(problem, label, reader.t) : null;
    const options = optionsOf(component, variables).map((option, index) => ({
      id: index === 0 ? id : `${id}-${index}`,
      value: String(option.value),
      label: (reader.locale === 'zh' && option['label.zh']) || option.label,
      chosen: Array.isArray(value) ? value.includes(String(option.value)) : value === String(option.value),
    }));
    if (error) errors.push({ id, text: error });
    return {
      kind: kinds[component.type] ?? 'text',
      id,
      key,
      label,
      hint: textOf(component, 'description', reader.locale),
      required: component.validate?.required ?? component.properties?.['required.when'] !== undefined,
      readonly: component.readonly ?? component.disabled ?? false,
      value: Array.isArray(value) ? value.join(', ') : value,
      ...(component.type === 'number' ? { step: component.decimalDigits === 0 ? '1' : 'any' } : {}),
      ...(component.type === 'datetime' ? { type: dateTypes[component.subtype ?? 'datetime'] } : {}),
      ...(component.validate?.maxLength ? { maxLength: component.validate.maxLength } : {}),
      options,
      paragraphs: paragraphsOf(textOf(component, 'text', reader.locale)),
      fields: (component.components ?? []).map(view),
      error,
    };
  };

  return { fields: schema.components.map(view), errors };
}
