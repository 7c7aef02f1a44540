import { describe, expect, it } from 'vitest';
import type { CustomerDrivers } from '../../api/generated';
import { side, signed } from './chain_picture';
import { stageWords } from './chain_view';
import { asSurveyDrivers, chosenKeys } from './customers_view';

describe('chain', () => {
  it('asks for sizes as logarithms, in the order chosen', () => {
    const units: Record<string, string> = { on_time_share: 'share', revenue: 'money', orders: 'count' };
    expect(stageWords(['on_time_share', 'orders', 'revenue'], (key) => units[key])).toBe('on_time_share,log(orders),log(revenue)');
    expect(stageWords(['unknown'], (key) => units[key])).toBe('unknown');
  });

  it('says a direction only where the interval has one', () => {
    expect(side([0.1, 0.5])).toBe(1);
    expect(side([-0.5, -0.1])).toBe(-1);
    expect(side([-0.1, 0.5])).toBe(0);
    expect(side(null)).toBe(0);
    expect(side([])).toBe(0);
  });

  it('writes signs', () => {
    expect(signed(0.256, 'en', 2)).toBe('+0.26');
    expect(signed(-1.5, 'en', 2)).toBe('−1.5');
    expect(signed(0, 'en', 2)).toBe('0');
  });
});

describe('customers', () => {
  it('take what is typed for a trait', () => {
    const known = new Set(['orders', 'contacts']);
    expect(chosenKeys(['orders', 'age', 'trait.score', ' ', 'two words', 'orders'], known)).toEqual(['orders', 'trait.age', 'trait.score']);
  });

  it('are shown as answers are', () => {
    const share = { value: 0.2, interval: [0.1, 0.3] };
    const coefficient = { value: 1, error: 0.1, interval: [0.8, 1.2], p_value: 0.01 };
    const column = (key: string) => ({ key, text: { zh: key, en: key }, unit: 'count' as const });
    const found: CustomerDrivers = {
      outcome: { ...column('nps'), unit: 'score' }, customers: 90, cut: false, currency: 'CNY', complete: 80, needed: 30, ample: 58, resamples: 1000, confidence: 0.95,
      r2: 0.2, r2_adjusted: 0.19, condition: 3, collinear: false, intercept: coefficient, matrix: null, no_matrix: 'single_driver',
      drivers: [{ column: column('contacts'), coefficient, standardised: 0.4, vif: 1, relative_weight: share, lmg: share, performance: { value: 2, interval: [1.8, 2.2] }, quadrant: null, kind: 'must_be', low_rows: 30, high_rows: 30, penalty: null, reward: null }],
    };
    const shown = asSurveyDrivers(found);
    expect(shown.responses).toBe(90);
    expect(shown.drivers[0]?.column.text.en).toBe('contacts');
    expect(shown.drivers[0]?.alpha).toBeNull();
    expect('currency' in shown).toBe(false);
  });
});
