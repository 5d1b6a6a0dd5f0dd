/** What the server relies on, tried on the database that DATABASE_URL names; run by `npm run contract`. */
import base from '../../jest.config.js';

export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/contract/**/*.test.ts'],
  testPathIgnorePatterns: [],
  // One schema after the other: the database may be a small or a far one.
  maxWorkers: 1,
  testTimeout: 120_000,
};
