// Importance against performance: a point for each driver, its intervals as a cross, the means as axes.
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { SurveyDriver, SurveyDrivers } from '../../api/generated';
import { Chart, ExportMenu, svgOf } from '../../charts/chart';
import { escapeHtml, tooltipStyle, useTrendHandle } from '../../charts/trend';
import { Panel } from '../../components/page';
import { Formula } from '../../components/formula';
import { exact, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import type { Palette } from '../../theme';
import { columnTexts, shorten } from '../surveys/columns';

export const kColours: Record<NonNullable<SurveyDriver['quadrant']>, keyof Pick<Palette, 'good' | 'bad' | 'neutral' | 'accent'>> = {
  concentrate: 'bad', keep_up: 'good', low_priority: 'neutral', overkill: 'accent',
};

const ends = (values: (number | undefined)[]) => {
  const known = values.filter((value) => value !== undefined);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const room = (high - low || Math.abs(high) || 1) * 0.12;
  return [low - room, high + room] as const;
};

function useOption(found: SurveyDrivers) {
  const { t } = useTranslation();
  const language = useLanguage();
  return useCallback((palette: Palette) => {
    const { matrix, drivers } = found;
    const weight = (driver: SurveyDriver) => driver.relative_weight?.value ?? 0;
    const lines = [matrix?.performance_line, matrix?.importance_line] as const;
    const x = ends([lines[0], ...drivers.flatMap((driver) => [driver.performance.value, ...(driver.performance.interval ?? [])])]);
    const y = ends([lines[1], 0, ...drivers.flatMap((driver) => [weight(driver), ...(driver.relative_weight?.interval ?? [])])]);
    const low = Math.min(y[0], -0.07 * y[1]);  // room below for a driver that does nothing
    const still = { type: 'line', symbol: 'none', silent: true, tooltip: { show: false } };
    const corner = (name: string, at: [number, number], right: boolean, bottom: boolean) => ({
      ...still, symbol: 'circle', symbolSize: 0.01, data: [at], z: 1,
      label: {
        show: true, position: [right ? -4 : 4, bottom ? -4 : 4], align: right ? 'right' : 'left', verticalAlign: bottom ? 'bottom' : 'top',
        formatter: t(`drivers.quadrant_${name}`), color: palette.textSecondary, fontSize: 12,
      },
    });
    const axis = { type: 'value', nameLocation: 'middle', nameTextStyle: { color: palette.textSecondary }, splitLine: { show: false }, axisLine: { show: true, lineStyle: { color: palette.border } } };
    return {
      grid: { left: 58, right: 16, top: 14, bottom: 44, outerBoundsMode: 'none' },
      tooltip: {
        trigger: 'item', ...tooltipStyle(palette),
        formatter: (item: { seriesIndex: number }) => {
          const driver = drivers[item.seriesIndex];
          if (!driver) return '';
          return `<b>${escapeHtml(shorten(columnTexts(driver.column, language).text, 60))}</b><br>${escapeHtml(`${t('drivers.importance')} ${percent(weight(driver), language)}`)}<br>${escapeHtml(`${t('drivers.performance')} ${exact(driver.performance.value, language, 2)}`)}${driver.quadrant ? `<br>${escapeHtml(t(`drivers.quadrant_${driver.quadrant}`))}` : ''}`;
        },
      },
      xAxis: { ...axis, name: t(found.unit === 'percent' ? 'drivers.performance_percent' : 'drivers.performance_points', { least: found.least, most: found.most }), nameGap: 26, min: x[0], max: x[1], axisLabel: { color: palette.textSecondary, formatter: (value: number) => exact(value, language, 1), showMinLabel: false, showMaxLabel: false } },
      yAxis: { ...axis, name: t('drivers.importance'), nameGap: 44, min: low, max: y[1], axisLabel: { color: palette.textSecondary, formatter: (value: number) => (value < 0 ? '' : percent(value, language, 0)), showMaxLabel: false } },
      series: [
        ...drivers.map((driver) => ({
          type: 'line', symbol: 'circle', symbolSize: 12, cursor: 'default', data: [[driver.performance.value, weight(driver)]], z: 4,
          itemStyle: { color: driver.quadrant ? palette[kColours[driver.quadrant]] : palette.accent },
          label: { show: true, ...(driver.performance.value > (x[0] + x[1]) / 2 ? { position: [0, -11], align: 'right' } : { position: [12, -11], align: 'left' }), color: palette.text, fontSize: 12, formatter: () => shorten(columnTexts(driver.column, language).text, 18) },
          labelLayout: { moveOverlap: 'shiftY' },
        })),
        ...drivers.flatMap((driver) => [
          ...(driver.performance.interval ? [{ ...still, lineStyle: { color: palette.neutral, width: 1.2, opacity: 0.55 }, data: driver.performance.interval.map((value) => [value, weight(driver)]), z: 2 }] : []),
          ...(driver.relative_weight?.interval ? [{ ...still, lineStyle: { color: palette.neutral, width: 1.2, opacity: 0.55 }, data: driver.relative_weight.interval.map((value) => [driver.performance.value, value]), z: 2 }] : []),
        ]),
        ...(matrix ? [
          { ...still, lineStyle: { color: palette.passive, type: 'dashed', width: 1.2 }, data: [[matrix.performance_line, low], [matrix.performance_line, y[1]]] },
          { ...still, lineStyle: { color: palette.passive, type: 'dashed', width: 1.2 }, data: [[x[0], matrix.importance_line], [x[1], matrix.importance_line]] },
          corner('concentrate', [x[0], y[1]], false, false), corner('keep_up', [x[1], y[1]], true, false),
          corner('low_priority', [x[0], low], false, true), corner('overkill', [x[1], low], true, true),
        ] : []),
      ],
    };
  }, [found, t, language]);
}

export function Matrix({ found }: { found: SurveyDrivers }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { chart, handle } = useTrendHandle();
  const option = useOption(found);
  const title = t('drivers.matrix');
  const rows = () => found.drivers.map((driver) => ({ driver: driver.column.key, text: columnTexts(driver.column, language).text, importance: driver.relative_weight?.value ?? '', performance: driver.performance.value, quadrant: driver.quadrant ?? '' }));
  return (
    <Panel title={<>{title} <Formula name={title} text={t('drivers.matrix_formula')} source="Martilla, James (1977), Journal of Marketing 41(1):77–79" /></>} tools={found.matrix && <ExportMenu name="matrix" svg={() => svgOf(chart.current)} rows={rows} />}>
      {found.matrix
        ? <Chart option={option} height={400} label={t('drivers.matrix_label')} handle={handle} />
        : <p className="muted" style={{ margin: 0 }}>{t(`drivers.no_matrix_${found.no_matrix ?? 'single_driver'}`)}</p>}
      {found.drivers.some((driver) => driver.quadrant_clear === false) && <p className="muted small" style={{ margin: '8px 0 0' }}>{t('drivers.unclear')}</p>}
    </Panel>
  );
}
