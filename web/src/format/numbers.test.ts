import { describe, expect, it } from 'vitest';
import { addDays, ago, coefficient, compact, day, duration, exact, isoDay, metricValue, moment, money, percent, shortDay } from './numbers';
import { csvCell, toCsv } from './export';
import { coarserGrain } from './grain';
import { pointRange } from './range';

describe('numbers', () => {
  it('shortens from ten thousand on, in the units of the language', () => {
    expect(compact(9_999, 'en')).toBe('9,999');
    expect(compact(12_345, 'en')).toBe('12.3K');
    expect(compact(4_560_000, 'en')).toBe('4.56M');
    expect(compact(12_345, 'zh')).toBe('1.23万');
    expect(compact(345_000_000, 'zh')).toBe('3.45亿');
    expect(compact(-20_000, 'en')).toBe('-20K');
  });

  it('leaves no minus before nothing, and something of a small coefficient', () => {
    expect(exact(-0.0001, 'en', 2)).toBe('0');
    expect(coefficient(-0.24312, 'en')).toBe('−0.243');
    expect(coefficient(-0.000417, 'en')).toBe('−0.00042');
    expect(coefficient(0, 'zh')).toBe('0');
  });

  it('writes a metric in its unit', () => {
    expect(metricValue(-14.52, 'points', 'en')).toBe('−14.5');
    expect(metricValue(0.381, 'share', 'zh')).toBe('38.1%');
    expect(metricValue(0.042, 'share', 'en', { signed: true })).toBe('+4.2 pp');
    expect(metricValue(0.042, 'share', 'zh', { signed: true })).toBe('+4.2 个百分点');
    expect(metricValue(4.1, 'score', 'en')).toBe('4.10');
    expect(metricValue(36, 'hours', 'en')).toBe('1.5 d');
    expect(metricValue(123_456, 'money', 'en', { currency: 'CNY' })).toBe('¥1,234.56');
    expect(metricValue(42, 'something new', 'en')).toBe('42');
  });

  it('knows the minor units of a currency, and survives an unknown one', () => {
    expect(money({ minor: '1999', currency: 'CNY' }, 'en')).toBe('¥19.99');
    expect(money({ minor: '1999', currency: 'JPY' }, 'en')).toBe('JP¥1,999');
    expect(money({ minor: '-1999', currency: 'EUR' }, 'en')).toBe('−€19.99');
    expect(money({ minor: '100', currency: 'nonsense' }, 'en')).toBe('nonsense 1.00');
  });

  it('writes durations with one unit', () => {
    expect(duration(640, 'en')).toBe('640 ms');
    expect(duration(90_000, 'zh')).toBe('1.5 分钟');
    expect(duration(3 * 86_400_000, 'en')).toBe('3 d');
  });

  it('writes days as each language does, in the business time zone', () => {
    const lateEvening = '2026-11-20T17:30:00Z';
    expect(day(lateEvening, 'en', 'Asia/Shanghai')).toBe('21 Nov 2026');
    expect(day(lateEvening, 'zh', 'Asia/Shanghai')).toBe('2026年11月21日');
    expect(moment(lateEvening, 'zh', 'Asia/Shanghai')).toBe('2026年11月21日 01:30');
    expect(shortDay('2026-09-01T00:00:00Z', 'en', 'day', 'UTC')).toBe('1 Sep');
    expect(isoDay(new Date(lateEvening), 'Asia/Shanghai')).toBe('2026-11-21');
    expect(addDays('2026-02-28', 1)).toBe('2026-03-01');
    expect(ago('2026-11-20T14:30:00Z', 'en', Date.parse(lateEvening))).toBe('3 hours ago');
    expect(percent(0.5, 'en')).toBe('50%');
  });

  it('names the days of a point, also where local midnight lies on the day before and a day has 23 hours', () => {
    expect(pointRange('2026-01-31T16:00:00Z', 'month', 'Asia/Shanghai')).toEqual({ from: '2026-02-01', to: '2026-03-01' });
    expect(pointRange('2026-11-30T16:00:00Z', 'month', 'Asia/Shanghai')).toEqual({ from: '2026-12-01', to: '2027-01-01' });
    expect(pointRange('2026-11-15T16:00:00Z', 'week', 'Asia/Shanghai')).toEqual({ from: '2026-11-16', to: '2026-11-23' });
    expect(pointRange('2026-03-28T23:00:00Z', 'day', 'Europe/Berlin')).toEqual({ from: '2026-03-29', to: '2026-03-30' });
  });
});

describe('the grain of a sparse series', () => {
  const series = (points: number, known: number) => Array.from({ length: points }, (_, index) => ({ at: '', value: index < known ? 1 : null, low: null, high: null, n: 1 }));
  it('grows until a point has enough observations', () => {
    expect(coarserGrain(series(60, 60), 5_000, 'day')).toBeUndefined();
    expect(coarserGrain(series(60, 2), 120, 'day')).toBe('week');
    expect(coarserGrain(series(180, 0), 150, 'day')).toBe('month');
    expect(coarserGrain(series(60, 0), 50, 'day')).toBe('week');
    expect(coarserGrain(series(20, 0), 50, 'day')).toBeUndefined();
    expect(coarserGrain(series(10, 0), 5, 'month')).toBeUndefined();
    expect(coarserGrain(series(60, 0), 0, 'day')).toBeUndefined();
  });
});

describe('csv', () => {
  it('quotes what needs it and defuses formulas', () => {
    expect(csvCell('a,"b"')).toBe('"a,""b"""');
    expect(csvCell('=HYPERLINK("http://x")')).toMatch(/^"'=/);
    expect(csvCell(-3)).toBe('-3');
    expect(toCsv([{ a: 1, b: '中文' }, { a: 2, b: 'x\ny' }])).toBe('a,b\r\n1,中文\r\n2,"x\ny"');
    expect(toCsv([])).toBe('');
  });
});
