/** Round trips (format roundtrip/1): what is imported and exported has to be the same, and stay the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonical, decodeXml, readBpmn, writeBpmn } from '../../engine/index.ts';
import { compare, Mismatch, verdictOf } from './expectation.ts';
import { fingerprintOf, type Fingerprint } from './fingerprint.ts';
import { reportOf } from './report.ts';
import type { Suite } from './suite.ts';

interface RoundTrip {
  readonly id: string;
  readonly group: string;
  readonly file: string;
  readonly fingerprint: Fingerprint;
}

export const miwg: Suite = {
  name: 'miwg',
  file: 'roundtrip.json',
  modes: ['memory'],
  async run(folder, mode, wanted) {
    const { cases } = JSON.parse(readFileSync(join(folder, 'roundtrip.json'), 'utf8')) as { cases: RoundTrip[] };
    const verdicts = [];
    for (const one of cases.filter(({ id }) => wanted(id))) {
      verdicts.push(await verdictOf(one, () => travel(one, readFileSync(join(folder, one.file)))));
    }
    return [reportOf('miwg', mode, verdicts)];
  },
  failed: ({ passed, total }) => passed < total,
};

async function travel({ fingerprint }: RoundTrip, bytes: Uint8Array): Promise<void> {
  const original = decodeXml(bytes);
  same('the file itself', fingerprint, fingerprintOf(original));
  const exported = await roundTrip(original);
  same('the export', fingerprint, fingerprintOf(exported));
  const again = await roundTrip(exported);
  if (again !== exported) throw new Mismatch('the export of the export to be identical', 'it differs');
}

async function roundTrip(xml: string): Promise<string> {
  const file = await readBpmn(xml);
  if (!file.definitions)
    throw new Mismatch('a file that can be read', file.problems.map(({ message }) => message).join(' | '));
  return writeBpmn(file);
}

/** Names the first part that differs. */
function same(what: string, expected: Fingerprint, found: Fingerprint): void {
  for (const part of Object.keys(expected) as (keyof Fingerprint)[]) {
    const [one, other] = [expected[part], found[part]];
    if (typeof one !== 'object' || typeof other !== 'object') compare(`${what}: ${part}`, one, other);
    else compare(`${what}: ${part}`, different(one, other), different(other, one));
  }
}

function different(one: Record<string, number>, other: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(one).filter(([key, count]) => canonical(other[key] ?? 0) !== canonical(count)),
  );
}
