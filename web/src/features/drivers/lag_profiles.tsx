// Each link at every lag that was tried: slope with interval, the chosen lag marked.
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChainLink, DriverChain } from '../../api/generated';
import { Chart, ExportMenu, svgOf } from '../../charts/chart';
import { escapeHtml, tooltipStyle, useTrendHandle } from '../../charts/trend';
import { Panel } from '../../components/page';
import { percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import type { Palette } from '../../theme';
import { signed, useStageName } from './chain_picture';

function Profile({ link, found }: { link: ChainLink; found: DriverChain }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const stage = useStageName(found);
  const { chart, handle } = useTrendHandle();
  const title = `${stage(link.from)} → ${stage(link.to)}`;
  const names = useMemo(() => link.lags.map((at) => (at.lag === 0 ? t('chain.same_period') : t(`chain.after_${found.grain}`, { count: at.lag }))), [link, found.grain, t]);
  const option = useCallback((palette: Palette) => {
    const lags = link.lags.map((at) => at.lag);  // the axis reaches half a step beyond them
    const still = { type: 'line', symbol: 'none', silent: true, tooltip: { show: false } };
    const axis = { nameLocation: 'middle', nameTextStyle: { color: palette.textSecondary }, splitLine: { show: false }, axisLine: { show: true, onZero: false, lineStyle: { color: palette.border } } };
    return {
      grid: { left: 70, right: 14, top: 12, bottom: 42, outerBoundsMode: 'none' },
      tooltip: {
        trigger: 'item', ...tooltipStyle(palette),
        formatter: (item: { dataIndex: number }) => {
          const at = link.lags[item.dataIndex];
          if (!at) return '';
          const lines = [names[item.dataIndex] ?? '', `${t('chain.slope')} ${signed(at.slope.value, language, 3)}`, `R² ${percent(at.r2, language)}`, t('chain.chosen_share', { share: percent(at.chosen_share, language, 0) })];
          return lines.map(escapeHtml).join('<br>');
        },
      },
      xAxis: { ...axis, type: 'value', name: t(`chain.lag_${found.grain}`), nameGap: 26, min: -0.5, max: link.lags.length - 0.5, axisTick: { customValues: lags }, axisLabel: { customValues: lags, color: palette.textSecondary } },
      yAxis: { ...axis, type: 'value', name: t('chain.slope'), nameGap: 52, scale: true, axisLabel: { color: palette.textSecondary, formatter: (value: number) => signed(value, language, 2) } },
      series: [
        {
          type: 'line', symbol: 'circle', symbolSize: 11, cursor: 'default', lineStyle: { width: 0 }, z: 4,
          data: link.lags.map((at) => ({ value: [at.lag, at.slope.value], itemStyle: { color: at.lag === link.lag ? palette.accent : palette.neutral } })),
        },
        ...link.lags.flatMap((at) => (at.slope.interval ? [{ ...still, z: 2, lineStyle: { color: at.lag === link.lag ? palette.accent : palette.neutral, width: 1.6 }, data: at.slope.interval.map((value) => [at.lag, value]) }] : [])),
        { ...still, z: 1, lineStyle: { color: palette.passive, type: 'dashed', width: 1 }, data: [[-0.5, 0], [link.lags.length - 0.5, 0]] },
      ],
    };
  }, [found.grain, link, names, t, language]);
  const rows = () => link.lags.map((at) => ({ from: link.from, to: link.to, lag: at.lag, slope: at.slope.value, low: at.slope.interval?.[0] ?? '', high: at.slope.interval?.[1] ?? '', standardised: at.standardised, r2: at.r2, chosen_share: at.chosen_share }));
  return (
    <Panel title={title} note={t('chain.rows', { rows: link.rows, units: link.units, periods: link.periods })} tools={<ExportMenu name={`${link.from}-${link.to}`} svg={() => svgOf(chart.current)} rows={rows} />}>
      <Chart option={option} height={210} label={t('chain.profile_label', { name: title })} handle={handle} />
    </Panel>
  );
}

export function LagProfiles({ found }: { found: DriverChain }) {
  return <div className="grid half">{found.links.map((link) => <Profile key={link.from} link={link} found={found} />)}</div>;
}
