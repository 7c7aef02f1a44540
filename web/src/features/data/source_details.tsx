// One source in detail: its quality by day, what was repaired, where its events lead, and who answers for it.
import { App, Button, Drawer, Form, Input, Select, Tag, Tabs } from 'antd';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useChangeSource, useGetLineage, useGetQuality, useGetRepairs, type Lineage, type QualityAlert, type QualityDay, type RepairList, type Source, type SourceChange, type SourceQuality } from '../../api/generated';
import { Chart } from '../../charts/chart';
import { escapeHtml, tooltipStyle } from '../../charts/trend';
import { Load } from '../../components/load';
import { ProblemView } from '../../components/problem';
import { Told } from '../../components/told';
import { compact, exact, percent, shortDay } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useMay } from '../../state/session';
import { useMetricCatalogue, useNames } from '../../state/catalogue';
import type { Palette } from '../../theme';

export const kDimensions = ['completeness', 'validity', 'uniqueness', 'timeliness', 'consistency'] as const;

export function AlertTags({ alerts }: { alerts: QualityAlert[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return <>{alerts.map((alert) => <Tag key={alert.dimension ?? 'score'} color="error">{t('quality.dropped', { what: t(`quality.${alert.dimension ?? 'score'}`), value: percent(alert.value, language, 0), usual: percent(alert.usual, language, 0) })}</Tag>)}</>;
}

function QualityView({ quality }: { quality: SourceQuality }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const scored = quality.days.filter((item) => item.score !== null);
  const newest = scored[scored.length - 1];
  const today = quality.days[quality.days.length - 1];
  const value = useCallback((item: QualityDay, key: 'score' | (typeof kDimensions)[number]) => (key === 'score' ? item.score : item[key].value), []);
  const option = useCallback((palette: Palette) => ({
    tooltip: { ...tooltipStyle(palette), trigger: 'axis', valueFormatter: (number: unknown) => (typeof number === 'number' ? percent(number, language) : t('quality.too_little')) },
    grid: { left: 44, right: 104, top: 12, bottom: 26 },
    xAxis: { type: 'category', data: quality.days.map((item) => shortDay(`${item.day}T00:00:00Z`, language, 'day', 'UTC')) },
    yAxis: { type: 'value', max: 1, scale: true, axisLabel: { formatter: (number: number) => percent(number, language) } },
    series: (['score', ...kDimensions] as const).map((key, index) => ({
      type: 'line', name: t(`quality.${key}`), showSymbol: scored.length < 3, data: quality.days.map((item) => value(item, key)), lineStyle: { width: key === 'score' ? 3 : 1.2 }, itemStyle: { color: palette.series[index % palette.series.length] },
      endLabel: { show: true, formatter: t(`quality.${key}`), color: palette.series[index % palette.series.length], fontSize: 11 }, labelLayout: { moveOverlap: 'shiftY' },
    })),
  }), [quality, language, t, scored.length, value]);
  return (
    <>
      {quality.alerts.length > 0 && <div style={{ marginBottom: 10 }}><AlertTags alerts={quality.alerts} /></div>}
      {!newest
        ? <p>{t('quality.not_enough', { n: exact(today?.received ?? 0, language), needed: quality.enough })}</p>
        : (
          <>
            <dl className="facts" style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(104px, 1fr))' }}>
              {(['score', ...kDimensions] as const).map((key) => {
                const number = value(newest, key);
                return (
                  <div key={key}>
                    <dt>{t(`quality.${key}`)}</dt>
                    <dd><Told words={t(`quality.told_${key}`)}><button type="button" className="link num" data-drill="told">{number === null ? t('quality.too_little') : percent(number, language)}</button></Told></dd>
                  </div>
                );
              })}
            </dl>
            <Chart option={option} height={260} label={t('quality.title')} points={quality.days.length} />
          </>
        )}
    </>
  );
}

function RepairsView({ repairs }: { repairs: RepairList }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (repairs.items.length === 0) return <p className="muted">{t('quality.no_repairs')}</p>;
  const most = Math.max(...repairs.items.map((item) => item.count));
  return (
    <div style={{ display: 'grid', gap: 6 }}>
      {repairs.items.map((item) => (
        <div key={item.rule} style={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) 90px 70px', gap: 10, alignItems: 'center' }}>
          <span>{t(`rule.${item.rule}`)}{item.finding && <Tag color="orange" style={{ marginInlineStart: 6 }}>{t('quality.finding')}</Tag>}</span>
          <span style={{ height: 8, borderRadius: 2, background: item.finding ? 'var(--bad)' : 'var(--accent)', width: `${Math.max(2, (item.count / most) * 100)}%` }} />
          <span className="num" style={{ textAlign: 'end' }}>{exact(item.count, language)}</span>
        </div>
      ))}
    </div>
  );
}

/** Source → events → touchpoints → metrics, as bands; what has no touchpoint ends there. */
function LineageView({ source, lineage }: { source: Source; lineage: Lineage }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const { name: metricName } = useMetricCatalogue();
  const picture = useMemo(() => {
    const shown = lineage.events.slice(0, 20);
    const nodes = new Map<string, { id: string; label: string; depth: number }>();
    const links: { source: string; target: string; value: number; count: number }[] = [];
    const node = (id: string, label: string, depth: number) => nodes.set(id, { id, label, depth });
    node('source', source.name, 0);
    const perTouchpoint = new Map<string, number>();
    // Rare events stay visible: width grows with the logarithm of their number.
    const width = (count: number) => 1 + Math.log10(Math.max(1, count));
    for (const event of shown) {
      const id = `e:${event.type}:${event.name}`;
      node(id, event.name || t(`type.${event.type}`, { defaultValue: event.type }), 1);
      links.push({ source: 'source', target: id, value: width(event.count), count: event.count });
      if (!event.touchpoint) continue;
      node(`t:${event.touchpoint}`, names.touchpoint(event.touchpoint), 2);
      links.push({ source: id, target: `t:${event.touchpoint}`, value: width(event.count), count: event.count });
      perTouchpoint.set(event.touchpoint, (perTouchpoint.get(event.touchpoint) ?? 0) + width(event.count));
    }
    for (const metric of lineage.metrics) {
      for (const touchpoint of metric.touchpoints) {
        if (!nodes.has(`t:${touchpoint}`)) continue;
        node(`m:${metric.metric}`, metricName(metric.metric), 3);
        const of = lineage.metrics.filter((item) => item.touchpoints.includes(touchpoint)).length;
        links.push({ source: `t:${touchpoint}`, target: `m:${metric.metric}`, value: (perTouchpoint.get(touchpoint) ?? 1) / of, count: 0 });
      }
    }
    return { nodes: [...nodes.values()], links };
  }, [lineage, source, names, metricName, t]);
  const option = useCallback((palette: Palette) => {
    const labels = new Map(picture.nodes.map((item) => [item.id, item.label]));
    return {
      tooltip: {
        ...tooltipStyle(palette), trigger: 'item',
        formatter: (item: { dataType: string; data: { id?: string; source?: string; target?: string; count?: number } }) => (item.dataType === 'edge'
          ? `${escapeHtml(labels.get(item.data.source ?? '') ?? '')} → ${escapeHtml(labels.get(item.data.target ?? '') ?? '')}${item.data.count ? `<br><b>${exact(item.data.count, language)}</b>` : ''}`
          : escapeHtml(labels.get(item.data.id ?? '') ?? '')),
      },
      series: [{
        type: 'sankey', left: 4, right: 130, top: 8, bottom: 8, nodeWidth: 10, nodeGap: 7, draggable: false, nodeAlign: 'left', emphasis: { focus: 'adjacency' },
        data: picture.nodes.map((item) => ({ id: item.id, name: item.id, depth: item.depth, itemStyle: { color: palette.series[item.depth % palette.series.length], borderWidth: 0 } })),
        links: picture.links, lineStyle: { color: 'gradient', opacity: 0.3, curveness: 0.5 },
        label: { color: palette.text, fontSize: 11, position: 'right', width: 120, overflow: 'truncate', formatter: (item: { data: { id: string } }) => labels.get(item.data.id) ?? '' },
      }],
    };
  }, [picture, language]);
  if (lineage.events.length === 0) return <p className="muted">{t('quality.no_lineage')}</p>;
  return (
    <>
      <p className="muted small">{t('quality.lineage_text')}</p>
      <Chart option={option} height={Math.max(280, 22 * Math.max(lineage.events.slice(0, 20).length, lineage.metrics.length))} label={t('quality.lineage')} />
      <ul className="small" style={{ paddingInlineStart: 18 }}>
        {lineage.metrics.map((metric) => <li key={metric.metric}>{metricName(metric.metric)} ← {metric.touchpoints.map((key) => names.touchpoint(key)).join(', ')}</li>)}
      </ul>
    </>
  );
}

function SettingsView({ source }: { source: Source }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const names = useNames();
  const may = useMay()('manage_data');
  const invalidate = useInvalidate();
  const change = useChangeSource();
  const zones = useMemo(() => Intl.supportedValuesOf('timeZone').map((zone) => ({ value: zone, label: zone })), []);
  const submit = (values: SourceChange) => change.mutate({ id: source.id, body: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value ?? ''])) as SourceChange }, {
    onSuccess: () => {
      void message.success(t('source.changed'));
      void invalidate('listSources', 'listQuality');
    },
  });
  return (
    <Form<SourceChange> layout="vertical" disabled={!may} initialValues={{ owner: source.owner, region: source.region, zone: source.zone, channel: source.channel }} onFinish={submit} requiredMark={false}>
      <Form.Item name="owner" label={t('source.owner')} extra={t('source.owner_explain')}><Input maxLength={100} /></Form.Item>
      <Form.Item name="region" label={t('source.region')} extra={t('source.region_explain', { region: source.region_in_force || '–' })} rules={[{ pattern: /^([A-Z]{2})?$/, message: t('source.region_rule') }]}><Input maxLength={2} style={{ width: 90 }} /></Form.Item>
      <Form.Item name="zone" label={t('source.zone')}><Select showSearch options={zones} /></Form.Item>
      <Form.Item name="channel" label={t('source.channel')} extra={t('source.channel_explain')}><Select allowClear options={names.channels.map((key) => ({ value: key, label: names.channel(key) }))} /></Form.Item>
      {change.isError && <div style={{ marginBottom: 12 }}><ProblemView error={change.error} /></div>}
      <Button type="primary" htmlType="submit" loading={change.isPending}>{t('common.save')}</Button>
    </Form>
  );
}

