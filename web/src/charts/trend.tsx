// A metric over time with the band of its 95% interval.
import type { EChartsType } from 'echarts/core';
import { useCallback, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Point } from '../api/generated';
import { exact, shortDay } from '../format/numbers';
import { useLanguage } from '../i18n';
import type { Palette } from '../theme';
import { Chart, ExportMenu, svgOf } from './chart';

export interface TrendProps {
  name: string;
  series: Point[];
  grain: string;
  zone: string | undefined;
  write: (value: number) => string;
  onPoint?: (point: Point) => void;
  height?: number;
  /** The axis never leaves these, however round the next number is. */
  bounds?: readonly [number, number] | undefined;
}

/** Text that came from outside goes into ECharts' HTML tooltips only through here. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

export function tooltipStyle(palette: Palette) {
  return {
    backgroundColor: palette.surface, borderColor: palette.border, padding: [8, 12],
    textStyle: { color: palette.text, fontSize: 13 }, extraCssText: 'box-shadow:0 4px 16px rgb(0 0 0 / .12)', confine: true,
  };
}

export function useTrendHandle() {
  const chart = useRef<EChartsType | null>(null);
  const handle = useCallback((instance: EChartsType | null) => {
    chart.current = instance;
  }, []);
  return { chart, handle };
}

export function TrendExport({ name, series, chart }: { name: string; series: Point[]; chart: { current: EChartsType | null } }) {
  return (
    <ExportMenu
      name={name} svg={() => svgOf(chart.current)}
      rows={() => series.map((point) => ({ at: point.at, value: point.value ?? '', low: point.low ?? '', high: point.high ?? '', n: point.n }))}
    />
  );
}

/** Ends the axis at a bound that the values come near to; elsewhere it is chosen by the values. */
function limits(bounds: readonly [number, number] | undefined) {
  if (!bounds) return {};
  const near = (bounds[1] - bounds[0]) * 0.1;
  return {
    min: (extent: { min: number }) => (extent.min - near < bounds[0] ? bounds[0] : null),
    max: (extent: { max: number }) => (extent.max + near > bounds[1] ? bounds[1] : null),
  };
}

export function Trend({ name, series, grain, zone, write, onPoint, height = 300, bounds, handle }: TrendProps & { handle?: (chart: EChartsType | null) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const option = useCallback((palette: Palette) => {
    const band = (lower: boolean) => series.map((point) => {
      if (point.low === null || point.high === null) return null;
      return lower ? point.low : point.high - point.low;
    });
    const hasBand = series.some((point) => point.low !== null && point.high !== null && point.low !== point.high);
    const silent = { type: 'line', stack: 'band', stackStrategy: 'all', symbol: 'none', silent: true, lineStyle: { opacity: 0 }, tooltip: { show: false }, z: 1 };
    const labels = series.flatMap((point) => [point.low, point.high, point.value].filter((value) => value !== null).map((value) => write(value).length));
    const lows = series.flatMap((point) => [point.low, point.value]).filter((value) => value !== null);
    return {
      grid: { left: 18 + 7 * Math.max(3, ...labels), right: 34, top: 16, bottom: 26, outerBoundsMode: 'none' },
      tooltip: {
        trigger: 'axis', ...tooltipStyle(palette),
        formatter: (items: { dataIndex: number }[]) => {
          const point = series[items[0]?.dataIndex ?? 0];
          if (!point) return '';
          const interval = point.low !== null && point.high !== null && point.low !== point.high
            ? `<br>${escapeHtml(t('metric.interval', { low: write(point.low), high: write(point.high) }))}` : '';
          const value = point.value === null ? t('metric.none') : write(point.value);
          return `${escapeHtml(shortDay(point.at, language, grain, zone))}<br><b>${escapeHtml(value)}</b>${interval}<br>${escapeHtml(t('metric.n', { n: exact(point.n, language) }))}`;
        },
      },
      xAxis: {
        type: 'category', data: series.map((point) => shortDay(point.at, language, grain, zone)), boundaryGap: false,
        axisLine: { lineStyle: { color: palette.border } }, axisTick: { show: false }, axisLabel: { color: palette.textSecondary, hideOverlap: true },
      },
      yAxis: {
        type: 'value', ...limits(bounds), scale: Math.min(...lows) !== 0, splitNumber: 4, splitLine: { lineStyle: { color: palette.border } },
        axisLabel: { color: palette.textSecondary, formatter: (value: number) => write(value) },
      },
      series: [
        {
          type: 'line', name, data: series.map((point) => point.value), symbol: 'circle', symbolSize: 6, showSymbol: series.length <= 40,
          cursor: onPoint ? 'pointer' : 'default', lineStyle: { width: 2.2, color: palette.accent }, itemStyle: { color: palette.accent }, z: 3,
        },
        ...(hasBand ? [
          { ...silent, data: band(true) },
          { ...silent, data: band(false), areaStyle: { color: palette.accent, opacity: 0.14 } },
        ] : []),
      ],
    };
  }, [series, grain, zone, write, name, language, t, onPoint, bounds]);
  if (series.every((point) => point.value === null)) return <p className="muted" style={{ margin: 0 }}>{t('chart.too_few')}</p>;
  return (
    <Chart
      option={option} height={height} label={t('chart.trend', { name })} points={series.length} {...(handle && { handle })}
      onClick={(event) => {
        const point = series[event.dataIndex];
        if (point) onPoint?.(point);
      }}
    />
  );
}
