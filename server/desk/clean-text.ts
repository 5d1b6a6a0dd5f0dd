/** A text that every database and every JSON can hold: without NUL, lone surrogates become U+FFFD. */
export function cleanText(text: string): string {
  // The library types of ES2023 do not know this method yet; Node 20 has it.
  return (text as string & { toWellFormed(): string }).toWellFormed().replaceAll('\0', '');
}
