// Root causes from the most frequent on: bars, and above them the share that they make up together.
import type { EChartsType } from 'echarts/core';
import { useCallback, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { ComplaintReport } from '../../api/generated';
import { Chart, ExportMenu, svgOf } from '../../charts/chart';
import { escapeHtml, tooltipStyle } from '../../charts/trend';
import { Panel } from '../../components/page';
import { exact, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import type { Palette } from '../../theme';

const kMost = 12; // what comes after is written below
const kNameMax = 14;

export function Pareto({ report }: { report: ComplaintReport }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const chart = useRef<EChartsType | null>(null);
  const handle = useCallback((instance: EChartsType | null) => {
    chart.current = instance;
  }, []);
  const bars = report.pareto.slice(0, kMost);
  const option = useCallback((palette: Palette) => {
    const name = (at: number) => {
      const bar = bars[at];
      return bar ? `${t(`complaint.cause_${bar.cause_class}`)}${bar.cause && ` · ${bar.cause}`}` : '';
    };
    const short = (text: string) => (text.length > kNameMax ? `${text.slice(0, kNameMax - 1)}…` : text);
    return {
      grid: { left: 44, right: 52, top: 16, bottom: 92, outerBoundsMode: 'none' },
      tooltip: {
        trigger: 'axis', ...tooltipStyle(palette),
        formatter: (items: { dataIndex: number }[]) => {
          const at = items[0]?.dataIndex ?? 0;
          const bar = bars[at];
          return bar ? `${escapeHtml(name(at))}<br>${exact(bar.count, language)} · ${percent(bar.share, language)}<br>${escapeHtml(t('complaint.cumulative'))} ${percent(bar.cumulative, language)}` : '';
        },
      },
      xAxis: { type: 'category', data: bars.map((_, at) => short(bars[at]?.cause || name(at))), axisLabel: { color: palette.textSecondary, rotate: 40, interval: 0 }, axisLine: { lineStyle: { color: palette.border } } },
      yAxis: [
        { type: 'value', min: 0, minInterval: 1, axisLabel: { color: palette.textSecondary }, splitLine: { lineStyle: { color: palette.border } } },
        { type: 'value', min: 0, max: 1, axisLabel: { color: palette.textSecondary, formatter: (value: number) => percent(value, language, 0) }, splitLine: { show: false } },
      ],
      series: [
        { type: 'bar', data: bars.map((bar) => bar.count), itemStyle: { color: palette.accent }, barMaxWidth: 48 },
        { type: 'line', yAxisIndex: 1, data: bars.map((bar) => bar.cumulative), itemStyle: { color: palette.text }, lineStyle: { color: palette.text, width: 1.5 }, symbolSize: 6 },
      ],
    };
  }, [bars, t, language]);
  if (bars.length === 0) return <Panel title={t('complaint.pareto')}><p className="muted" style={{ margin: 0 }}>{t('complaint.no_causes')}</p></Panel>;
  return (
    <Panel
      title={t('complaint.pareto')} note={t('complaint.pareto_note', { n: exact(report.without_cause, language) })}
      tools={<ExportMenu name="root_causes" svg={() => svgOf(chart.current)} rows={() => report.pareto.map((bar) => ({ cause_class: bar.cause_class, cause: bar.cause, count: bar.count, share: bar.share, cumulative: bar.cumulative }))} />}
    >
      <Chart option={option} height={320} label={t('complaint.pareto')} points={bars.length} handle={handle} />
      {report.pareto.length > kMost && <p className="muted small">{t('complaint.pareto_more', { n: report.pareto.length - kMost })}</p>}
    </Panel>
  );
}
