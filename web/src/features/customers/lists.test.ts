import { describe, expect, it } from 'vitest';
import type { CustomerList } from '../../api/generated';
import { funnelOrigin, listFilter } from './lists';

const list = (origin: Record<string, unknown>) => ({ id: '1', name: 'x', size: 1, origin, all_units: true, units: [], actor: null, made: '', expires: '', removable: true }) as CustomerList;

describe('kept lists', () => {
  it('are named in a filter, quotes and all', () => {
    expect(listFilter('停在购物车')).toBe("list = '停在购物车'");
    expect(listFilter("Ann's")).toBe("list = 'Ann''s'");
  });
  it('tell of a funnel, and of nothing else', () => {
    expect(funnelOrigin(list({ kind: 'funnel', steps: [{ touchpoint: 'cart', name: '' }], step: 1, from: 'a', to: 'b' }))).toEqual(
      { kind: 'funnel', steps: [{ touchpoint: 'cart', name: '' }], step: 1, converted: false, from: 'a', to: 'b', conditions: {} });
    expect(funnelOrigin(list({ kind: 'other' }))).toBeNull();
    expect(funnelOrigin(list({}))).toBeNull();
  });
});
