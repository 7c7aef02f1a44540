import { describe, expect, it } from 'vitest';
import { keyFor } from './brands';
import { around } from './bursts';
import { placeOf } from './volume';
import { webAddress } from './words';

describe('marks of bursts', () => {
  it('fall on the day, week or month that they belong to', () => {
    const at = ['2026-03-01T16:00:00Z', '2026-03-02T16:00:00Z'];
    expect(placeOf(at, '2026-03-02T15:59:00Z')).toBe(0);
    expect(placeOf(at, '2026-03-02T16:00:00Z')).toBe(1);
    expect(placeOf(at, '2026-03-01T00:00:00Z')).toBe(-1);
  });

  it('show the hours around, cut at the ends of what is known', () => {
    const counts = Array.from({ length: 100 }, (_, hour) => hour);
    const shown = around('2026-03-01T00:00:00Z', counts, counts.map((hour) => (hour < 10 ? null : 1)), '2026-03-01T05:00:00Z', '2026-03-01T07:00:00Z');
    expect(shown).toHaveLength(7 + 36);
    expect(shown[0]).toEqual({ at: '2026-03-01T00:00:00.000Z', count: 0, expected: null, inside: false });
    expect(shown.filter((point) => point.inside).map((point) => point.count)).toEqual([5, 6]);
  });
});

describe('keys of new brands', () => {
  it('come from the name and are never taken', () => {
    expect(keyFor({ name_en: 'US Airways!' }, new Set())).toBe('us_airways');
    expect(keyFor({ name_zh: '东航' }, new Set(['brand']))).toBe('brand_2');
  });
});

describe('addresses of posts', () => {
  it('are links only where they are of the web', () => {
    expect(webAddress('https://social.example/1')).toBe('https://social.example/1');
    expect(webAddress('javascript:alert(1)')).toBeNull();
    expect(webAddress('')).toBeNull();
  });
});
