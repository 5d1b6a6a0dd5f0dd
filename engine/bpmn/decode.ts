/** From the bytes of an XML file to its text (XML 1.0, 4.3.3 and appendix F). */

/** The declaration stands in ASCII at the beginning of every encoding but UTF-16. */
const DECLARATION = /^(<\?xml[^>]*?\sencoding\s*=\s*)(["'])([^"']*)\2/;

/** No declaration is longer than this, in bytes. */
const HEAD = 256;

/**
 * Decodes by byte order mark, else by the encoding that the XML declaration names, else as UTF-8. The text declares
 * UTF-8, whatever the bytes did. What is no character of the encoding becomes U+FFFD.
 */
export function decodeXml(bytes: Uint8Array): string {
  const text = new TextDecoder(encodingOf(bytes)).decode(bytes);
  return text.replace(DECLARATION, '$1$2UTF-8$2');
}

function encodingOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0 && second === 0x3c) return 'utf-16be';
  if (first === 0x3c && second === 0) return 'utf-16le';
  if (first === 0xef && second === 0xbb) return 'utf-8';
  const head = String.fromCharCode(...bytes.subarray(0, HEAD));
  const declared = DECLARATION.exec(head)?.[3]?.trim().toLowerCase() ?? 'utf-8';
  // A declaration that can be read byte by byte was not written in UTF-16.
  return declared.startsWith('utf-16') || !isKnown(declared) ? 'utf-8' : declared;
}

function isKnown(encoding: string): boolean {
  try {
    new TextDecoder(encoding);
    return true;
  } catch {
    // It throws for a name that it does not know, and for nothing else.
    return false;
  }
}
