// Mentions over time, a line for each brand, with the bursts marked on theirs.
import { Segmented } from 'antd';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Burst, ReputationReport } from '../../api/generated';
import { Chart, ExportMenu, svgOf } from '../../charts/chart';
import { escapeHtml, tooltipStyle, useTrendHandle } from '../../charts/trend';
import { Panel } from '../../components/page';
import { exact, shortDay } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useAddress } from '../../state/address';
import { usePalette } from '../../state/appearance';
import { useScope } from '../../state/filters';
import type { Palette } from '../../theme';
import { useBrandName } from './words';

const kLines = 8;

/** The point of the series that an instant belongs to; -1: none. */
export function placeOf(at: string[], when: string): number {
  const wanted = new Date(when).getTime();
  return at.findLastIndex((begin) => new Date(begin).getTime() <= wanted);
}

export function Volume({ report, bursts }: { report: ReputationReport; bursts: Burst[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { zone } = useScope();
  const name = useBrandName(report.brands);
  const { chart, handle } = useTrendHandle();
  const [of, setOf] = useAddress('of', 'all');
  const which = of === 'negative' ? 'negatives' : 'series';
  // Ours first, then those of whom most is said: more lines than these nobody tells apart.
  const lines = useMemo(() => report.brands.toSorted((a, b) => Number(b.own) - Number(a.own) || b.mentions - a.mentions).slice(0, kLines), [report.brands]);
  const option = useCallback((palette: Palette) => {
    const colour = (index: number) => palette.series[index % palette.series.length];
    const marks = (key: string, values: number[]) => {
      const places = new Set(bursts.filter((burst) => burst.brand === key && burst.of === (of === 'negative' ? 'negative' : 'all')).map((burst) => placeOf(report.at, burst.peak)));
      return values.map((value, index) => (places.has(index) ? value : null));
    };
    return {
      grid: { left: 54, right: 24, top: 16, bottom: 26, outerBoundsMode: 'none' },
      tooltip: {
        trigger: 'axis', ...tooltipStyle(palette),
        formatter: (items: { dataIndex: number }[]) => {
          const index = items[0]?.dataIndex ?? 0;
          const rows = lines.map((brand, line) => `<span style="color:${colour(line)}">●</span> ${escapeHtml(name(brand.key))} <b>${exact(brand[which][index] ?? 0, language)}</b>`);
          return `${escapeHtml(shortDay(report.at[index] ?? '', language, report.grain, zone))}<br>${rows.join('<br>')}`;
        },
      },
      xAxis: {
        type: 'category', data: report.at.map((at) => shortDay(at, language, report.grain, zone)), boundaryGap: false,
        axisLine: { lineStyle: { color: palette.border } }, axisTick: { show: false }, axisLabel: { color: palette.textSecondary, hideOverlap: true },
      },
      yAxis: { type: 'value', minInterval: 1, splitNumber: 4, splitLine: { lineStyle: { color: palette.border } }, axisLabel: { color: palette.textSecondary, formatter: (value: number) => exact(value, language) } },
      series: lines.flatMap((brand, line) => [
        { type: 'line', name: name(brand.key), data: brand[which], symbol: 'circle', symbolSize: 5, showSymbol: report.at.length <= 40, lineStyle: { width: brand.own ? 3 : 1.8, color: colour(line) }, itemStyle: { color: colour(line) }, z: brand.own ? 4 : 3 },
        { type: 'line', name: `${name(brand.key)} !`, data: marks(brand.key, brand[which]), symbol: 'diamond', symbolSize: 15, showSymbol: true, lineStyle: { opacity: 0 }, itemStyle: { color: palette.bad, borderColor: palette.surface, borderWidth: 2 }, tooltip: { show: false }, z: 5 },
      ]),
    };
  }, [report, bursts, lines, name, language, zone, which, of]);
  const rows = () => report.at.map((at, index) => Object.fromEntries([['at', at], ...lines.map((brand) => [name(brand.key), brand[which][index] ?? 0])]) as Record<string, string | number>);
  return (
    <Panel title={t('reputation.volume')} note={t('reputation.volume_note')} tools={(
      <>
        <Segmented size="small" value={of === 'negative' ? 'negative' : 'all'} onChange={setOf} options={[{ value: 'all', label: t('reputation.of_all') }, { value: 'negative', label: t('reputation.of_negative') }]} />
        <ExportMenu name="mentions" svg={() => svgOf(chart.current)} rows={rows} />
      </>
    )}>
      <Chart option={option} height={300} label={t('reputation.volume')} points={report.at.length} handle={handle} />
      <Legend brands={lines.map((brand) => ({ key: brand.key, name: name(brand.key) }))} />
    </Panel>
  );
}

function Legend({ brands }: { brands: { key: string; name: string }[] }) {
  const palette = usePalette();
  return <div className="legend">{brands.map((brand, index) => <span key={brand.key}><span className="dot" style={{ background: palette.series[index % palette.series.length] }} />{brand.name}</span>)}</div>;
}
