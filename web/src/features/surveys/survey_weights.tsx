// Answers weighted to those who were asked, beside the answers as they came.
import { Alert, Button, Select, Table, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/client';
import { useGetSurveyWeights, type SurveyDetail, type SurveyWeights, type WeightedLevel, type WeightedMean, type WeightedScore } from '../../api/generated';
import { Formula } from '../../components/formula';
import { Panel } from '../../components/page';
import { ProblemView } from '../../components/problem';
import { exact, metricValue, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { columnTexts, indexName } from './columns';

const kUnits = { nps: 'points', share: 'share', mean: 'score' } as const;

function Figure({ mean, measure }: { mean: WeightedMean; measure: WeightedScore['measure'] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const write = (value: number) => metricValue(value, kUnits[measure], language);
  if (mean.value === null) return <span className="muted">–</span>;
  return (
    <span className="nowrap">
      <b>{write(mean.value)}</b>
      {mean.interval && <span className="muted small"> ({t('drivers.between', { low: write(mean.interval[0] ?? 0), high: write(mean.interval[1] ?? 0) })})</span>}
    </span>
  );
}

interface ScoreRow extends Pick<WeightedScore, 'measure' | 'plain' | 'weighted'> { key: string; name: string }

function Scores({ found }: { found: SurveyWeights }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const rows: ScoreRow[] = [
    ...found.indices.map((one) => ({ ...one, name: indexName(one.key, t) })),
    ...found.scores.map(({ column, ...one }) => ({ ...one, key: column.key, name: columnTexts(column, language).text })),
  ];
  const columns = useMemo<TableColumnsType<ScoreRow>>(() => [
    { title: t('weight.question'), dataIndex: 'name', key: 'question' },
    { title: t('weight.plain'), key: 'plain', align: 'right', render: (_, one) => <Figure mean={one.plain} measure={one.measure} /> },
    { title: t('weight.weighted'), key: 'weighted', align: 'right', render: (_, one) => <Figure mean={one.weighted} measure={one.measure} /> },
    { title: 'n', key: 'n', align: 'right', render: (_, one) => exact(one.weighted.n, language) },
  ], [t, language]);
  return <Table<ScoreRow> rowKey="key" size="small" columns={columns} dataSource={rows} scroll={{ x: 'max-content' }} pagination={{ pageSize: 8, hideOnSinglePage: true, showSizeChanger: false }} />;
}

interface Row extends WeightedLevel { by: string }

function Margins({ found }: { found: SurveyWeights }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const rows: Row[] = found.margins.flatMap((margin) => margin.levels.map((level) => ({ ...level, by: margin.by })));
  const columns = useMemo<TableColumnsType<Row>>(() => [
    { title: t('weight.group'), key: 'level', render: (_, one) => <>{one.level || t('weight.unknown')} <span className="muted small">{one.by}</span></> },
    ...(['invited', 'answered'] as const).map((key) => ({ title: t(`weight.${key}`), key, align: 'right' as const, render: (_: unknown, one: Row) => <span className="nowrap">{exact(one[key], language)} <span className="muted small">{percent(one[`${key}_share`], language)}</span></span> })),
    { title: t('weight.weighted'), key: 'weighted', align: 'right', render: (_, one) => percent(one.weighted_share, language) },
  ], [t, language]);
  return <Table<Row> style={{ marginTop: 12 }} rowKey={(one) => `${one.by}/${one.level}`} size="small" columns={columns} dataSource={rows} scroll={{ x: 'max-content' }} pagination={{ pageSize: 10, hideOnSinglePage: true, showSizeChanger: false }} />;
}

function Found({ found }: { found: SurveyWeights }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <>
      <p>{t('weight.summary', { answered: exact(found.answered, language), invited: exact(found.invited, language), effective: exact(found.effective, language, 0), design: exact(found.design, language, 2) })}</p>
      <Scores found={found} />
      <Margins found={found} />
      <p className="muted small" style={{ marginBottom: 0 }}>
        {[t('weight.largest', { largest: exact(found.largest, language, 1) }), found.trimmed > 0 && t('weight.trimmed', { n: exact(found.trimmed, language), gap: percent(found.gap, language) }), found.unmatched > 0 && t('weight.unmatched', { n: exact(found.unmatched, language) })].filter(Boolean).join(' · ')}
      </p>
    </>
  );
}

/** Too few answers is no failure: it says what is missing. */
const kRefusals = ['too_few_rows'];

export function SurveyWeightsPanel({ survey }: { survey: SurveyDetail }) {
  const { t } = useTranslation();
  const [by, setBy] = useState<string[]>(['channel']);
  const [asked, setAsked] = useState(false); // it reads every answer, and most surveys have asked nobody by name
  const weights = useGetSurveyWeights({ id: survey.id, from: survey.created, by: by.join(',') }, { keep: true, enabled: asked });
  const refused = weights.error instanceof ApiProblem && kRefusals.includes(weights.error.problem.code) ? weights.error.problem : undefined;
  return (
    <Panel
      title={<>{t('weight.title')} <Formula name={t('weight.title')} text={t('weight.formula')} source="Deming, Stephan (1940), Annals of Mathematical Statistics 11:427–444; Kish (1965), Survey Sampling" /></>}
      note={t('weight.note')}
      tools={<Select mode="tags" aria-label={t('weight.by')} value={by} onChange={(values) => setBy(values.length > 0 ? values.slice(0, 5) : ['channel'])} style={{ minWidth: 200 }} options={['channel', 'unit'].map((value) => ({ value, label: t(`weight.by_${value}`) }))} placeholder={t('weight.by_explain')} />}
    >
      {!asked && <Button onClick={() => setAsked(true)}>{t('weight.show')}</Button>}
      {refused && <Alert role="status" type="info" showIcon title={refused.title} description={refused.detail} />}
      {weights.isError && !refused && <ProblemView error={weights.error} retry={() => void weights.refetch()} />}
      {weights.data && !weights.isError && <Found found={weights.data} />}
    </Panel>
  );
}
