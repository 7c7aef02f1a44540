// Paths as a Sankey picture: width is the number of journeys, columns are steps.
import { Table } from 'antd';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Paths } from '../../api/generated';
import { Chart, ExportMenu, svgOf } from '../../charts/chart';
import { escapeHtml, tooltipStyle, useTrendHandle } from '../../charts/trend';
import { Panel } from '../../components/page';
import { exact, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import type { Palette } from '../../theme';

const kLinksShown = 10;

/** The widest bands in words, for those who read or use the keyboard. */
function LinkTable({ paths, name, onLink }: { paths: Paths; name: (key: string) => string; onLink: (from: string, to: string, shown: string) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const byId = new Map(paths.nodes.map((node) => [node.id, node]));
  const rows = paths.links.toSorted((a, b) => b.count - a.count).slice(0, kLinksShown).flatMap((link) => {
    const [from, to] = [byId.get(link.source), byId.get(link.target)];
    return from && to ? [{ key: `${link.source}>${link.target}`, from, to, count: link.count }] : [];
  });
  return (
    <Table size="small" pagination={false} dataSource={rows} scroll={{ x: 'max-content' }} columns={[
      { title: t('journey.step'), key: 'position', render: (_, row) => row.from.position + 1 },
      { title: t('journey.from'), key: 'from', render: (_, row) => name(row.from.key) },
      { title: t('journey.to'), key: 'to', render: (_, row) => name(row.to.key) },
      {
        title: t('journey.journeys'), key: 'count', align: 'end',
        render: (_, row) => <button type="button" className="link num" data-drill="explained" onClick={() => onLink(row.from.key, row.to.key, exact(row.count, language))}>{exact(row.count, language)}</button>,
      },
      { title: t('journey.share'), key: 'share', align: 'end', render: (_, row) => <span className="num">{percent(row.count / Math.max(1, row.from.count), language)}</span> },
    ]} />
  );
}

export function SankeyPanel({ paths, name, controls, onPick, onLink }: { paths: Paths; name: (key: string) => string; controls: React.ReactNode; onPick: (key: string, shown: string) => void; onLink: (from: string, to: string, shown: string) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { chart, handle } = useTrendHandle();
  const keys = useMemo(() => [...new Set(paths.nodes.map((node) => node.key))], [paths]);
  const option = useCallback((palette: Palette) => {
    const byId = new Map(paths.nodes.map((node) => [node.id, node]));
    const colour = (key: string) => (key === 'end' || key === 'other' ? palette.passive : palette.series[keys.filter((k) => k !== 'end' && k !== 'other').indexOf(key) % palette.series.length]);
    const narrow = window.innerWidth < 768;
    return {
      tooltip: {
        ...tooltipStyle(palette), trigger: 'item',
        formatter: (item: { dataType: string; data: { id?: string; source?: string; target?: string; value?: number } }) => {
          const { source, target, id, value = 0 } = item.data;
          if (item.dataType === 'edge') {
            const share = value / Math.max(1, byId.get(source ?? '')?.count ?? 1);
            return `${escapeHtml(name(byId.get(source ?? '')?.key ?? ''))} → ${escapeHtml(name(byId.get(target ?? '')?.key ?? ''))}<br><b>${exact(value, language)}</b> · ${percent(share, language)}`;
          }
          const node = byId.get(id ?? '');
          return node ? `${escapeHtml(name(node.key))}<br><b>${exact(node.count, language)}</b> · ${percent(node.count / Math.max(1, paths.journeys), language)}` : '';
        },
      },
      series: [{
        type: 'sankey', left: 4, right: narrow ? 70 : 130, top: 8, bottom: 8, nodeWidth: 12, nodeGap: 10, draggable: false, layoutIterations: 32,
        emphasis: { focus: 'adjacency' },
        data: paths.nodes.map((node) => ({
          id: node.id, name: node.id, value: node.count, depth: node.position, itemStyle: { color: colour(node.key), borderWidth: 0 },
        })),
        links: paths.links.map((link) => ({ source: link.source, target: link.target, value: link.count })),
        lineStyle: { color: 'gradient', opacity: palette.dark ? 0.34 : 0.28, curveness: 0.5 },
        label: {
          color: palette.text, fontSize: narrow ? 10 : 12, position: 'right', width: narrow ? 64 : 124, overflow: 'truncate',
          formatter: (item: { data: { id: string } }) => name(byId.get(item.data.id)?.key ?? ''),
        },
        labelLayout: { hideOverlap: true },
      }],
    };
  }, [paths, keys, name, language]);
  return (
    <Panel title={t('journey.paths')} note={t('journey.covers', { share: percent(paths.shown / Math.max(1, paths.journeys), language, 0), count: paths.journeys, shown: exact(paths.journeys, language) })}
      tools={<ExportMenu name="paths" svg={() => svgOf(chart.current)} rows={() => paths.links.map((link) => ({ source: link.source, target: link.target, count: link.count }))} />}>
      {controls}
      <Chart option={option} height={460} label={t('journey.paths')} handle={handle}
        onClick={(event) => {
          const data = event.data as { id?: string; source?: string; target?: string; value?: number };
          const find = (id?: string) => paths.nodes.find((candidate) => candidate.id === id);
          const [from, to] = [find(data.source), find(data.target)];
          if (from && to) return onLink(from.key, to.key, exact(data.value ?? 0, language));
          const node = find(data.id);
          return node && onPick(node.key, exact(node.count, language));
        }} />
      <p className="muted small" style={{ margin: '8px 0 12px' }}>{t('journey.click_note')}</p>
      <LinkTable paths={paths} name={name} onLink={onLink} />
    </Panel>
  );
}
