// What moves satisfaction: key drivers from the answers of a survey or from what is known of customers, and the
// service-profit chain.
import { AimOutlined } from '@ant-design/icons';
import { Alert, Segmented, Select } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ApiProblem } from '../../api/client';
import { useGetSurveyDrivers, useListSurveyColumns, useListSurveys, type Survey, type SurveyColumns } from '../../api/generated';
import { Load } from '../../components/load';
import { Page, PanelSkeleton, Panel } from '../../components/page';
import { ProblemView } from '../../components/problem';
import { Teach } from '../../components/teach';
import { exact } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useAddress } from '../../state/address';
import { useScope } from '../../state/filters';
import { columnTexts, shorten } from '../surveys/columns';
import { textIn } from '../surveys/surveys_page';
import { ChainView } from './chain_view';
import { CustomersView } from './customers_view';
import { Found } from './found';

const kRefusals = ['too_few_rows', 'bad_drivers'];
const kViews = ['survey', 'customers', 'chain'] as const;

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

function OfSurveys() {
  const { t } = useTranslation();
  const language = useLanguage();
  const surveys = useListSurveys();
  const [chosen, setSurvey] = useAddress('survey', '');
  const items = surveys.data?.items ?? [];
  const survey = items.find((one) => one.id === chosen) ?? items.find((one) => one.state === 'open') ?? items[0];
  return (
    <Load query={surveys}>
      {() => (survey
        ? (
          <>
            <div className="filter-line">
              <label className="nowrap" htmlFor="drivers-survey">{t('nav.surveys')}</label>
              <Select id="drivers-survey" style={{ minWidth: 220, maxWidth: '100%' }} value={survey.id} onChange={setSurvey} options={items.map((one) => ({ value: one.id, label: textIn(one.title, language) }))} />
            </div>
            <OfSurvey survey={survey} />
          </>
        )
        : <Panel><Teach icon={<AimOutlined />} title={t('drivers.empty')} text={t('drivers.empty_text')} action={<Link to="/surveys">{t('drivers.to_surveys')}</Link>} /></Panel>)}
    </Load>
  );
}

export function DriversPage() {
  const { t } = useTranslation();
  const [chosen, setView] = useAddress('view', 'survey');
  const view = kViews.find((one) => one === chosen) ?? 'survey';
  return (
    <Page title={t('nav.drivers')} answers={t(view === 'chain' ? 'chain.answers' : 'drivers.answers')} actions={(
      <Segmented aria-label={t('drivers.view')} value={view} onChange={setView} options={kViews.map((one) => ({ value: one, label: t(`drivers.view_${one}`) }))} />
    )}>
      {view === 'survey' ? <OfSurveys /> : view === 'customers' ? <CustomersView /> : <ChainView />}
    </Page>
  );
}
