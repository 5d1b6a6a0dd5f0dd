/**
 * `<a:x y="1" a:y="2">` has two attributes; the XML reader takes them for one, since it drops a prefix that is the
 * element's own. For reading, the second gets a prefix of its own; after writing, it gets its name back.
 */

/** A start tag with a prefix, and its attributes. */
const TAG = /<([\w.-]+):[\w.-]+(?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))+/g;
const ATTRIBUTE = /(\s)([\w.-]+):([\w.-]+)(?=\s*=)/g;

const SUFFIX = '.twin';
const NAMESPACE = 'urn:lanework:twin';

/** To be read. */
export function partTwins(xml: string): string {
  return xml.replace(TAG, (tag, prefix: string) => {
    const parted = tag.replace(ATTRIBUTE, (attribute, blank: string, of: string, name: string) => {
      const isTwin = of === prefix && new RegExp(`\\s${name}\\s*=`).test(tag);
      return isTwin ? `${blank}${of}${SUFFIX}:${name}` : attribute;
    });
    return parted === tag ? tag : `${parted} xmlns:${prefix}${SUFFIX}="${NAMESPACE}"`;
  });
}

/** As it was. */
export function joinTwins(xml: string): string {
  if (!xml.includes(NAMESPACE)) return xml;
  return xml
    .replace(new RegExp(`\\sxmlns:[\\w.-]+\\${SUFFIX}="${NAMESPACE}"`, 'g'), '')
    .replace(new RegExp(`(\\s[\\w.-]+)\\${SUFFIX}:`, 'g'), '$1:');
}
