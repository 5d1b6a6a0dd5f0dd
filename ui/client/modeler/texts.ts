/** The texts that the page brings along in the reader's language. */
export type Texts = Readonly<Record<string, string>>;

/** The text with its `{{name}}` places filled; an unknown key shows itself. */
export function text(texts: Texts, key: string, values: Record<string, string | number> = {}): string {
  const template = texts[key] ?? key;
  return template.replace(/{{(\w+)}}/g, (whole, name: string) => String(values[name] ?? whole));
}
