// What do customers write, is it good or bad, and about what?
import { MessageOutlined } from '@ant-design/icons';
import { Alert, Button, Segmented, Select } from 'antd';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useGetTextAspects, useGetTextSummary, type Change, type GetTextSummaryParams, type Point, type TextPortion, type TextSummary } from '../../api/generated';
import { Trend, TrendExport, useTrendHandle } from '../../charts/trend';
import { IntervalGroups } from '../../components/interval_groups';
import { Load } from '../../components/load';
import { ChangeMark } from '../../components/metric';
import { Page, Panel } from '../../components/page';
import { Teach } from '../../components/teach';
import { coarserGrain } from '../../format/grain';
import { exact, metricValue, percent } from '../../format/numbers';
import { pointRange } from '../../format/range';
import { useLanguage } from '../../i18n';
import { useAddress } from '../../state/address';
import { readable, useNames } from '../../state/catalogue';
import { comparison, useFilters, useScope } from '../../state/filters';
import { useMay } from '../../state/session';
import { Aspects } from './aspects';
import { Comments, CommentsDrawer } from './comments';
import { kToneColour, kTones, useSaid, type Said, type Tone } from './said';
import { Emerging, TopicsPanel } from './topics';
import { Labels, Words } from './words';

type By = NonNullable<GetTextSummaryParams['by']>;
const kBy: By[] = ['touchpoint', 'channel', 'stage', 'unit'];
const kDirection = { negative: 'down', positive: 'up', neutral: 'none' } as const;

/** A class as the series that charts take. */
export function pointsOf(series: TextSummary['series'], tone: Tone): Point[] {
  return series.map((point) => ({ at: point.at, n: point.n, value: point[tone].value, low: point[tone].low, high: point[tone].high }));
}

function Share({ tone, portion, change, n, compared, within }: { tone: Tone; portion: TextPortion; change: Change | null; n: number; compared: boolean; within: Said }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { open } = useSaid();
  const write = (value: number) => percent(value, language);
  return (
    <div className="stat">
      <div className="top"><span className="dot" style={{ background: kToneColour[tone] }} />{t(`texts.share_${tone}`)}</div>
      <div className="figure">
        {portion.value === null
          ? <span className="value weak">{t('metric.not_enough', { n })}</span>
          : <button type="button" className="link num value" data-drill="comments" data-count={portion.count} disabled={portion.count === 0} onClick={() => open({ ...within, title: t(`texts.share_${tone}`), sentiment: tone })}>{write(portion.value)}</button>}
        {portion.value !== null && <ChangeMark change={change} metric={{ unit: 'share', direction: kDirection[tone] }} compared={compared} />}
      </div>
      <div className="meta"><span>{portion.low !== null && portion.high !== null ? t('metric.interval', { low: write(portion.low), high: write(portion.high) }) : '\u00a0'}</span><span>{t('texts.count', { n: exact(portion.count, language) })}</span></div>
    </div>
  );
}

function Numbers({ data, compared, within }: { data: TextSummary; compared: boolean; within: Said }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { open } = useSaid();
  const all = data.n + data.unknown;
  return (
    <div className="grid four">
      <Share tone="negative" portion={data.negative} change={data.negative_change} n={data.n} compared={compared} within={within} />
      <Share tone="positive" portion={data.positive} change={data.positive_change} n={data.n} compared={compared} within={within} />
      <Share tone="neutral" portion={data.neutral} change={null} n={data.n} compared={false} within={within} />
      <div className="stat">
        <div className="top">{t('texts.comments')}</div>
        <div className="figure"><button type="button" className="link num value" data-drill="comments" data-count={all} onClick={() => open({ ...within, title: t('texts.comments') })}>{exact(all, language)}</button></div>
        <div className="meta">{data.unknown > 0
          ? <button type="button" className="link" data-drill="comments" data-count={data.unknown} onClick={() => open({ ...within, title: t('texts.unknown'), sentiment: 'unknown' })}>{t('texts.unknown_count', { n: exact(data.unknown, language) })}</button>
          : <span>{'\u00a0'}</span>}</div>
      </div>
    </div>
  );
}

function Picture({ data, within }: { data: TextSummary; within: Said }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const { zone } = useScope();
  const { open } = useSaid();
  const { chart, handle } = useTrendHandle();
  const [toneText, setTone] = useAddress('tone', 'negative');
  const tone = kTones.find((value) => value === toneText) ?? 'negative';
  const [byText, setBy] = useAddress('by', 'touchpoint');
  const by = kBy.find((value) => value === byText) ?? 'touchpoint';
  const name = t(`texts.share_${tone}`);
  const series = useMemo(() => pointsOf(data.series, tone), [data.series, tone]);
  const write = useCallback((value: number) => metricValue(value, 'share', language), [language]);
  const onPoint = useCallback((point: { at: string }) => open({ ...within, title: name, sentiment: tone, ...pointRange(point.at, data.grain, zone) }), [open, within, name, tone, data.grain, zone]);
  const groups = data.groups.map((group) => ({ group: group.group, value: group[tone].value, low: group[tone].low, high: group[tone].high, n: group.n, enough: group.enough }));
  return (
    <div className="grid two section">
      <Panel title={t('texts.over_time')} note={t('voice.band')} tools={(
        <>
          <Segmented<Tone> size="small" value={tone} onChange={setTone} options={kTones.map((value) => ({ value, label: t(`texts.${value}`) }))} />
          <TrendExport name={`texts-${tone}`} series={series} chart={chart} />
        </>
      )}>
        <Trend name={name} series={series} grain={data.grain} zone={zone} write={write} onPoint={onPoint} handle={handle} height={300} bounds={[0, 1]} />
      </Panel>
      <Panel title={t('texts.by_group', { name })} note={t('voice.by_group_note')} tools={<Segmented<By> size="small" value={by} onChange={setBy} options={kBy.map((value) => ({ value, label: t(`by.${value}`) }))} />}>
        <IntervalGroups
          groups={groups} overall={data[tone].value} direction={kDirection[tone]} name={names[by]} write={write}
          count={(key) => data.groups.find((group) => group.group === key)?.[tone].count ?? 0}
          onPick={(group) => open({ ...within, title: `${name} · ${names[by](group)}`, sentiment: tone, [by === 'unit' ? 'units' : by]: group })}
        />
      </Panel>
    </div>
  );
}

