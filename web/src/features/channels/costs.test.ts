import { describe, expect, it } from 'vitest';
import { costsOf, writeCosts } from './costs';

describe('costs in the address', () => {
  it('are read back as they were written', () => {
    const costs = { web: 1200.5, store: 0, 'pop:up': 3 };
    expect(costsOf(writeCosts(costs))).toEqual(costs);
    expect(writeCosts({})).toBe('');
  });
  it('leave out what is no cost', () => {
    expect(costsOf('web:-1,:3,store,app:,x:many,chat:7')).toEqual({ chat: 7 });
    expect(costsOf(null)).toEqual({});
  });
});
