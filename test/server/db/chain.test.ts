import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ZERO_HASH, chainHash } from '../../../server/db/chain.ts';
import { hashOfRow } from '../../../server/db/journal.ts';

describe('the hash of a row', () => {
  it('is SHA-256 over the hash before it and the row as JSON with sorted keys', () => {
    const json = '{"a":[1,{"c":null,"d":"é"}],"b":true}';
    const expected = createHash('sha256').update(Buffer.alloc(32)).update(json).digest();
    expect(chainHash(ZERO_HASH, { b: true, a: [1, { d: 'é', c: null }] })).toEqual(expected);
  });

  it('of the journal never changes: others check histories by it', () => {
    const row = { instance: '7', seq: 1, at: 5, actor: 'user:li', engine: '1', command: '{"type":"X"}', events: '[]' };
    const json = '{"actor":"user:li","at":5,"command":{"type":"X"},"engine":"1","events":[],"instance":"7","seq":1}';
    const expected = createHash('sha256').update(ZERO_HASH).update(json).digest('hex');
    expect(hashOfRow({ ...row, prevHash: ZERO_HASH }).toString('hex')).toBe(expected);
  });
});
