import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { formSchema, parseForm } from '../../../server/desk/form.ts';
import type { FormComponent } from '../../../server/desk/form.ts';
import { formView } from '../../../server/desk/form-view.ts';
import { loadTexts } from '../../../server/web/locales.ts';

const zone = 'Asia/Shanghai';
const texts = loadTexts(join(import.meta.dirname, '..', '..', '..', 'ui', 'locales'));
const schemaOf = (...components: FormComponent[]) => formSchema({ components });

/** What one component makes of one posted value: the value or the kind of error. */
function taken(component: Partial<FormComponent>, posted: unknown) {
  const schema = schemaOf({ type: 'textfield', key: 'x', ...component });
  const { values, errors } = parseForm(schema, { x: posted }, {}, zone);
  return errors.get('x')?.kind ?? values['x'];
}

describe('a posted form', () => {
  const colours = [
    { label: 'Red', value: 'red' },
    { label: 'Blue', value: 'blue' },
  ];

  it.each<[string, Partial<FormComponent>, unknown, unknown]>([
    ['keeps a text with its line ends', { type: 'textarea' }, 'a\r\nb', 'a\nb'],
    ['takes blanks for nothing', { validate: { required: true } }, '   ', 'required'],
    ['refuses a text that is too short', { validate: { minLength: 3 } }, 'ab', 'short'],
    ['refuses a text that is too long', { validate: { maxLength: 3 } }, 'abcd', 'long'],
    ['refuses a text of another form', { validate: { pattern: '^R-\\d+$' } }, 'X-1', 'pattern'],
    ['reads a number', { type: 'number' }, '1.5', 1.5],
    ['takes no number for null', { type: 'number' }, '', null],
    ['refuses what is no number', { type: 'number' }, '12a', 'number'],
    ['refuses a fraction where whole ones are asked', { type: 'number', decimalDigits: 0 }, '1.5', 'integer'],
    ['refuses a number below the least', { type: 'number', validate: { min: 2 } }, '1', 'min'],
    ['refuses a number above the most', { type: 'number', validate: { max: 2 } }, '3', 'max'],
    ['takes an offered option', { type: 'select', values: colours }, 'red', 'red'],
    ['refuses an option that is not offered', { type: 'radio', values: colours }, 'green', 'option'],
    ['asks for a choice', { type: 'radio', values: colours, validate: { required: true } }, undefined, 'choose'],
    ['keeps the type of an option', { type: 'select', values: [{ label: 'Yes', value: true }] }, 'true', true],
    ['reads a box that is not ticked', { type: 'checkbox' }, undefined, false],
    [
      'reads several choices in the order of the form',
      { type: 'checklist', values: colours },
      ['blue', 'red'],
      ['red', 'blue'],
    ],
    ['refuses a choice that is not offered', { type: 'checklist', values: colours }, ['red', 'x'], 'option'],
    ['keeps a date', { type: 'datetime', subtype: 'date' }, '2026-11-22', '2026-11-22'],
    ['reads date and time in the zone of the reader', { type: 'datetime' }, '2026-11-22T10:40', '2026-11-22T02:40:00Z'],
    ['refuses a date that does not exist', { type: 'datetime', subtype: 'date' }, '2026-02-30', 'date'],
  ])('%s', (_name, component, posted, expected) => {
    expect(taken(component, posted)).toEqual(expected);
  });

  it('needs a field when the other answers say so', () => {
    const schema = schemaOf(
      { type: 'textfield', key: 'action' },
      { type: 'textarea', key: 'question', properties: { 'required.when': '=action = "ask"' } },
    );
    const errors = (action: string, question: string) => [...parseForm(schema, { action, question }, {}, zone).errors];
    expect(errors('ask', ' ')).toEqual([['question', { kind: 'required' }]]);
    expect(errors('ask', 'Which one?')).toEqual([]);
    expect(errors('solved', '')).toEqual([]);
  });

  it('sets nothing but its own fields, and no read-only ones', () => {
    const schema = schemaOf(
      { type: 'group', components: [{ type: 'textfield', key: 'solution' }] },
      { type: 'textfield', key: 'number', readonly: true },
      { type: 'text', text: 'Read first' },
    );
    const { values } = parseForm(schema, { solution: 'x', number: 'R-1', priority: 'P1', _csrf: 'y' }, {}, zone);
    expect(values).toEqual({ solution: 'x' });
  });

  it('offers the options that a variable holds', () => {
    const schema = schemaOf({ type: 'select', key: 'x', valuesKey: 'list' });
    const variables = { list: ['a', { label: 'B', value: 'b' }] };
    expect(parseForm(schema, { x: 'b' }, variables, zone).values).toEqual({ x: 'b' });
    expect(parseForm(schema, { x: 'c' }, variables, zone).errors.get('x')?.kind).toBe('option');
  });

  it('is refused as a whole when it is no form', () => {
    expect(() => formSchema({ type: 'default' })).toThrow('Expected a form with a list of components');
  });
});

describe('a shown form', () => {
  const schema = schemaOf({
    type: 'textfield',
    key: 'solution',
    label: 'Solution',
    description: 'What helped',
    properties: { 'label.zh': '解决方案' },
    validate: { required: true },
  });

  it('starts with the variables of the task', () => {
    const view = formView(schema, { solution: 'Restart' }, { locale: 'en', zone, t: texts.en });
    expect(view.fields[0]).toMatchObject({ label: 'Solution', hint: 'What helped', value: 'Restart', required: true });
  });

  it('speaks the language of the reader where it can', () => {
    const view = formView(schema, {}, { locale: 'zh', zone, t: texts.zh });
    expect(view.fields[0]).toMatchObject({ label: '解决方案', hint: 'What helped' });
  });

  it('keeps what was typed when it is refused, and says why at the top', () => {
    const both = schemaOf(...schema.components, { type: 'number', key: 'cost', label: 'Cost' });
    const input = parseForm(both, { solution: '', cost: 'much' }, { solution: 'Restart' }, zone);
    const view = formView(both, { solution: 'Restart' }, { locale: 'en', zone, t: texts.en }, input);
    expect(view.fields.map(({ value }) => value)).toEqual(['', 'much']);
    expect(view.errors).toEqual([
      { id: 'field-solution', text: 'Fill in “Solution”.' },
      { id: 'field-cost', text: '“Cost” must be a number, such as 12.' },
    ]);
  });
});
