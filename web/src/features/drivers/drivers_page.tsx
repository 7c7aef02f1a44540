// What moves satisfaction: key drivers from the answers of a survey.
import { AimOutlined } from '@ant-design/icons';
import { Alert, Select } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ApiProblem } from '../../api/client';
import { useGetSurveyDrivers, useListSurveyColumns, useListSurveys, type Survey, type SurveyColumns, type SurveyDrivers } from '../../api/generated';
import { Formula } from '../../components/formula';
import { IntervalBars } from '../../components/interval_bars';
import { Load } from '../../components/load';
import { Page, PanelSkeleton, Panel } from '../../components/page';
import { ProblemView } from '../../components/problem';
import { Teach } from '../../components/teach';
import { exact, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useAddress } from '../../state/address';
import { useScope } from '../../state/filters';
import { columnTexts, shorten } from '../surveys/columns';
import { textIn } from '../surveys/surveys_page';
import { DriverTable, KindTag } from './driver_table';
import { Matrix } from './matrix';

const kRefusals = ['too_few_rows', 'bad_drivers'];
const kLeftOut = 0.2;

function Numbers({ found }: { found: SurveyDrivers }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <div className="grid three">
      <div className="stat">
        <div className="top">{t('drivers.r2')}<Formula name={t('drivers.r2')} text={t('drivers.r2_formula')} /></div>
        <span className="value">{percent(found.r2, language)}</span>
        <div className="meta">{t('drivers.r2_adjusted', { value: percent(found.r2_adjusted, language) })}</div>
      </div>
      <div className="stat">
        <div className="top">{t('drivers.complete')}</div>
        <span className="value">{exact(found.complete, language)}</span>
        <div className="meta">{t('drivers.of_responses', { n: exact(found.responses, language) })}</div>
      </div>
      <div className="stat">
        <div className="top">{t('drivers.condition')}<Formula name={t('drivers.condition')} text={t('drivers.condition_formula')} source="Belsley, Kuh, Welsch (1980), Regression Diagnostics, 3.2" /></div>
        <span className="value">{exact(found.condition, language, 1)}</span>
        <div className="meta">{t(found.collinear ? 'drivers.collinear_yes' : 'drivers.collinear_no')}</div>
      </div>
    </div>
  );
}

function Warnings({ found }: { found: SurveyDrivers }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const left = 1 - found.complete / Math.max(1, found.responses);
  const lines = [
    found.collinear && t('drivers.warn_collinear'),
    found.complete < found.ample && t('drivers.warn_few', { n: exact(found.complete, language), ample: exact(found.ample, language) }),
    left > kLeftOut && t('drivers.warn_left_out', { share: percent(left, language, 0) }),
    found.cut && t('drivers.warn_cut', { n: exact(found.responses, language) }),
  ].filter((line) => line !== false);
  if (lines.length === 0) return null;
  return <Alert className="section" role="status" type="warning" showIcon title={t('drivers.mind')} description={lines.map((line) => <div key={line}>{line}</div>)} />;
}

/** So what: where to begin. */
function Advice({ found, survey }: { found: SurveyDrivers; survey: Survey }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const first = found.drivers.filter((driver) => driver.quadrant === 'concentrate').toSorted((a, b) => (b.relative_weight?.value ?? 0) - (a.relative_weight?.value ?? 0));
  const musts = found.drivers.filter((driver) => driver.kind === 'must_be');
  const names = (list: typeof first) => list.map((driver) => shorten(columnTexts(driver.column, language).text, 40)).join(t('common.list'));
  return (
    <Panel title={t('drivers.so_what')}>
      <p style={{ margin: 0 }}>{first.length > 0 ? t('drivers.begin', { names: names(first) }) : t('drivers.begin_nowhere')}</p>
      {musts.length > 0 && <p style={{ margin: '6px 0 0' }}>{t('drivers.musts', { names: names(musts) })}</p>}
      <p className="muted small" style={{ margin: '8px 0 0' }}>{t('drivers.not_cause')} <Link to="/voice">{t('drivers.read_words')}</Link> · <Link to={`/surveys/${survey.id}`}>{t('drivers.to_survey')}</Link></p>
    </Panel>
  );
}

