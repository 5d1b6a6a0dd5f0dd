import { describe, expect, it } from '@jest/globals';
import { hashPassword, verifyPassword } from '../../../server/people/password.ts';

describe('passwords', () => {
  it('are recognised, whichever way the characters were composed', async () => {
    const stored = await hashPassword('caf\u00e9 \u5bc6\u7801 1');
    expect(await verifyPassword('cafe\u0301 \u5bc6\u7801 1', stored)).toBe(true);
    expect(await verifyPassword('cafe \u5bc6\u7801 1', stored)).toBe(false);
  });

  it('have a salt of their own, so that equal ones look different', async () => {
    expect(await hashPassword('lanework-sample')).not.toBe(await hashPassword('lanework-sample'));
  });

  it('never fit an account that does not exist', async () => {
    expect(await verifyPassword('', null)).toBe(false);
  });
});
