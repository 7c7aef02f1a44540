import { describe, expect, it } from 'vitest';
import { segmentCondition, segmentKey } from './divided_by';

describe('segments', () => {
  it('are traits unless a source is named', () => {
    expect(['level', ' trait.age ', 'crm.tariff', '', 'two words'].map(segmentKey)).toEqual(['trait.level', 'trait.age', 'crm.tariff', '', '']);
  });
  it('name their groups as the API reads it, or not at all', () => {
    expect(segmentCondition('trait.city', '上海')).toBe("trait.city = '上海'");
    expect(segmentCondition('trait.city', "l'Aquila")).toBeUndefined();
  });
});
