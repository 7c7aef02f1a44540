import { describe, expect, it } from 'vitest';
import type { BudgetChannel } from '../../api/generated';
import { broughtBy, curveShape } from './budget_shape';

const ranged = (value: number) => ({ value, low: value / 2, high: value * 2 });
const channel: BudgetChannel = {
  channel: 'tv', why: null, spent: 100, present: 5, least: 0, most: 20, carry: 0, slope: 2, half: null, share: ranged(0.1), average: ranged(2), marginal: ranged(2), better: 10,
  curve: [{ spend: 0, ...ranged(0) }, { spend: 10, ...ranged(20) }, { spend: 20, ...ranged(30) }],
};

describe('the picture of a response curve', () => {
  it('lies between its points on the straight line', () => {
    expect(broughtBy(channel, 5)).toBe(10);
    expect(broughtBy(channel, 15)).toBe(25);
    expect(broughtBy(channel, 99)).toBe(30);
    expect(broughtBy({ ...channel, curve: [] }, 5)).toBe(0);
  });
  it('fills the width and leaves room for the interval', () => {
    const shape = curveShape(channel, 200, 120);
    expect(shape.most).toEqual({ spend: 20, outcome: 60 });
    expect(shape.present).toEqual({ x: 50, y: 100 });
    expect(shape.line).toBe('M0.0 120.0 L100.0 80.0 L200.0 60.0');
    expect(shape.band.endsWith('Z')).toBe(true);
  });
});
