// The figures of a survey's indices against the period before, over time, by group, and beside those of others.
import { Segmented, Select, Space, Table, Tag, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useGetSurveyIndexFigures, type IndexFigure, type IndexFigureScore, type SurveyDetail } from '../../api/generated';
import { Trend } from '../../charts/trend';
import { DividedBy } from '../../components/divided_by';
import { Formula } from '../../components/formula';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { saveCsv } from '../../format/export';
import { exact, metricValue, type Language } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { useScope } from '../../state/filters';
import { indexName } from './columns';

const kDays = { '30d': 30, '90d': 90, '12m': 365 } as const;
const kGrains = { '30d': 'day', '90d': 'week', '12m': 'month' } as const;
type Range = keyof typeof kDays;
const kBys = ['none', 'channel', 'unit', 'touchpoint'] as const;
const kCompares = ['previous', 'year'] as const;
type Compare = (typeof kCompares)[number];
const kColours = { above: 'green', below: 'volcano', no_difference: 'default' } as const;

const write = (one: IndexFigure, value: number, language: Language, signed = one.key.startsWith('servqual')) => metricValue(value, one.measure === 'share' ? 'share' : 'score', language, { signed });

function Figure({ one, score }: { one: IndexFigure; score: IndexFigureScore }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (score.value === null) return <span className="muted small">{t('metric.not_enough', { n: score.n })}</span>;
  return (
    <span className="nowrap">
      <b>{write(one, score.value, language)}</b>
      {score.interval && <span className="muted small"> ({t('drivers.between', { low: write(one, score.interval[0] ?? 0, language), high: write(one, score.interval[1] ?? 0, language) })})</span>}
    </span>
  );
}

function Change({ one }: { one: IndexFigure }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (!one.change) return <span className="muted">–</span>;
  // Of a gap less is better: of the shortfalls, that is, not of perception less expectation.
  const better = one.change.difference > 0 !== one.key.startsWith('gap.');
  return (
    <span className="nowrap">
      {write(one, one.change.difference, language, true)}{' '}
      <Tag color={one.change.significant ? (better ? 'green' : 'volcano') : 'default'}>{t(one.change.significant ? (better ? 'index.better' : 'index.worse') : 'index.no_change')}</Tag>
    </span>
  );
}

function More({ one, by, grain }: { one: IndexFigure; by: string; grain: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const { zone } = useScope();
  const named = (key: string) => (by === 'channel' ? names.channel(key) : by === 'unit' ? names.unit(key) : by === 'touchpoint' ? names.touchpoint(key) : key);
  const series = one.series.map((at) => ({ at: at.at, value: at.value, low: at.interval?.[0] ?? null, high: at.interval?.[1] ?? null, n: at.n, enough: at.enough }));
  const seen = series.filter((at) => at.value !== null).length;
  return (
    <div style={{ display: 'grid', gap: 12 }}>
      {one.benchmarks.length > 0 && (
        <div>
          {one.benchmarks.map((at) => (
            <div key={`${at.benchmark.period}/${at.benchmark.source}`} style={{ display: 'flex', gap: '4px 12px', flexWrap: 'wrap' }}>
              <span>{at.benchmark.source} <span className="muted small">{at.benchmark.period}</span></span>
              <b>{write(one, at.benchmark.value, language)}</b>
              <span className="muted small">{t('benchmark.own')}</span><Figure one={one} score={at.own} />
              {at.difference && <Tag color={kColours[at.difference.standing]}>{t(`benchmark.${at.difference.standing}`)}</Tag>}
            </div>
          ))}
        </div>
      )}
      {one.groups.length > 0 && (
        <dl className="facts" style={{ margin: 0 }}>
          {one.groups.map((group) => <div key={group.key}><dt>{named(group.key)}</dt><dd style={{ fontSize: 14 }}><Figure one={one} score={group} /> <span className="muted small">{t('metric.n', { n: exact(group.n, language) })}</span></dd></div>)}
        </dl>
      )}
      {seen > 1 ? <Trend name={indexName(one.key, t)} series={series} grain={grain} zone={zone} write={(value) => write(one, value, language)} height={200} /> : <p className="muted small" style={{ margin: 0 }}>{t('index.no_trend')}</p>}
    </div>
  );
}

function save(figures: IndexFigure[]) {
  saveCsv('indices.csv', figures.flatMap((one) => [{ figure: one.key, group: '', at: '', ...flat(one.score) }, ...one.groups.map((group) => ({ figure: one.key, group: group.key, at: '', ...flat(group) })), ...one.series.filter((at) => at.n > 0).map((at) => ({ figure: one.key, group: '', at: at.at, ...flat(at) }))]));
}
const flat = (score: IndexFigureScore) => ({ value: score.value ?? '', low: score.interval?.[0] ?? '', high: score.interval?.[1] ?? '', n: score.n });

export function SurveyIndexFigures({ survey }: { survey: SurveyDetail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [range, setRange] = useState<Range>('90d');
  const [by, setBy] = useState<string>('none');
  const [compare, setCompare] = useState<Compare>('previous');
  const from = new Date(Date.now() - kDays[range] * 86_400_000).toISOString().slice(0, 10);
  const found = useGetSurveyIndexFigures({ id: survey.id, from, compare, by, grain: kGrains[range] }, { keep: true });
  const columns = useMemo<TableColumnsType<IndexFigure>>(() => [
    { title: t('index.figure'), key: 'figure', render: (_, one) => indexName(one.key, t) },
    { title: t('index.now'), key: 'now', align: 'right', render: (_, one) => <Figure one={one} score={one.score} /> },
    { title: t('index.before'), key: 'before', align: 'right', render: (_, one) => (one.before ? <Figure one={one} score={one.before} /> : '–') },
    { title: t('index.change'), key: 'change', align: 'right', render: (_, one) => <Change one={one} /> },
    { title: 'n', key: 'n', align: 'right', render: (_, one) => exact(one.score.n, language) },
  ], [t, language]);
  if (found.data?.figures.length === 0 && found.data.responses === 0) return null;
  return (
    <div className="section"><Panel
      title={<>{t('index.figures')} <Formula name={t('index.figures')} text={t('index.figures_formula')} source="Welch (1947), Biometrika 34:28–35; Newcombe (1998), Statistics in Medicine 17:873–890" /></>}
      note={t('index.figures_note')}
      tools={(
        <Space wrap>
          <Segmented<Range> size="small" value={range} onChange={setRange} options={(Object.keys(kDays) as Range[]).map((value) => ({ value, label: t(`range.${value}`) }))} />
          <Select<Compare> size="small" aria-label={t('index.compare')} value={compare} onChange={setCompare} style={{ minWidth: 150 }} options={kCompares.map((value) => ({ value, label: t(`compare.${value}`) }))} />
          <DividedBy by={by} columns={kBys} onChange={setBy} none={t('index.by_none')} />
        </Space>
      )}
    >
      <Load query={found} rows={3}>
        {({ figures }) => (
          <>
            <Table<IndexFigure> rowKey="key" size="small" columns={columns} dataSource={figures} scroll={{ x: 'max-content' }} pagination={false} expandable={{ expandedRowRender: (one) => <More one={one} by={by} grain={kGrains[range]} /> }} />
            <button type="button" className="link small" style={{ marginTop: 8 }} onClick={() => save(figures)}>{t('common.csv')}</button>
          </>
        )}
      </Load>
    </Panel></div>
  );
}
