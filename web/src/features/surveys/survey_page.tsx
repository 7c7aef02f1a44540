// One survey: how far people came, what they scored, its links and its document.
import { App, Button, Popconfirm } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { useInvalidate } from '../../api/client';
import { useCloseSurvey, useGetSurvey, useGetSurveyResults, useOpenSurvey, type SurveyDetail, type SurveyFunnel, type SurveyScore } from '../../api/generated';
import { Bars } from '../../components/bars';
import { Load } from '../../components/load';
import { Page, Panel } from '../../components/page';
import { useProblemNotice } from '../../components/problem';
import { exact, metricValue, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useMay } from '../../state/session';
import { SurveyBenchmarks } from './survey_benchmarks';
import { SurveyDocumentPanel } from './survey_document';
import { SurveyIndex } from './survey_index';
import { SurveyIndexFigures } from './survey_index_figures';
import { SurveyLinks } from './survey_links';
import { SurveyRounds } from './survey_rounds';
import { SurveyTriggers } from './survey_triggers';
import { SurveyWeightsPanel } from './survey_weights';
import { StateTag, textIn } from './surveys_page';

const kUnits = { nps: 'points', share: 'share', mean: 'score' } as const;

function Funnel({ funnel }: { funnel: SurveyFunnel }) {
  const { t } = useTranslation();
  const language = useLanguage();
  // Opened counts page views, so a later step can be larger only before the first view of a page.
  const steps = [
    ...(funnel.sent > 0 ? [{ key: 'sent', count: funnel.sent }, { key: 'sent_opened', count: funnel.sent_opened }] : []),
    { key: 'opened', count: funnel.opened }, { key: 'started', count: funnel.started }, { key: 'completed', count: funnel.completed },
  ];
  const largest = Math.max(1, ...steps.map((step) => step.count));
  return (
    <>
      <Bars bars={steps.map((step) => ({ key: step.key, label: t(`survey.step_${step.key}`), length: step.count / largest, colour: 'var(--accent)', end: exact(step.count, language) }))} />
      {funnel.started > 0 && <p className="muted small">{t('survey.completion', { share: percent(funnel.completed / funnel.started, language) })}</p>}
      {funnel.turned_away > 0 && <p className="muted small">{t('survey.turned_away', { n: exact(funnel.turned_away, language) })}</p>}
    </>
  );
}

function Score({ score }: { score: SurveyScore }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const write = (value: number) => metricValue(value, kUnits[score.measure], language);
  const largest = Math.max(1, ...score.distribution.map((bin) => bin.count));
  const known = score.enough && score.value !== null;
  return (
    <div className="stat">
      <div className="top">{t(`instrument.${score.instrument}`, { defaultValue: score.instrument.toUpperCase() })} · {t(`voice.measure_${score.measure}`)}</div>
      <span className={known ? 'value' : 'value weak'}>{known ? write(score.value ?? 0) : t('metric.not_enough', { n: score.n })}</span>
      <div className="meta">{[known && score.low !== null && score.high !== null && t('metric.interval', { low: write(score.low), high: write(score.high) }), t('survey.answers_n', { n: exact(score.n, language) })].filter(Boolean).join(' · ')}</div>
      <Bars bars={score.distribution.map((bin) => ({ key: String(bin.score), label: exact(bin.score, language, 1), length: bin.count / largest, colour: 'var(--accent)', end: exact(bin.count, language) }))} />
    </div>
  );
}

function StateButton({ survey }: { survey: SurveyDetail }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const notice = useProblemNotice();
  const invalidate = useInvalidate();
  const open = useOpenSurvey();
  const close = useCloseSurvey();
  const done = async (said: string) => {
    await invalidate('getSurvey', 'listSurveys');
    void message.success(said);
  };
  if (survey.state === 'open') {
    return <Popconfirm title={t('survey.close_sure')} okText={t('survey.close')} cancelText={t('common.cancel')} onConfirm={() => close.mutate({ id: survey.id }, { onSuccess: () => void done(t('survey.closed')), onError: notice })}><Button loading={close.isPending}>{t('survey.close')}</Button></Popconfirm>;
  }
  return <Button type="primary" loading={open.isPending} onClick={() => open.mutate({ id: survey.id }, { onSuccess: () => void done(t('survey.opened')), onError: notice })}>{t('survey.open')}</Button>;
}

export function SurveyPage() {
  const { t } = useTranslation();
  const language = useLanguage();
  const may = useMay();
  const { id = '' } = useParams();
  const survey = useGetSurvey({ id });
  const results = useGetSurveyResults({ id }, { refetchInterval: 10_000, keep: true });
  return (
    <Load query={survey}>
      {(one) => (
        <Page title={textIn(one.title, language)} answers={<><StateTag state={one.state} /> {one.key} · {t('survey.version_n', { n: one.version })}</>} actions={<><Link to={`/drivers?survey=${one.id}&range=all`}>{t('nav.drivers')}</Link>{may('manage_data') && <StateButton survey={one} />}</>}>
          <SurveyIndex survey={one} />
          <SurveyIndexFigures survey={one} />
          <Load query={results}>
            {({ funnel, scores, source }) => (<>
              <div className="grid two section">
                <Panel title={t('survey.funnel')}><Funnel funnel={funnel} /></Panel>
                <Panel title={t('survey.results')} note={t('survey.results_note')}>
                  {scores.length === 0 ? <p className="muted" style={{ margin: 0 }}>{t(one.state === 'open' ? 'survey.no_results' : 'survey.no_results_draft')}</p> : scores.map((score) => <Score key={score.instrument} score={score} />)}
                </Panel>
              </div>
              {source && <div className="section"><SurveyBenchmarks source={source} /></div>}
            </>)}
          </Load>
          {one.state !== 'draft' && <div className="section"><SurveyWeightsPanel survey={one} /></div>}
          {may('manage_data') && <div className="section"><SurveyRounds survey={one} /></div>}
          {may('manage_data') && <div className="section"><SurveyTriggers survey={one} /></div>}
          {may('manage_data') && <div className="section"><SurveyLinks survey={one} /></div>}
          <div className="section"><SurveyDocumentPanel key={`${one.id}/${one.version}`} survey={one} /></div>
        </Page>
      )}
    </Load>
  );
}
