// Key drivers from what is known of each customer: last answers, orders, contacts, times, traits.
import { AimOutlined } from '@ant-design/icons';
import { Alert, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/client';
import { useGetCustomerDrivers, useListCustomerColumns, type CustomerColumn, type CustomerColumns, type CustomerDrivers, type SurveyDrivers } from '../../api/generated';
import { Load } from '../../components/load';
import { Panel, PanelSkeleton } from '../../components/page';
import { ProblemView } from '../../components/problem';
import { Teach } from '../../components/teach';
import { exact, type Language } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useAddress } from '../../state/address';
import { useScope } from '../../state/filters';
import { Found } from './found';

const kRefusals = ['too_few_rows', 'bad_drivers'];
const kTraitStart = 'trait.';
const kTraitName = /^\S+$/;

/** A column of customers as the pictures know columns of answers. */
function asAnswer({ key, text }: CustomerColumn) {
  return { key, text, of: { zh: '', en: '' }, type: 'scale' as const, instrument: '', least: 0, most: 0, items: [key] };
}

export function asSurveyDrivers(found: CustomerDrivers): SurveyDrivers {
  const { customers, outcome, drivers, currency: _, ...rest } = found;
  return {
    ...rest, outcome: asAnswer(outcome), responses: customers, unit: 'points', least: 0, most: 0,
    drivers: drivers.map((driver) => ({ ...driver, column: asAnswer(driver.column), alpha: null })),
  };
}

function name(column: CustomerColumn, language: Language, currency: string | null): string {
  const text = language === 'zh' ? column.text.zh : column.text.en;
  return column.unit === 'money' && currency ? `${text} (${currency})` : text;
}

/** "age" typed by hand is the trait; keys that are known stay as they are. */
export function chosenKeys(next: readonly string[], known: ReadonlySet<string>): string[] {
  return [...new Set(next.map((key) => key.trim()).filter((key) => kTraitName.test(key)).map((key) => (known.has(key) || key.startsWith(kTraitStart) ? key : kTraitStart + key)))];
}

function Answer({ columns, outcome, drivers, set }: { columns: CustomerColumns; outcome: string; drivers: string[]; set: (key: 'outcome' | 'drivers', value: string) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { query, ready } = useScope();
  const found = useGetCustomerDrivers({ ...query, ...(outcome && { outcome }), ...(drivers.length > 0 && { drivers: drivers.join(',') }) }, { enabled: ready && columns.customers > 0, keep: true });
  if (columns.customers === 0 && outcome === '') return <Panel><Teach icon={<AimOutlined />} title={t('drivers.no_customers')} text={t('drivers.no_customers_text')} /></Panel>;
  const options = columns.columns.map(({ column, customers, varies }) => ({
    value: column.key, disabled: !varies && !column.key.startsWith(kTraitStart),
    label: `${name(column, language, columns.currency)} (${exact(customers, language)}${varies ? '' : ` · ${t('drivers.never_varies')}`})`,
  }));
  const known = new Set(options.map((option) => option.value));
  const explained = outcome || columns.outcome;
  const shown = drivers.length > 0 ? drivers : found.data?.drivers.map((driver) => driver.column.key) ?? columns.drivers;
  const refused = found.error instanceof ApiProblem && kRefusals.includes(found.error.problem.code) ? found.error.problem : null;
  const isAnswer = columns.columns.some(({ column }) => column.key === explained && column.unit === 'score');
  return (
    <>
      <div className="filter-line">
        <label className="nowrap" htmlFor="customers-outcome">{t('drivers.outcome')}</label>
        <Select id="customers-outcome" style={{ minWidth: 220, maxWidth: 420, flex: 1 }} value={explained} onChange={(next) => set('outcome', next)} options={options} />
        <label className="nowrap" htmlFor="customers-drivers">{t('drivers.drivers')}</label>
        <Select
          id="customers-drivers" mode="tags" maxCount={20} maxTagCount="responsive" style={{ minWidth: 260, flex: 2 }} value={shown} tokenSeparators={[',']}
          placeholder={t('drivers.or_trait')} onChange={(next) => set('drivers', chosenKeys(next, known).filter((key) => key !== explained).join(','))} options={options.filter((option) => option.value !== explained)}
        />
      </div>
      <p className="muted small" style={{ margin: '0 0 12px' }}>{t(isAnswer ? 'drivers.before_answer' : 'drivers.same_range')} {t('drivers.or_trait')}</p>
      {refused
        ? <Alert role="status" type="info" showIcon title={t(`drivers.refused_customers_${refused.code}`)} description={<><div>{refused.detail}</div><div>{refused.fix}</div></>} />
        : found.data ? <Found found={asSurveyDrivers(found.data)} survey={null} />
          : found.isError ? <ProblemView error={found.error} retry={() => void found.refetch()} /> : <PanelSkeleton rows={12} />}
    </>
  );
}

export function CustomersView() {
  const { query, ready } = useScope();
  const [outcome, setOutcome] = useAddress('target', '');
  const [driversText, setDrivers] = useAddress('moves', '');
  const drivers = driversText.split(',').filter((key) => key !== '' && key !== outcome);
  const columns = useListCustomerColumns({ ...query, ...(outcome && { outcome }), ...(drivers.length > 0 && { drivers: drivers.join(',') }) }, { enabled: ready, keep: true });
  return (
    <Load query={columns} rows={12}>
      {(known) => <Answer columns={known} outcome={outcome} drivers={drivers} set={(key, value) => (key === 'outcome' ? setOutcome(value) : setDrivers(value))} />}
    </Load>
  );
}
