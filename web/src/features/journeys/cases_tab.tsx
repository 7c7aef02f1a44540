// Where do cases stand, how long has nothing happened to them, and which are they?
import { FieldTimeOutlined } from '@ant-design/icons';
import { Select, Segmented, Table, Tag } from 'antd';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { useGetJourneyCases, useListJourneyCases, type CaseDuration, type CaseItem, type CasePlace, type CaseReport } from '../../api/generated';
import { Chart, ExportMenu } from '../../charts/chart';
import { tooltipStyle } from '../../charts/trend';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { Teach } from '../../components/teach';
import { Told } from '../../components/told';
import { duration, exact, moment, percent, shortDay } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { filterSearch, useScope } from '../../state/filters';
import type { Palette } from '../../theme';
import { DefinitionPicker } from './friction_tab';

type State = CaseItem['state'];
type Order = 'quiet' | 'began' | 'steps' | 'failures';
const kStates: State[] = ['running', 'complete', 'left'];
const kOrders: Order[] = ['quiet', 'began', 'steps', 'failures'];
const kQuietHours = [0, 1, 24, 72, 168];
const kPage = 20, kReachable = 9_000;
const kColours: Record<State, string> = { running: 'blue', complete: 'green', left: 'orange' };

/** Cases that are over by the pause alone have not left: their kind knows no other end. */
const stateKey = (state: State, hasEnds: boolean) => (state === 'left' && !hasEnds ? 'cases.state_over' : `cases.state_${state}`);

function Median({ of, words }: { of: CaseDuration; words: string }) {
  const language = useLanguage();
  if (of.median_ms === null) return <span className="muted">–</span>;
  return (
    <Told words={words}>
      <button type="button" className="link num" data-drill="told">
        {duration(of.median_ms, language)}
        {of.low_ms !== null && of.high_ms !== null && <span className="muted small"> [{duration(of.low_ms, language)}, {duration(of.high_ms, language)}]</span>}
      </button>
    </Told>
  );
}

function Summary({ data }: { data: CaseReport }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { zone } = useScope();
  return (
    <div className="filter-line" style={{ gap: '4px 24px', marginBottom: 8 }} data-testid="cases-summary">
      {kStates.filter((state) => data.has_ends || state !== 'complete').map((state) => (
        <span key={state}><Tag color={kColours[state]}>{t(stateKey(state, data.has_ends))}</Tag><b className="num">{exact(data[state], language)}</b></span>
      ))}
      {data.completion && (
        <span><span className="muted">{t('cases.completion')}</span>{' '}
          <Told words={t('cases.completion_words')}><button type="button" className="link num" data-drill="told">{percent(data.completion.share, language)} <span className="muted small">[{percent(data.completion.low, language)}, {percent(data.completion.high, language)}]</span></button></Told>
        </span>
      )}
      {data.has_ends && <span><span className="muted">{t('cases.took')}</span> <Median of={data.took} words={t('cases.took_words', { count: data.took.n })} /></span>}
      <span className="muted small">{t('cases.as_of', { at: moment(data.as_of, language, zone) })} · {t(`cases.source_${data.source}`)}</span>
    </div>
  );
}

function Days({ data }: { data: CaseReport }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const option = useCallback((palette: Palette) => {
    const shown = kStates.filter((state) => data.has_ends || state !== 'complete');
    const colours: Record<State, string> = { running: palette.accent, complete: palette.good, left: palette.series[1] ?? palette.bad };
    return {
      grid: { left: 8, right: 8, top: 8, bottom: 4, containLabel: true },
      tooltip: { trigger: 'axis', ...tooltipStyle(palette) },
      xAxis: { type: 'category', data: data.days.map((one) => shortDay(one.day, language, 'day', 'UTC')), axisLabel: { color: palette.textSecondary }, axisTick: { show: false } },
      yAxis: { type: 'value', minInterval: 1, axisLabel: { color: palette.textSecondary }, splitLine: { lineStyle: { color: palette.border } } },
      series: shown.map((state) => ({
        name: t(stateKey(state, data.has_ends)), type: 'bar', stack: 'cases', barMaxWidth: 28, itemStyle: { color: colours[state] },
        data: data.days.map((one) => (state === 'running' ? one.began - one.complete - one.left : one[state])),
      })),
    };
  }, [data, language, t]);
  return <Chart option={option} height={180} label={t('cases.days')} points={data.days.length} />;
}

