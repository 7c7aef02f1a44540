import { describe, expect, it } from 'vitest';
import { curveHeight, curveLevel, signed } from './map_shape';

describe('the curve of feelings', () => {
  it('has 0 in the middle, good above and bad below', () => {
    expect(curveLevel(0)).toBe(curveHeight / 2);
    expect(curveLevel(1)).toBeLessThan(curveLevel(0));
    expect(curveLevel(1) + curveLevel(-1)).toBe(curveHeight);
  });
  it('stays inside whatever comes', () => {
    expect(curveLevel(5)).toBe(curveLevel(1));
    expect(curveLevel(-5)).toBe(curveLevel(-1));
  });
  it('writes signs', () => {
    expect(signed(-0.25)).toBe('−0.25');
    expect(signed(-0.001)).toBe('0.00');
  });
});
