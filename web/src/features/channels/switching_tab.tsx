// From which channel to which: a matrix as heat, a chord picture, and how many hand-offs lost the context.
import { SwapOutlined } from '@ant-design/icons';
import { Segmented, Table } from 'antd';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useGetChannelSwitching, type ChannelSwitch, type ChannelSwitching, type Estimate } from '../../api/generated';
import { Chart, ExportMenu, svgOf } from '../../charts/chart';
import { escapeHtml, tooltipStyle, useTrendHandle } from '../../charts/trend';
import { DrillNumber } from '../../components/drill_number';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { Teach } from '../../components/teach';
import { Told } from '../../components/told';
import { duration, exact, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { useDrill, type Drill } from '../../state/drill';
import { useScope } from '../../state/filters';
import type { Palette } from '../../theme';

type Name = (key: string) => string;

/** Behind a switch stand the events at the channel it leads to. */
const behind = (from: string, to: string, name: Name, shown: string): Drill => ({ title: `${name(from)} → ${name(to)}`, channel: to, why: 'edge', shown });

function Degree({ label, words, found, none }: { label: string; words: string; found: Estimate | null; none: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <div className="ptree-measure">
      <span className="muted small">{label}</span>
      {found === null || found.value === null ? <span className="muted">{none}</span> : (
        <Told words={words}>
          <button type="button" className="link num" data-drill="told"><b>{percent(found.value, language)}</b> <span className="muted small">{found.low !== null && found.high !== null && t('metric.interval', { low: percent(found.low, language), high: percent(found.high, language) })}</span></button>
        </Told>
      )}
    </div>
  );
}

/** Channels by how often customers leave or enter them. */
export function channelsOf(items: ChannelSwitch[]): string[] {
  const sums = new Map<string, number>();
  for (const item of items) for (const key of [item.from, item.to]) sums.set(key, (sums.get(key) ?? 0) + item.count);
  return [...sums].toSorted((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([key]) => key);
}

function Matrix({ data, name }: { data: ChannelSwitching; name: Name }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const channels = useMemo(() => channelsOf(data.items), [data]);
  const cells = useMemo(() => new Map(data.items.map((item) => [`${item.from}>${item.to}`, item])), [data]);
  const largest = Math.max(1, ...data.items.map((item) => item.count));
  return (
    <Table size="small" pagination={false} scroll={{ x: 'max-content' }} rowKey="key" data-testid="switching-matrix" dataSource={channels.map((key) => ({ key }))} columns={[
      { title: t('channels.from_to'), key: 'from', fixed: 'start', render: (_, row) => <b className="nowrap">{name(row.key)}</b> },
      ...channels.map((to) => ({
        title: name(to), key: to, align: 'end' as const,
        onCell: (row: { key: string }) => {
          const share = (cells.get(`${row.key}>${to}`)?.count ?? 0) / largest;
          return { style: share > 0 ? { background: `color-mix(in srgb, var(--accent) ${Math.round(6 + 34 * Math.sqrt(share))}%, transparent)` } : {} };
        },
        render: (_: unknown, row: { key: string }) => {
          const cell = cells.get(`${row.key}>${to}`);
          if (!cell) return <span className="muted">{row.key === to ? '' : '·'}</span>;
          const shown = exact(cell.count, language);
          return <DrillNumber behind="explained" to={behind(row.key, to, name, shown)}>{shown}</DrillNumber>;
        },
      })),
    ]} />
  );
}

function Chord({ data, name, handle }: { data: ChannelSwitching; name: Name; handle: ReturnType<typeof useTrendHandle>['handle'] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { open } = useDrill();
  const channels = useMemo(() => channelsOf(data.items), [data]);
  const option = useCallback((palette: Palette) => ({
    tooltip: {
      ...tooltipStyle(palette), trigger: 'item',
      formatter: (item: { dataType: string; name: string; data: { source?: string; target?: string; value?: number } }) => {
        const { source = '', target = '', value = 0 } = item.data;
        return item.dataType === 'edge' ? `${escapeHtml(name(source))} → ${escapeHtml(name(target))}<br><b>${exact(value, language)}</b>` : escapeHtml(name(item.name));
      },
    },
    series: [{
      type: 'chord', radius: window.innerWidth < 768 ? ['48%', '54%'] : ['66%', '72%'], padAngle: 2, minAngle: 2,
      lineStyle: { color: 'source', opacity: 0.45 },
      emphasis: { focus: 'adjacency', lineStyle: { opacity: 0.8 } },
      labelLayout: { hideOverlap: true },
      label: { show: true, position: 'outside', color: palette.text, fontSize: window.innerWidth < 768 ? 10 : 12, formatter: (item: { name: string }) => name(item.name) },
      data: channels.map((key, at) => ({ name: key, itemStyle: { color: palette.series[at % palette.series.length] } })),
      links: data.items.map((item) => ({ source: item.from, target: item.to, value: item.count })),
    }],
  }), [data, channels, name, language]);
  return (
    <Chart option={option} height={460} label={t('channels.chord')} handle={handle} onClick={(event) => {
      const link = event.data as { source?: string; target?: string; value?: number } | null;
      if (link?.source && link.target) open(behind(link.source, link.target, name, exact(link.value ?? 0, language)));
      else if (event.name) open({ title: name(event.name), channel: event.name });
    }} />
  );
}

function Pairs({ data, name }: { data: ChannelSwitching; name: Name }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const number = (row: ChannelSwitch, value: number) => (value === 0 ? <span className="muted">0</span>
    : <DrillNumber behind="explained" to={behind(row.from, row.to, name, exact(value, language))}>{exact(value, language)}</DrillNumber>);
  return (
    <Table<ChannelSwitch & { key: string }> size="small" pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }} scroll={{ x: 'max-content' }}
      dataSource={data.items.map((item) => ({ ...item, key: `${item.from}>${item.to}` }))} columns={[
        { title: t('channels.from'), key: 'from', render: (_, row) => name(row.from) },
        { title: t('channels.to'), key: 'to', render: (_, row) => name(row.to) },
        { title: t('channels.switches'), key: 'count', align: 'end', render: (_, row) => number(row, row.count) },
        { title: t('channels.customers'), key: 'customers', align: 'end', render: (_, row) => number(row, row.customers) },
        { title: t('channels.gap'), key: 'median', align: 'end', render: (_, row) => <span className="num nowrap">{duration(row.median_ms, language)}</span> },
        { title: t('channels.carried'), key: 'carried', align: 'end', render: (_, row) => number(row, row.carried) },
        { title: t('channels.lost_identity'), key: 'identity', align: 'end', render: (_, row) => number(row, row.lost_identity) },
        { title: t('channels.lost_matter'), key: 'matter', align: 'end', render: (_, row) => number(row, row.lost_matter) },
      ]} />
  );
}

export function SwitchingTab() {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const { query, ready } = useScope();
  const { chart, handle } = useTrendHandle();
  const [picture, setPicture] = useState<'matrix' | 'chord'>('matrix');
  const found = useGetChannelSwitching(query, { enabled: ready, keep: true });
  const data = found.data;
  return (
    <Panel title={t('channels.switching')} note={data && t('channels.switches_note', { switches: exact(data.switches, language), switching: exact(data.switching, language), journeys: exact(data.journeys, language) })}
      tools={data && <ExportMenu name="switching" svg={() => svgOf(chart.current)} rows={() => data.items.map((item) => ({ ...item }))} />}>
      <Load query={found} rows={10}>
        {(shown) => (shown.items.length === 0 ? <Teach icon={<SwapOutlined />} title={t('channels.no_switch')} text={t('channels.no_switch_text')} /> : (
          <>
            <div className="ptree-measures" style={{ marginBottom: 12 }}>
              <Degree label={t('channels.degree')} words={t('channels.degree_words')} found={shown.degree} none="–" />
              <Degree label={t('channels.degree_told')} words={t('channels.degree_told_words', { untold: exact(shown.untold, language) })} found={shown.degree_told} none={t('channels.nothing_told')} />
              <div className="ptree-measure">
                <span className="muted small">{t('channels.connected')}</span>
                <Told words={t('channels.connected_words')}><button type="button" className="link num" data-drill="told"><b>{t('channels.of', { part: shown.connected, whole: shown.channels })}</b></button></Told>
              </div>
              <div className="ptree-measure">
                <span className="muted small">{t('channels.lost')}</span>
                <Told words={t('channels.lost_words')}><button type="button" className="link num" data-drill="told"><b>{exact(shown.lost, language)}</b></button></Told>
              </div>
            </div>
            <div className="filter-line">
              <Segmented<'matrix' | 'chord'> value={picture} onChange={setPicture} options={[{ value: 'matrix', label: t('channels.matrix') }, { value: 'chord', label: t('channels.chord') }]} />
            </div>
            {picture === 'matrix' ? <Matrix data={shown} name={names.channel} /> : <Chord data={shown} name={names.channel} handle={handle} />}
            <p className="muted small" style={{ margin: '8px 0 12px' }}>{t('channels.switch_note')}</p>
            <Pairs data={shown} name={names.channel} />
          </>
        ))}
      </Load>
    </Panel>
  );
}