function Places({ data, pick }: { data: CaseReport; pick: (place: CasePlace, state: State) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const counted = (place: CasePlace, state: State) => (place[state] === 0 ? <span className="muted">0</span>
    : <button type="button" className="link num" onClick={() => pick(place, state)}>{exact(place[state], language)}</button>);
  return (
    <Table size="small" scroll={{ x: 'max-content' }} pagination={data.places.length > 12 ? { pageSize: 12, showSizeChanger: false } : false} rowKey={(row) => `${row.stage}:${row.touchpoint}`} data-testid="case-places" dataSource={data.places} columns={[
      { title: t('cases.last_step'), key: 'place', render: (_, row) => <>{names.touchpoint(row.touchpoint)} <span className="muted small">{names.stage(row.stage)}</span></> },
      { title: t('cases.state_running'), key: 'running', align: 'end', sorter: (a, b) => a.running - b.running, render: (_, row) => counted(row, 'running') },
      { title: t('cases.quiet'), key: 'quiet', align: 'end', sorter: (a, b) => (a.quiet.median_ms ?? 0) - (b.quiet.median_ms ?? 0), render: (_, row) => <Median of={row.quiet} words={t('cases.quiet_words')} /> },
      { title: 'P90', key: 'p90', align: 'end', render: (_, row) => <span className="num">{row.quiet.p90_ms === null ? '–' : duration(row.quiet.p90_ms, language)}</span> },
      ...(data.has_ends ? [{ title: t('cases.state_complete'), key: 'complete', align: 'end' as const, sorter: (a: CasePlace, b: CasePlace) => a.complete - b.complete, render: (_: unknown, row: CasePlace) => counted(row, 'complete') }] : []),
      { title: t(stateKey('left', data.has_ends)), key: 'left', align: 'end', sorter: (a, b) => a.left - b.left, render: (_, row) => counted(row, 'left') },
    ]} />
  );
}

interface Asked { state: State; place: CasePlace | undefined; hours: number; order: Order; page: number }

function Listed({ definition, asked, ask, hasEnds }: { definition: string | undefined; asked: Asked; ask: (next: Asked) => void; hasEnds: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [params] = useSearchParams();
  const names = useNames();
  const { query, ready, zone } = useScope();
  const list = useListJourneyCases({
    ...query, ...(definition && { definition }), state: asked.state, quiet_hours: asked.hours, order: asked.order, limit: kPage, offset: (asked.page - 1) * kPage,
    ...(asked.place && { stage: asked.place.stage, touchpoint: asked.place.touchpoint }),
  }, { enabled: ready, keep: true });
  return (
    <Panel title={t('cases.list')} note={list.data && t('cases.listed', { count: list.data.listed, shown: exact(list.data.listed, language) })}
      tools={list.data && <ExportMenu name="cases" svg={() => null} rows={() => list.data.items.map((item) => ({ ...item }))} />}>
      <div className="filter-line" style={{ gap: '8px 16px', marginBottom: 8 }}>
        <Segmented<State> value={asked.state} onChange={(state) => ask({ ...asked, state, page: 1 })} options={kStates.filter((state) => hasEnds || state !== 'complete').map((value) => ({ value, label: t(stateKey(value, hasEnds)) }))} />
        <Select<number> value={asked.hours} aria-label={t('cases.quiet')} onChange={(hours) => ask({ ...asked, hours, page: 1 })} options={kQuietHours.map((value) => ({ value, label: value === 0 ? t('cases.any_quiet') : t('cases.quiet_for', { time: duration(value * 3_600_000, language) }) }))} />
        <Select<Order> value={asked.order} aria-label={t('cases.order')} onChange={(order) => ask({ ...asked, order, page: 1 })} options={kOrders.map((value) => ({ value, label: t(`cases.order_${value}`) }))} />
        {asked.place && <Tag closable onClose={() => ask({ ...asked, place: undefined, page: 1 })}>{names.touchpoint(asked.place.touchpoint)}</Tag>}
      </div>
      <Load query={list} rows={8}>
        {(data) => (
          <Table size="small" scroll={{ x: 'max-content' }} rowKey={(row) => `${row.customer}:${row.began}`} dataSource={data.items} data-testid="case-list"
            pagination={{ current: asked.page, pageSize: kPage, total: Math.min(data.listed, kReachable), showSizeChanger: false, hideOnSinglePage: true, onChange: (page) => ask({ ...asked, page }) }} columns={[
              { title: t('journey.customer'), key: 'customer', render: (_, row) => <Link to={`/customers/${row.customer}${filterSearch(params)}`}>{row.name || t('customer.unnamed')} <span className="mono muted small">{row.customer}</span></Link> },
              { title: t('cases.last_step'), key: 'place', render: (_, row) => <>{names.touchpoint(row.touchpoint)} <span className="muted small">{names.channel(row.channel)}</span></> },
              { title: t('cases.last'), key: 'last', render: (_, row) => <span className="num">{moment(row.last, language, zone)}</span> },
              { title: t('cases.began'), key: 'began', render: (_, row) => <span className="num">{moment(row.began, language, zone)} <span className="muted small">{names.channel(row.first_channel)}</span></span> },
              { title: t('cases.steps'), key: 'steps', align: 'end', render: (_, row) => <span className="num">{exact(row.steps, language)}</span> },
              { title: t('cases.failures'), key: 'failures', align: 'end', render: (_, row) => <span className="num">{exact(row.failures, language)}</span> },
            ]} />
        )}
      </Load>
    </Panel>
  );
}

export function CasesTab() {
  const { t } = useTranslation();
  const { query, ready } = useScope();
  const [definition, setDefinition] = useState<string>();
  const [asked, ask] = useState<Asked>({ state: 'running', place: undefined, hours: 0, order: 'quiet', page: 1 });
  const report = useGetJourneyCases({ ...query, ...(definition && { definition }) }, { enabled: ready, keep: true });
  const choose = (key: string | undefined) => {
    setDefinition(key);
    ask({ ...asked, state: 'running', place: undefined, page: 1 });
  };
  return (
    <>
      <Panel title={t('cases.title')} note={t('cases.answers')}
        tools={report.data && <ExportMenu name="case-places" svg={() => null} rows={() => report.data.places.map((one) => ({ stage: one.stage, touchpoint: one.touchpoint, running: one.running, complete: one.complete, left: one.left, quiet_median_ms: one.quiet.median_ms ?? '', quiet_p90_ms: one.quiet.p90_ms ?? '' }))} />}>
        <div className="filter-line" style={{ gap: '4px 24px', marginBottom: 8 }}><DefinitionPicker value={definition} onChange={choose} /></div>
        <Load query={report} rows={10}>
          {(data) => (data.cases === 0
            ? <Teach icon={<FieldTimeOutlined />} title={t('cases.none')} text={t('cases.none_text')} />
            : (
              <>
                <Summary data={data} />
                <Days data={data} />
                <Places data={data} pick={(place, state) => ask({ ...asked, place, state, page: 1 })} />
              </>
            ))}
        </Load>
      </Panel>
      {report.data && report.data.cases > 0 && <div style={{ marginTop: 16 }}><Listed definition={definition} asked={asked} ask={ask} hasEnds={report.data.has_ends} /></div>}
    </>
  );
}
