import { describe, expect, it } from '@jest/globals';
import { searchQuery, searchWords, similarity } from '../../../server/desk/search-text.ts';

describe('the words of a text', () => {
  it('are pairs of characters in Chinese and lower-case words in latin script', () => {
    expect(searchWords('MySQL 连接超时')).toEqual(['mysql', '连接', '接超', '超时', '时']);
    expect(searchWords('登录报错403')).toEqual(['登录', '录报', '报错', '错', '403']);
  });

  it('keep a number whole and in parts', () => {
    expect(searchWords('R-100001')).toEqual(['r-100001', 'r', '100001']);
  });

  it('make a query whose quotes cannot break out', () => {
    expect(searchQuery("it's 数据库")).toBe("'it':* & 's':* & '数据' & '据库'");
    expect(searchQuery('库')).toBe("'库':*");
    expect(searchQuery(' ?! ')).toBeNull();
  });
});

describe('similar texts', () => {
  it('share most of their words', () => {
    expect(similarity('支付页面打不开', '支付页面打不开了')).toBeGreaterThan(0.7);
    expect(similarity('Cannot sign in to CRM', 'cannot sign in to the CRM')).toBeGreaterThan(0.8);
    expect(similarity('Cannot sign in to CRM', 'Printer is out of paper')).toBeLessThan(0.2);
    expect(similarity('', '')).toBe(0);
  });
});