/** Reading goes on behind the events; what is not read yet is said. */
function Progress({ data }: { data: TextSummary }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { waiting, renewing, stuck } = data.reading;
  if (stuck) return <Alert type="warning" showIcon className="section" title={t('texts.stuck')} />;
  if (renewing) return <Alert role="status" type="info" showIcon className="section" title={t('texts.renewing', { n: exact(waiting, language) })} />;
  if (waiting === 0) return null;
  return <Alert role="status" type="info" showIcon className="section" title={t('texts.waiting', { n: exact(waiting, language) })} />;
}

export function TextsPage() {
  const { t } = useTranslation();
  const language = useLanguage();
  const may = useMay();
  const { filters } = useFilters();
  const { query, ready } = useScope();
  const [byText] = useAddress('by', 'touchpoint');
  const [tongue, setTongue] = useAddress('language', '');
  const by = kBy.find((value) => value === byText) ?? 'touchpoint';
  const compare = comparison(filters);
  const within = useMemo<Said>(() => (tongue === '' ? {} : { language: tongue }), [tongue]);
  const asks = { ...query, ...(within as Pick<GetTextSummaryParams, 'language'>), compare };
  const first = useGetTextSummary({ ...asks, by }, { enabled: ready, keep: true, refetchInterval: 10_000 });
  const longer = first.data && coarserGrain(pointsOf(first.data.series, 'negative'), first.data.n, first.data.grain);
  const coarse = useGetTextSummary({ ...asks, by, ...(longer && { grain: longer }) }, { enabled: ready && longer !== undefined, keep: true });
  const aspects = useGetTextAspects(asks, { enabled: ready, keep: true });
  const naming = useMemo(() => {
    const known = new Map<string, string>();
    for (const item of aspects.data?.items ?? []) known.set(item.aspect, language === 'zh' ? item.name_zh : item.name_en);
    for (const label of first.data?.labels ?? []) known.set(label.label, language === 'zh' ? label.name_zh : label.name_en);
    return (key: string) => known.get(key) ?? readable(key.slice(key.indexOf('.') + 1));
  }, [aspects.data, first.data, language]);
  const tongues = (first.data?.languages ?? []).map((group) => group.group);
  const offered = [...new Set([...tongues, ...(tongue ? [tongue] : [])])];
  return (
    <Page title={t('nav.texts')} answers={t('texts.answers')} actions={(
      <>
        <Link to="/texts/learning"><Button>{t('learn.improve')}</Button></Link>
        {offered.length > 1 && <Select aria-label={t('texts.language')} value={tongue} onChange={setTongue} style={{ minWidth: 150 }} options={[{ value: '', label: t('texts.all_languages') }, ...offered.map((value) => ({ value, label: t(`texts.language_${value}`) }))]} />}
      </>
    )}>
      <Load query={first} rows={12}>
        {(data) => {
          if (data.n + data.unknown === 0 && tongue === '') {
            return <><Progress data={data} /><Panel><Teach icon={<MessageOutlined />} title={t('texts.empty')} text={t(data.reading.waiting > 0 ? 'texts.empty_waiting' : 'texts.empty_text')} /></Panel></>;
          }
          const shown = longer && coarse.data ? coarse.data : data;
          return (
            <>
              <Progress data={data} />
              <Numbers data={shown} compared={compare !== 'none'} within={within} />
              <Picture data={shown} within={within} />
              <div className="section">
                <Panel title={t('texts.aspects')} note={aspects.data && t('texts.aspects_note', { name: language === 'zh' ? aspects.data.catalogue_zh : aspects.data.catalogue_en })}>
                  <Load query={aspects} rows={8}>{(table) => <Aspects data={table} compared={compare !== 'none'} within={within} />}</Load>
                </Panel>
              </div>
              <div className="section"><TopicsPanel within={within} /></div>
              {may('view_customers') && <div className="section"><Emerging within={within} /></div>}
              <div className="grid two section">
                {may('view_customers') && <Words within={within} />}
                <Labels labels={shown.labels} within={within} />
              </div>
              <div className="section"><Labels labels={shown.labels} within={within} routes /></div>
              {may('view_customers') && <div className="section"><Panel title={t('texts.newest')}><Comments said={within} name={naming} rows={10} /></Panel></div>}
            </>
          );
        }}
      </Load>
      <CommentsDrawer name={naming} />
    </Page>
  );
}
