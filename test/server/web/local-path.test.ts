import { expect, it } from '@jest/globals';
import { localPath } from '../../../server/web/local-path.ts';

it.each(['//evil.test', 'https://evil.test', '/\\evil.test', 'javascript:alert(1)', '', undefined, ['/inbox']])(
  'never leaves the site: %s',
  (path) => {
    expect(localPath(path, '/start')).toBe('/start');
  },
);

it('goes where it was asked to within the site', () => {
  expect(localPath('/tickets?q=1#log', '/start')).toBe('/tickets?q=1#log');
});
