import { RE2JS } from 're2js';

/** A pattern of a text field, matched in linear time: RE2, without back references and look-around. */
export type FormPattern = Pick<RE2JS, 'matcher'>;

/** Compiles the pattern of a text field; null when RE2 cannot match it. */
export function formPattern(text: string): FormPattern | null {
  try {
    return RE2JS.compile(text);
  } catch {
    // RE2 throws for what it does not know; the caller names the field
    return null;
  }
}

/** The keys of the fields whose pattern cannot be matched, those in groups too. */
export function unknownPatterns(form: unknown): string[] {
  if (Array.isArray(form)) return form.flatMap(unknownPatterns);
  if (form === null || typeof form !== 'object') return [];
  const { components, validate, key } = form as { components?: unknown; validate?: unknown; key?: unknown };
  const pattern = validate && typeof validate === 'object' && 'pattern' in validate ? validate.pattern : undefined;
  const bad = typeof pattern === 'string' && pattern !== '' && formPattern(pattern) === null;
  return [...(bad ? [String(key)] : []), ...unknownPatterns(components)];
}
