// What the drivers of an outcome say: figures, warnings, importance, matrix, advice, table.
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Survey, SurveyDrivers } from '../../api/generated';
import { Formula } from '../../components/formula';
import { IntervalBars } from '../../components/interval_bars';
import { Panel } from '../../components/page';
import { exact, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { columnTexts, shorten } from '../surveys/columns';
import { DriverTable, KindTag } from './driver_table';
import { Matrix } from './matrix';

const kLeftOut = 0.2;

/** Of whom the rows are: texts say responses or customers. */
export type Who = 'responses' | 'customers';

function Numbers({ found, who }: { found: SurveyDrivers; who: Who }) {
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
        <div className="top">{t(who === 'customers' ? 'drivers.complete_customers' : 'drivers.complete')}</div>
        <span className="value">{exact(found.complete, language)}</span>
        <div className="meta">{t(who === 'customers' ? 'drivers.of_customers' : 'drivers.of_responses', { n: exact(found.responses, language) })}</div>
      </div>
      <div className="stat">
        <div className="top">{t('drivers.condition')}<Formula name={t('drivers.condition')} text={t('drivers.condition_formula')} source="Belsley, Kuh, Welsch (1980), Regression Diagnostics, 3.2" /></div>
        <span className="value">{exact(found.condition, language, 1)}</span>
        <div className="meta">{t(found.collinear ? 'drivers.collinear_yes' : 'drivers.collinear_no')}</div>
      </div>
    </div>
  );
}

function Warnings({ found, who }: { found: SurveyDrivers; who: Who }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const left = 1 - found.complete / Math.max(1, found.responses);
  const lines = [
    found.collinear && t('drivers.warn_collinear'),
    found.complete < found.ample && t(who === 'customers' ? 'drivers.warn_few_customers' : 'drivers.warn_few', { n: exact(found.complete, language), ample: exact(found.ample, language) }),
    left > kLeftOut && t(who === 'customers' ? 'drivers.warn_left_out_customers' : 'drivers.warn_left_out', { share: percent(left, language, 0) }),
    found.cut && t(who === 'customers' ? 'drivers.warn_cut_customers' : 'drivers.warn_cut', { n: exact(found.responses, language) }),
  ].filter((line) => line !== false);
  if (lines.length === 0) return null;
  return <Alert className="section" role="status" type="warning" showIcon title={t('drivers.mind')} description={lines.map((line) => <div key={line}>{line}</div>)} />;
}

/** So what: where to begin. */
function Advice({ found, survey }: { found: SurveyDrivers; survey: Survey | null }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const first = found.drivers.filter((driver) => driver.quadrant === 'concentrate').toSorted((a, b) => (b.relative_weight?.value ?? 0) - (a.relative_weight?.value ?? 0));
  const strongest = found.drivers.filter((driver) => driver.coefficient.interval && (driver.coefficient.interval[0] ?? 0) * (driver.coefficient.interval[1] ?? 0) > 0).toSorted((a, b) => (b.relative_weight?.value ?? 0) - (a.relative_weight?.value ?? 0))[0];
  const musts = found.drivers.filter((driver) => driver.kind === 'must_be');
  const names = (list: typeof first) => list.map((driver) => shorten(columnTexts(driver.column, language).text, 40)).join(t('common.list'));
  return (
    <Panel title={t('drivers.so_what')}>
      {(first.length > 0 || survey) && <p style={{ margin: 0 }}>{first.length > 0 ? t('drivers.begin', { names: names(first) }) : t('drivers.begin_nowhere')}</p>}
      {!survey && strongest && <p style={{ margin: 0 }}>{t('drivers.strongest', { name: columnTexts(strongest.column, language).text })}</p>}
      {musts.length > 0 && <p style={{ margin: '6px 0 0' }}>{t('drivers.musts', { names: names(musts) })}</p>}
      <p className="muted small" style={{ margin: '8px 0 0' }}>{t('drivers.not_cause')} <Link to="/voice">{t('drivers.read_words')}</Link>{survey && <> · <Link to={`/surveys/${survey.id}`}>{t('drivers.to_survey')}</Link></>}</p>
    </Panel>
  );
}

/** All that is known of the drivers; `survey` null: they are of customers. */
export function Found({ found, survey }: { found: SurveyDrivers; survey: Survey | null }) {
  const who: Who = survey ? 'responses' : 'customers';
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
      <Numbers found={found} who={who} />
      <Warnings found={found} who={who} />
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
