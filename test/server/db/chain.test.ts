import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ZERO_HASH, chainHash } from '../../../server/db/chain.ts';
import { hasItsHash, hashOfRow } from '../../../server/db/journal.ts';

describe('the hash of a row', () => {
  it('is SHA-256 over the hash before it and the row as JSON with sorted keys', () => {
    const json = '{"a":[1,{"c":null,"d":"é"}],"b":true}';
    const expected = createHash('sha256').update(Buffer.alloc(32)).update(json).digest();
    expect(chainHash(ZERO_HASH, { b: true, a: [1, { d: 'é', c: null }] })).toEqual(expected);
  });

  it('of the journal never changes: others check histories by it', () => {
    const row = { instance: '7', seq: 1, at: 5, actor: 'user:li', engine: '1', command: '{"type":"X"}', events: '[]' };
    const lines = `{"actor":"user:li","at":5,"engine":"1","instance":"7","seq":1}\n${row.command}\n[]`;
    const expected = createHash('sha256').update(ZERO_HASH).update(lines).digest('hex');
    expect(hashOfRow({ ...row, prevHash: ZERO_HASH }).toString('hex')).toBe(expected);
  });

  it('of an older row is over what its command and events say', () => {
    const row = { instance: '7', seq: 2, at: 5, actor: 'user:li', engine: '1', prevHash: ZERO_HASH };
    const packed = { command: '{"type":"CompleteTask","task":3}', events: '[[13,3]]' };
    const says = {
      command: { at: 5, actor: 'user:li', type: 'CompleteTask', task: 3 },
      events: [{ type: 'TaskCompleted', task: 3 }],
    };
    const { prevHash, ...columns } = row;
    const hash = chainHash(prevHash, { ...columns, ...says });
    expect(hasItsHash({ ...row, ...packed, hash })).toBe(true);
    expect(hasItsHash({ ...row, ...packed, events: '[[13,4]]', hash })).toBe(false);
    expect(hasItsHash({ ...row, ...packed, events: '[[', hash })).toBe(false);
  });
});
