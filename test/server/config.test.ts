import { describe, expect, it } from '@jest/globals';
import { isOwnMachine, loadConfig } from '../../server/config.ts';

describe('the configuration', () => {
  it('runs without any, on the embedded database with sample content', () => {
    expect(loadConfig({ DATABASE_URL: '' })).toMatchObject({ port: 3000, dataDir: 'data', sampleContent: true });
    expect(loadConfig({}).databaseUrl).toBeUndefined();
  });

  it('puts no sample content into PostgreSQL unless asked', () => {
    const env = { DATABASE_URL: 'postgres://u:p@db/lanework' };
    expect(loadConfig(env)).toMatchObject({ databaseUrl: env.DATABASE_URL, sampleContent: false });
    expect(loadConfig({ ...env, SAMPLE_CONTENT: 'yes' }).sampleContent).toBe(true);
  });

  it('names every variable that is wrong, and no value', () => {
    const load = () => loadConfig({ PORT: '99999', DATABASE_URL: 'mysql://root:secret@db' });
    expect(load).toThrow(/PORT[\s\S]*DATABASE_URL: Expected postgres:/);
    expect(load).not.toThrow(/secret/);
    for (const PORT of ['abc', '1.5', '99999']) {
      expect(() => loadConfig({ PORT })).toThrow(/^Expected .*\n {2}PORT: Expected a whole number from 0 to 65535$/);
    }
  });

  it('knows what only this machine can open', () => {
    const own = [
      'localhost',
      '127.0.0.1',
      '::1',
      'http://localhost:3000',
      'http://[::1]:3000/desk',
      'https://127.1.2.3',
    ];
    const others = [
      '0.0.0.0',
      '::',
      'https://localhost-desk.example.com',
      '127.example.org',
      'http://desk.example.com',
    ];
    expect(own.filter((place) => !isOwnMachine(place))).toEqual([]);
    expect(others.filter(isOwnMachine)).toEqual([]);
  });
});
