import { describe, expect, it } from 'vitest';
import { lacking, signedBy, span } from './experience_shape';

describe('the digital-experience score', () => {
  it('writes differences with a sign, and nothing without one', () => {
    expect(signedBy(1.25, 1)).toBe('+1.3');
    expect(signedBy(-4, 2)).toBe('−4.00');
    expect(signedBy(-0.004, 2)).toBe('0.00');
  });
  it('keeps whiskers on the bar', () => {
    expect(span(20, 130)).toEqual({ from: 20, width: 80 });
    expect(span(null, 10)).toBeNull();
  });
  it('says what weights lack', () => {
    expect(lacking({ a: 33.3, b: 33.3, c: 33.4 })).toBe(0);
    expect(lacking({ a: 60, b: 50 })).toBe(-10);
    expect(lacking({ a: 60, b: null })).toBe(40);
  });
});
