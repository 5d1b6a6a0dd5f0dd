/** Tests that need programs from outside (a real Alertmanager, ...); run by `.ci/run`, not by `npm test`. */
import base from '../../jest.config.js';

export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/system/**/*.test.ts'],
  testPathIgnorePatterns: [],
  testTimeout: 180_000,
};