export function SourceDetails({ source, onClose }: { source: Source | null; onClose: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const id = source?.id ?? '';
  const on = { enabled: source !== null };
  const quality = useGetQuality({ id, days: 30 }, on);
  const repairs = useGetRepairs({ id, days: 30 }, on);
  const lineage = useGetLineage({ id }, on);
  const received = quality.data?.days.reduce((sum, item) => sum + item.received, 0) ?? 0;
  return (
    <Drawer open={source !== null} onClose={onClose} title={source?.name} size="large" destroyOnHidden>
      {source && (
        <Tabs items={[
          { key: 'quality', label: t('quality.title'), children: <><Load query={quality}>{(data) => <QualityView quality={data} />}</Load>{quality.data && <p className="muted small">{t('quality.last_days', { days: 30, events: compact(received, language) })}</p>}</> },
          { key: 'repairs', label: t('quality.repairs'), children: <><p className="muted small">{t('quality.repairs_text')}</p><Load query={repairs}>{(data) => <RepairsView repairs={data} />}</Load></> },
          { key: 'lineage', label: t('quality.lineage'), children: <Load query={lineage}>{(data) => <LineageView source={source} lineage={data} />}</Load> },
          { key: 'settings', label: t('source.settings'), children: <SettingsView source={source} /> },
        ]} />
      )}
    </Drawer>
  );
}
