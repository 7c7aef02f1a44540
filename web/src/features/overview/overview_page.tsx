// How are we doing, and what changed? Index cards, the chosen one over time, where customers meet us, what arrives now.
import { DatabaseOutlined, TeamOutlined } from '@ant-design/icons';
import { Button, Segmented, Skeleton } from 'antd';
import { useCallback, useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { useGetMetric, useGetOverview, type Card, type Overview } from '../../api/generated';
import { Trend, TrendExport, useTrendHandle } from '../../charts/trend';
import { Bars, type Bar } from '../../components/bars';
import { DrillNumber } from '../../components/drill_number';
import { IntervalGroups } from '../../components/interval_groups';
import { Load } from '../../components/load';
import { ChangeMark, MetricHelp, StatCard } from '../../components/metric';
import { Page, Panel, PanelSkeleton } from '../../components/page';
import { ProblemView } from '../../components/problem';
import { Teach } from '../../components/teach';
import { coarserGrain, type Grain } from '../../format/grain';
import { ago, compact, day, exact, metricValue, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { usePalette } from '../../state/appearance';
import { useMetricCatalogue, useNames } from '../../state/catalogue';
import { useDrill } from '../../state/drill';
import { comparison, filterSearch, useFilters, useScope } from '../../state/filters';
import { useMay } from '../../state/session';
import { pointRange } from '../../format/range';
import { LiveCounter } from './live_counter';

function Cards({ overview, chosen, choose }: { overview: Overview; chosen: string; choose: (key: string) => void }) {
  const metrics = useMetricCatalogue();
  const { filters } = useFilters();
  const { open } = useDrill();
  const compared = comparison(filters) !== 'none';
  return (
    <div className="grid cards">
      {overview.cards.toSorted((a, b) => Number(a.value === null) - Number(b.value === null)).map((card) => (
        <StatCard
          key={card.metric} card={card} metric={metrics.find(card.metric)} name={metrics.name(card.metric)}
          compared={compared} selected={card.metric === chosen}
          onSelect={() => choose(card.metric)} onDrill={() => open({ title: metrics.name(card.metric), metric: card.metric, why: 'index' })}
        />
      ))}
    </div>
  );
}

/** Values of these units have ends; the axis keeps to them. */
const kBounds: Record<string, readonly [number, number]> = { points: [-100, 100], share: [0, 1] };

type By = 'channel' | 'touchpoint' | 'stage' | 'unit';

/** Units of sums, which a bar from zero shows best; the others are points on a scale. */
const kSums = new Set(['count', 'money']);

/** The chosen metric group by group: where it is high or low. */
function Breakdown({ metricKey }: { metricKey: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const palette = usePalette();
  const names = useNames();
  const metrics = useMetricCatalogue();
  const { open } = useDrill();
  const { query, ready } = useScope();
  const [by, setBy] = useState<By>('channel');
  const result = useGetMetric({ key: metricKey, ...query, by, compare: 'none' }, { enabled: ready, keep: true });
  const unit = metrics.find(metricKey)?.unit ?? 'count';
  return (
    <Panel title={t('overview.breakdown')} tools={(
      <Segmented<By> size="small" value={by} onChange={setBy} options={(['channel', 'touchpoint', 'stage', 'unit'] as const).map((value) => ({ value, label: t(`by.${value}`) }))} />
    )}>
      <Load query={result}>
        {(data) => {
          const groups = data.groups.slice(0, 12);
          const pick = (group: string) => open({ title: `${metrics.name(metricKey)} · ${names[by](group)}`, metric: metricKey, why: 'index', [by === 'unit' ? 'units' : by]: group });
          const write = (value: number) => metricValue(value, unit, language, { currency: data.currency });
          if (groups.length === 0) return <p className="muted">{t('overview.no_breakdown')}</p>;
          if (!kSums.has(unit)) {
            return <IntervalGroups groups={groups} overall={data.value} direction={metrics.find(metricKey)?.direction ?? 'none'} name={names[by]} write={write} onPick={pick} />;
          }
          const largest = Math.max(...groups.map((group) => group.value ?? 0), 1e-9);
          return (
            <Bars onPick={pick} bars={groups.map((group) => ({
              key: group.group, label: names[by](group.group), colour: palette.accent, length: Math.max(0, group.value ?? 0) / largest,
              end: group.value === null ? '–' : write(group.value), hint: t('metric.n', { n: exact(group.n, language) }),
            }))} />
          );
        }}
      </Load>
    </Panel>
  );
}

/** One metric as the main picture; of a card, or any other of the catalogue by address. */
function MainPicture({ metricKey, card, grain }: { metricKey: string; card: Card | undefined; grain: Grain }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const metrics = useMetricCatalogue();
  const { filters } = useFilters();
  const { query, zone, ready } = useScope();
  const { open } = useDrill();
  const { chart, handle } = useTrendHandle();
  const longer = card && coarserGrain(card.series, card.n, grain);
  const asked = useGetMetric({ key: metricKey, ...query, compare: comparison(filters), ...(longer && { grain: longer }) }, { enabled: ready && (!card || longer !== undefined), keep: true });
  const shown = card ?? asked.data;
  const own = !card || longer !== undefined;
  const series = own ? asked.data?.series : card.series;
  const shownGrain = own ? (asked.data?.grain ?? grain) : grain;
  const metric = metrics.find(metricKey);
  const name = metrics.name(metricKey);
  const currency = shown?.currency ?? null;
  const write = useCallback((value: number) => metricValue(value, metric?.unit ?? 'count', language, { currency }), [metric, language, currency]);
  const point = useCallback((at: string) => {
    open({ title: name, metric: metricKey, why: 'index', ...pointRange(at, shownGrain, zone) });
  }, [open, name, metricKey, shownGrain, zone]);
  const onPoint = useCallback((target: { at: string }) => point(target.at), [point]);
  if (asked.isError && own) return <Panel title={name}><ProblemView error={asked.error} retry={() => void asked.refetch()} /></Panel>;
  return (
    <Panel title={<>{name} <MetricHelp metric={metric} /></>}
      note={shown && <>{shown.value !== null && shown.enough && <b className="num" style={{ color: 'var(--text)' }}>{write(shown.value)}</b>}{' '}{shown.enough && <ChangeMark change={shown.change} metric={metric} currency={currency} compared={comparison(filters) !== 'none'} />}</>}
      tools={<TrendExport name={metricKey} series={series ?? []} chart={chart} />}>
      {series ? <Trend name={name} series={series} grain={shownGrain} zone={zone} write={write} onPoint={onPoint} handle={handle} bounds={kBounds[metric?.unit ?? '']} /> : <PanelSkeleton rows={7} />}
      <p className="muted small" style={{ margin: '8px 0 0' }}>{t('overview.picture_note')}</p>
    </Panel>
  );
}

function ChannelMix({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const palette = usePalette();
  const names = useNames();
  const { open } = useDrill();
  const unmapped = 1 - overview.channel_mix.reduce((sum, item) => sum + item.share, 0);
  const largest = Math.max(...overview.channel_mix.map((item) => item.share), unmapped, 1e-9);
  const bars: Bar[] = overview.channel_mix.map((item, index) => ({
    key: item.channel, label: names.channel(item.channel), length: item.share / largest, colour: palette.series[index % palette.series.length] ?? palette.accent,
    end: <><b>{percent(item.share, language)}</b> <span className="muted small">{compact(item.events, language)}</span></>,
    behind: 'events', count: item.events, hint: t('overview.mix_hint', { events: exact(item.events, language), customers: exact(item.customers, language) }),
  }));
  if (unmapped > 0.0005) {
    bars.push({
      key: '', label: t('common.unmapped'), length: unmapped / largest, colour: palette.passive, to: '/settings?view=touchpoints',
      end: <b>{percent(unmapped, language)}</b>, hint: t('overview.mix_unmapped'),
    });
  }
  return (
    <Panel title={t('overview.mix')} note={t('overview.mix_note')}>
      <Bars
        onPick={(channel) => open({ title: names.channel(channel), channel })}
        bars={bars}
      />
    </Panel>
  );
}

function Nothing({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const may = useMay();
  const { zone } = useScope();
  const { setFilters } = useFilters();
  if (overview.data_from && overview.data_to) {
    return (
      <Panel><Teach icon={<DatabaseOutlined />} title={t('overview.empty_range')}
        text={t('overview.empty_range_text', { from: day(overview.data_from, language, zone), to: day(overview.data_to, language, zone) })}
        action={<Button type="primary" onClick={() => setFilters({ range: 'all', units: [], channels: [] })}>{t('overview.show_all')}</Button>} /></Panel>
    );
  }
  return (
    <Panel><Teach icon={<DatabaseOutlined />} title={t('overview.empty')} text={t('overview.empty_text')}
      action={may('manage_data') && <Link to="/data"><Button type="primary">{t('overview.connect')}</Button></Link>} /></Panel>
  );
}

function CardsSkeleton() {
  return (
    <>
      <div className="grid cards">{Array.from({ length: 6 }, (_, index) => <div key={index} className="stat" style={{ height: 154 }}><Skeleton active title={false} paragraph={{ rows: 3 }} /></div>)}</div>
      <div className="section"><Panel><PanelSkeleton rows={8} /></Panel></div>
    </>
  );
}

function Content({ overview }: { overview: Overview }) {
  const [params, setParams] = useSearchParams();
  const chosen = params.get('metric') ?? (overview.cards.find((card) => card.value !== null) ?? overview.cards[0])?.metric ?? '';
  const choose = (metric: string) => setParams((current) => {
    const address = new URLSearchParams(current);
    address.set('metric', metric);
    return address;
  }, { replace: true });
  if (overview.totals.events === 0) return <Nothing overview={overview} />;
  return (
    <>
      <Cards overview={overview} chosen={chosen} choose={choose} />
      {chosen && (
        <div className="grid two section">
          <MainPicture metricKey={chosen} card={overview.cards.find((card) => card.metric === chosen)} grain={overview.grain} />
          <ChannelMix overview={overview} />
        </div>
      )}
      {chosen && <div className="section"><Breakdown metricKey={chosen} /></div>}
    </>
  );
}

function Totals({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { events, customers, orders } = overview.totals;
  return (
    <Trans
      i18nKey={'overview.totals'} values={{ events: exact(events, language), customers: exact(customers, language), orders: exact(orders, language) }}
      components={{
        e: <DrillNumber behind="events" count={events} to={{ title: t('status.events') }}>{null}</DrillNumber>,
        c: <DrillNumber behind="customers" count={customers} to={{ title: t('nav.customers'), why: 'customers', shown: exact(customers, language) }}>{null}</DrillNumber>,
        o: <DrillNumber behind="explained" to={{ title: t('customer.orders'), metric: 'orders', why: 'orders', shown: exact(orders, language) }}>{null}</DrillNumber>,
      }}
    />
  );
}

export function OverviewPage() {
  const { t } = useTranslation();
  const language = useLanguage();
  const may = useMay();
  const { filters } = useFilters();
  const { query, ready, zone } = useScope();
  const [params] = useSearchParams();
  const overview = useGetOverview({ ...query, compare: comparison(filters) }, { enabled: ready, keep: true, refetchInterval: 60_000 });
  const data = overview.data;
  const range = ready && `${day(`${query.from}T12:00:00Z`, language, 'UTC')} – ${day(new Date(Date.parse(`${query.to}T12:00:00Z`) - 86_400_000).toISOString(), language, 'UTC')}`;
  return (
    <Page title={t('nav.overview')} answers={t('overview.answers')} actions={(
      <>
        <LiveCounter />
        {may('view_customers') && <Link to={`/customers${filterSearch(params)}`}><Button icon={<TeamOutlined />}>{t('overview.to_customers')}</Button></Link>}
      </>
    )}>
      {overview.isError && !data ? <ProblemView error={overview.error} retry={() => void overview.refetch()} /> : data ? <Content overview={data} /> : <CardsSkeleton />}
      {data && data.totals.events > 0 && (
        <p className="muted small" style={{ marginTop: 14 }}>
          {range} · <Totals overview={data} />
          {data.data_as_of && <> · <span title={day(data.data_as_of, language, zone)}>{t('overview.as_of', { ago: ago(data.data_as_of, language) })}</span></>}
        </p>
      )}
    </Page>
  );
}
