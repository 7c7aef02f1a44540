// Indices of surveys that were made for them: SERVQUAL, the gaps ranked, the pyramid of experience.
import { Button, Table, Tag, type TableColumnsType } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useGetSurveyIndices, type GapIndex, type IndexScore, type PyramidIndex, type ServqualDimension, type ServqualIndex, type ServqualItem, type SurveyDetail } from '../../api/generated';
import { Formula } from '../../components/formula';
import { IntervalBars } from '../../components/interval_bars';
import { Panel } from '../../components/page';
import { ProblemView } from '../../components/problem';
import { saveCsv } from '../../format/export';
import { exact, metricValue, percent, type Language } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { columnTexts } from './columns';

type Score = Pick<IndexScore, 'n' | 'enough' | 'mean' | 'interval'>;
const signed = (value: number, language: Language) => metricValue(value, 'score', language, { signed: true });

/** Worse than expected for sure, better for sure, or neither. */
function colourOf(interval: readonly number[] | null): string {
  if (!interval) return 'var(--text)';
  return (interval[1] ?? 0) < 0 ? 'var(--bad)' : (interval[0] ?? 0) > 0 ? 'var(--good)' : 'var(--text)';
}

function Figure({ score, large = false }: { score: Score; large?: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (!score.enough || score.mean === null) return <span className="muted small">{t('metric.not_enough', { n: score.n })}</span>;
  return (
    <span>
      <b style={{ color: colourOf(score.interval), fontSize: large ? 24 : undefined }}>{signed(score.mean, language)}</b>
      {score.interval && <span className="muted small nowrap"> ({t('drivers.between', { low: signed(score.interval[0] ?? 0, language), high: signed(score.interval[1] ?? 0, language) })})</span>}
    </span>
  );
}

/** Both sides of a dimension on the scale: expected hollow, perceived filled. */
function Sides({ one, least, most }: { one: ServqualDimension; least: number; most: number }) {
  const at = (value: number) => `${((value - least) / Math.max(1, most - least)) * 100}%`;
  if (one.perceived === null || one.expected === null) return <span className="bar-track" style={{ display: 'block' }} />;
  const [low, high] = [Math.min(one.perceived, one.expected), Math.max(one.perceived, one.expected)];
  return (
    <span className="bar-track" style={{ display: 'block', position: 'relative', overflow: 'visible' }} aria-hidden>
      <span style={{ position: 'absolute', left: at(low), width: `calc(${at(high)} - ${at(low)})`, top: 3, height: 4, background: colourOf(one.interval), opacity: 0.5 }} />
      <span style={{ position: 'absolute', left: at(one.expected), top: -1, width: 12, height: 12, marginInlineStart: -6, borderRadius: 6, border: '2px solid var(--text)', background: 'var(--surface)' }} />
      <span style={{ position: 'absolute', left: at(one.perceived), top: -1, width: 12, height: 12, marginInlineStart: -6, borderRadius: 6, background: colourOf(one.interval) }} />
    </span>
  );
}

function Items({ index }: { index: ServqualIndex }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const columns = useMemo<TableColumnsType<ServqualItem>>(() => [
    { title: t('index.statement'), key: 'statement', render: (_, item) => columnTexts(item.column, language).text },
    { title: t('index.gap'), key: 'gap', align: 'right', defaultSortOrder: 'ascend', sorter: (a, b) => (a.mean ?? 0) - (b.mean ?? 0), render: (_, item) => <Figure score={item} /> },
    { title: 'n', key: 'n', align: 'right', render: (_, item) => exact(item.n, language) },
  ], [t, language]);
  return <Table<ServqualItem> style={{ marginTop: 12 }} rowKey={(item) => item.column.key} size="small" columns={columns} dataSource={index.items} scroll={{ x: 'max-content' }} pagination={{ pageSize: 8, hideOnSinglePage: true, showSizeChanger: false }} />;
}

function Servqual({ index }: { index: ServqualIndex }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const worst = index.dimensions.filter((one) => one.enough && (one.interval?.[1] ?? 0) < 0).toSorted((a, b) => (a.mean ?? 0) - (b.mean ?? 0))[0];
  const save = () => saveCsv('servqual.csv', index.dimensions.map((one) => ({ dimension: one.dimension, expected: one.expected ?? '', perceived: one.perceived ?? '', gap: one.mean ?? '', low: one.interval?.[0] ?? '', high: one.interval?.[1] ?? '', n: one.n })));
  return (
    <Panel title={<>SERVQUAL <Formula name="SERVQUAL" text={t('index.servqual_formula')} source="Parasuraman, Zeithaml, Berry (1988), Journal of Retailing 64(1):12–40" /></>} note={t('index.servqual_note')} tools={<Button size="small" onClick={save}>{t('common.csv')}</Button>}>
      <div style={{ marginBottom: 14 }}>{t('index.weighted')} <Figure score={index.weighted} large /> <span className="muted small">· {t(`index.weights_${index.weights}`)} · {t('metric.n', { n: exact(index.weighted.n, language) })}</span></div>
      <div className="bars">
        {index.dimensions.map((one) => (
          <div key={one.dimension} className="bar-row" style={{ gridTemplateColumns: 'minmax(112px, 18%) minmax(60px, 1fr) minmax(104px, max-content)' }} title={one.perceived === null || one.expected === null ? undefined : t('index.sides', { expected: exact(one.expected, language, 2), perceived: exact(one.perceived, language, 2) })}>
            <span>{t(`index.dimension_${one.dimension}`)}</span>
            <Sides one={one} least={index.least} most={index.most} />
            <span className="figure" style={{ textAlign: 'end' }}><Figure score={one} /></span>
          </div>
        ))}
      </div>
      <p className="muted small" style={{ margin: '10px 0 0' }}>{t('index.legend', { least: index.least, most: index.most })}</p>
      <p style={{ margin: '10px 0 0' }}>{worst ? t('index.servqual_worst', { dimension: t(`index.dimension_${worst.dimension}`) }) : t('index.servqual_none')}</p>
      <Items index={index} />
    </Panel>
  );
}

function Gaps({ index }: { index: GapIndex }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const write = (value: number) => (index.unit === 'percent' ? percent(value / 100, language) : metricValue(value, 'score', language));
  const known = index.gaps.filter((gap) => gap.enough && gap.mean !== null);
  const few = index.gaps.filter((gap) => !gap.enough);
  const first = known[0];
  return (
    <Panel title={<>{t('index.gaps')} <Formula name={t('index.gaps')} text={t('index.gaps_formula')} source="Parasuraman, Zeithaml, Berry (1985), Journal of Marketing 49(4):41–50" /></>} note={t('index.gaps_note')}>
      {known.length > 0 && (
        <IntervalBars bars={known.map((gap, place) => {
          const interval = gap.interval ? t('metric.interval', { low: write(gap.interval[0] ?? 0), high: write(gap.interval[1] ?? 0) }) : '';
          return {
            key: gap.name, value: gap.mean ?? 0, interval: gap.interval, colour: 'var(--bad)', hint: [write(gap.mean ?? 0), interval].filter(Boolean).join(' · '),
            label: <>{t(`index.gap_${gap.name}`)} {gap.apart && <Tag color="volcano">{t('index.apart')}</Tag>}{!gap.apart && place + 1 < known.length && <span className="muted small">{t('index.not_apart')}</span>}</>,
            end: <><b>{write(gap.mean ?? 0)}</b> <span className="muted small">{t('metric.n', { n: exact(gap.n, language) })}</span></>,
          };
        })} />
      )}
      {few.length > 0 && <p className="muted small" style={{ margin: '10px 0 0' }}>{t('index.few')} {few.map((gap) => `${t(`index.gap_${gap.name}`)} (n = ${exact(gap.n, language)})`).join(t('common.list'))}</p>}
      {index.gaps.length === 0 && <p className="muted" style={{ margin: 0 }}>{t('survey.no_results')}</p>}
      {first && <p style={{ margin: '10px 0 0' }}>{t(`index.gap_${first.name}_fix`)}</p>}
    </Panel>
  );
}

function Pyramid({ index }: { index: PyramidIndex }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const levels = [{ key: 'delight', level: index.delight, limit: index.limits[2] }, { key: 'easy', level: index.easy, limit: index.limits[1] }, { key: 'needs_met', level: index.needs_met, limit: index.limits[0] }] as const;
  return (
    <Panel title={<>{t('index.pyramid')} <Formula name={t('index.pyramid')} text={t('index.pyramid_formula')} source="Manning, Bodine (2012), Outside In; Wilson (1927), JASA 22:209–212" /></>} note={t('metric.n', { n: exact(index.needs_met.n, language) })}>
      {levels.map(({ key, level, limit }) => (
        <div key={key} style={{ textAlign: 'center', marginBottom: 8 }}>
          <div style={{ margin: '0 auto', width: `${Math.max(level.share ?? 0, 0.02) * 100}%`, minWidth: 4, height: 34, borderRadius: 6, background: 'var(--accent)', opacity: key === 'delight' ? 1 : key === 'easy' ? 0.75 : 0.5 }} aria-hidden />
          <div>{t(`index.level_${key}`)} {level.enough && level.share !== null ? <b>{percent(level.share, language)}</b> : <span className="muted">{t('metric.not_enough', { n: level.n })}</span>}</div>
          <div className="muted small">
            {level.interval && t('metric.interval', { low: percent(level.interval[0] ?? 0, language), high: percent(level.interval[1] ?? 0, language) })}
            {limit && ` · ${t('index.from', { from: limit.from, most: limit.column.most })}`}
          </div>
        </div>
      ))}
      <p className="muted small" style={{ margin: '8px 0 0' }}>{t('index.out_of_order', { n: exact(index.out_of_order, language) })}</p>
    </Panel>
  );
}

export function SurveyIndex({ survey }: { survey: SurveyDetail }) {
  const indices = useGetSurveyIndices({ id: survey.id, from: survey.created }, { refetchInterval: 60_000, keep: true });
  if (indices.isError) return <div className="section"><ProblemView error={indices.error} retry={() => void indices.refetch()} /></div>;
  if (!indices.data) return null;
  const { servqual, gap, pyramid } = indices.data;
  return (
    <>
      {servqual && <div className="section"><Servqual index={servqual} /></div>}
      {gap && <div className="section"><Gaps index={gap} /></div>}
      {pyramid && <div className="section"><Pyramid index={pyramid} /></div>}
    </>
  );
}