function Found({ found, survey }: { found: SurveyDrivers; survey: Survey }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const bars = found.drivers.toSorted((a, b) => (b.relative_weight?.value ?? 0) - (a.relative_weight?.value ?? 0)).map((driver) => {
    const value = driver.relative_weight?.value ?? 0;
    const interval = driver.relative_weight?.interval ?? null;
    const { text } = columnTexts(driver.column, language);
    const between = interval ? t('metric.interval', { low: percent(interval[0] ?? 0, language), high: percent(interval[1] ?? 0, language) }) : '';
    const lowers = (driver.coefficient.interval?.[1] ?? 0) < 0;
    return {
      key: driver.column.key, value, interval, label: <>{shorten(text, 60)}{' '}{driver.kind !== 'cannot_tell' && <KindTag kind={driver.kind} />}{lowers && <span className="muted small">{t('drivers.lowers')}</span>}</>,
      end: <b>{percent(value, language)}</b>, hint: [text, percent(value, language), between].filter(Boolean).join(' · '),
    };
  });
  return (
    <>
      <Numbers found={found} />
      <Warnings found={found} />
      <div className="grid half section">
        <Panel title={<>{t('drivers.importance')} <Formula name={t('drivers.importance')} text={t('drivers.weight_formula')} source="Johnson (2000); Tonidandel, LeBreton, Johnson (2009), Psychological Methods 14:387–399" /></>} note={t('drivers.importance_note', { r2: percent(found.r2, language) })}>
          <IntervalBars bars={bars} />
        </Panel>
        <Matrix found={found} />
      </div>
      <div className="section"><Advice found={found} survey={survey} /></div>
      <div className="section"><DriverTable found={found} /></div>
    </>
  );
}

function Answer({ survey, columns }: { survey: Survey; columns: SurveyColumns }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { query, ready } = useScope();
  const [outcomeText, setOutcome] = useAddress('outcome', '');
  const [driversText, setDrivers] = useAddress('drivers', '');
  const keys = useMemo(() => new Set(columns.columns.map(({ column }) => column.key)), [columns]);
  const outcome = keys.has(outcomeText) ? outcomeText : '';
  const drivers = driversText.split(',').filter((key) => keys.has(key) && key !== outcome);
  const found = useGetSurveyDrivers({ id: survey.id, ...query, ...(outcome && { outcome }), ...(drivers.length > 0 && { drivers: drivers.join(',') }) }, { enabled: ready && columns.outcome !== null, keep: true });
  if (columns.outcome === null) return <Panel><Teach icon={<AimOutlined />} title={t('drivers.no_columns')} text={t('drivers.no_columns_text')} /></Panel>;
  const options = columns.columns.map(({ column, answers }) => {
    const { text, of } = columnTexts(column, language);
    return { value: column.key, label: `${shorten([of, text].filter(Boolean).join(' · '), 70)}${column.items.length > 1 ? t('drivers.mean_of', { n: column.items.length }) : ''} (${exact(answers, language)})` };
  });
  const shown = drivers.length > 0 ? drivers : found.data?.drivers.map((driver) => driver.column.key) ?? (outcome === '' ? columns.drivers : []);
  const refused = found.error instanceof ApiProblem && kRefusals.includes(found.error.problem.code) ? found.error.problem : null;
  return (
    <>
      <div className="filter-line">
        <label className="nowrap" htmlFor="drivers-outcome">{t('drivers.outcome')}</label>
        <Select id="drivers-outcome" style={{ minWidth: 220, maxWidth: 420, flex: 1 }} value={outcome || columns.outcome} onChange={setOutcome} options={options} />
        <label className="nowrap" htmlFor="drivers-drivers">{t('drivers.drivers')}</label>
        <Select id="drivers-drivers" mode="multiple" maxCount={20} maxTagCount="responsive" style={{ minWidth: 260, flex: 2 }} value={shown} onChange={(next) => setDrivers(next.join(','))} options={options.filter((option) => option.value !== (outcome || columns.outcome))} />
      </div>
      {refused
        ? <Alert role="status" type="info" showIcon title={t(`drivers.refused_${refused.code}`)} description={<><div>{refused.detail}</div><div>{refused.fix}</div></>} />
        : found.data ? <Found found={found.data} survey={survey} />
          : found.isError ? <ProblemView error={found.error} retry={() => void found.refetch()} /> : <PanelSkeleton rows={12} />}
    </>
  );
}

function OfSurvey({ survey }: { survey: Survey }) {
  const { query, ready } = useScope();
  const columns = useListSurveyColumns({ id: survey.id, ...query }, { enabled: ready, keep: true });
  return <Load query={columns} rows={12}>{(known) => <Answer key={survey.id} survey={survey} columns={known} />}</Load>;
}

export function DriversPage() {
  const { t } = useTranslation();
  const language = useLanguage();
  const surveys = useListSurveys();
  const [chosen, setSurvey] = useAddress('survey', '');
  const items = surveys.data?.items ?? [];
  const survey = items.find((one) => one.id === chosen) ?? items.find((one) => one.state === 'open') ?? items[0];
  return (
    <Page title={t('nav.drivers')} answers={t('drivers.answers')} actions={items.length > 0 && (
      <Select aria-label={t('nav.surveys')} style={{ minWidth: 220, maxWidth: '100%' }} value={survey?.id ?? ''} onChange={setSurvey} options={items.map((one) => ({ value: one.id, label: textIn(one.title, language) }))} />
    )}>
      <Load query={surveys}>
        {() => (survey
          ? <OfSurvey survey={survey} />
          : <Panel><Teach icon={<AimOutlined />} title={t('drivers.empty')} text={t('drivers.empty_text')} action={<Link to="/surveys">{t('drivers.to_surveys')}</Link>} /></Panel>)}
      </Load>
    </Page>
  );
}
