import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Card, MetricInfo } from '../api/generated';
import { startI18n } from '../i18n';
import { StatCard } from './metric';

const metric: MetricInfo = {
  key: 'nps', name_en: 'Net Promoter Score', name_zh: '净推荐值', group: 'index', unit: 'points', direction: 'up', formula_en: 'f', formula_zh: 'f', source: '', version: 1,
};
const card: Card = {
  metric: 'nps', value: 31.4, low: 28, high: 35, n: 1234, enough: true, currency: null, series: [],
  change: { value: -4.2, low: -6, high: -2, significant: true },
};
const show = (patch: Partial<Card>, onDrill = vi.fn(), compared = true) => {
  render(<StatCard card={{ ...card, ...patch }} metric={metric} name="Net Promoter Score" compared={compared} selected={false} onSelect={vi.fn()} onDrill={onDrill} />);
  return onDrill;
};

describe('an index card', () => {
  beforeAll(() => startI18n('en'));
  afterEach(cleanup);

  it('shows value, change, interval and sample', () => {
    show({});
    expect(screen.getByText('31.4')).toBeTruthy();
    expect(screen.getByText(/−4.2/).className).toContain('bad');
    expect(screen.getByText('95% interval 28 to 35')).toBeTruthy();
    expect(screen.getByText('n = 1,234')).toBeTruthy();
  });

  it('does not boast with few observations', () => {
    show({ enough: false, n: 7 });
    expect(screen.getByText('Not enough data (n = 7)')).toBeTruthy();
    expect(screen.queryByText('31.4')).toBeNull();
  });

  it('leads to the events behind it', () => {
    const drill = show({});
    screen.getByText('n = 1,234').click();
    expect(drill).toHaveBeenCalledOnce();
  });

  it('says that there is nothing to compare with', () => {
    show({ change: null });
    expect(screen.getByText('No comparison')).toBeTruthy();
  });

  it('is silent about a comparison that nobody asked for', () => {
    show({ change: null }, vi.fn(), false);
    expect(screen.queryByText('No comparison')).toBeNull();
  });

  it('says that there is nothing', () => {
    show({ value: null, n: 0, enough: false, low: null, high: null, change: null });
    expect(screen.getByText('No data')).toBeTruthy();
  });
});
