// Every figure of every driver, and the same as CSV.
import { Button, Table, Tag, Tooltip, type TableColumnsType } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { SurveyDriver, SurveyDrivers } from '../../api/generated';
import { Formula } from '../../components/formula';
import { Panel } from '../../components/page';
import { saveCsv } from '../../format/export';
import { coefficient, exact, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { columnTexts } from '../surveys/columns';

const kInflated = 5;
const kTags: Record<SurveyDriver['kind'], string> = { attractive: 'green', must_be: 'volcano', linear: 'blue', cannot_tell: 'default' };

export function KindTag({ kind }: { kind: SurveyDriver['kind'] }) {
  const { t } = useTranslation();
  return <Tooltip title={t(`drivers.kind_${kind}_why`)}><Tag color={kTags[kind]}>{t(`drivers.kind_${kind}`)}</Tag></Tooltip>;
}

export function DriverTable({ found }: { found: SurveyDrivers }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const columns = useMemo<TableColumnsType<SurveyDriver>>(() => {
    const number = (value: number) => coefficient(value, language);
    const between = (interval: readonly number[] | null | undefined, write: (value: number) => string) => interval && <div className="muted small nowrap">{t('drivers.between', { low: write(interval[0] ?? 0), high: write(interval[1] ?? 0) })}</div>;
    const head = (key: string, source?: string) => <span className="nowrap">{t(`drivers.${key}`)} <Formula name={t(`drivers.${key}`)} text={t(`drivers.${key}_formula`)} {...(source && { source })} /></span>;
    const share = (of: SurveyDriver['lmg']) => (of ? <>{percent(of.value, language)}{between(of.interval, (value) => percent(value, language))}</> : '–');
    return [
      { title: t('drivers.driver'), key: 'driver', render: (_, driver) => {
        const { text, of } = columnTexts(driver.column, language);
        return <div style={{ minWidth: 180 }}>{text}{of && <div className="muted small">{of}</div>}{driver.alpha && <div className="muted small">{t('drivers.alpha', { n: driver.column.items.length, alpha: exact(driver.alpha.value, language, 2) })}</div>}</div>;
      } },
      { title: head('weight', 'Johnson (2000), Multivariate Behavioral Research 35:1–19'), key: 'weight', align: 'right', defaultSortOrder: 'descend', sorter: (a, b) => (a.relative_weight?.value ?? 0) - (b.relative_weight?.value ?? 0), render: (_, driver) => share(driver.relative_weight) },
      { title: head('lmg', 'Lindeman, Merenda, Gold (1980), 4.5'), key: 'lmg', align: 'right', render: (_, driver) => share(driver.lmg) },
      { title: head('coefficient', 'MacKinnon, White (1985), Journal of Econometrics 29:305–325'), key: 'coefficient', align: 'right', render: (_, driver) => <>{number(driver.coefficient.value)}{between(driver.coefficient.interval, number)}</> },
      { title: head('vif', 'Belsley, Kuh, Welsch (1980), Regression Diagnostics, 3.2'), key: 'vif', align: 'right', render: (_, driver) => (driver.vif >= kInflated ? <b>{exact(driver.vif, language, 1)}</b> : exact(driver.vif, language, 1)) },
      { title: t(found.unit === 'percent' ? 'drivers.performance_of_percent' : 'drivers.performance'), key: 'performance', align: 'right', sorter: (a, b) => a.performance.value - b.performance.value, render: (_, driver) => <>{exact(driver.performance.value, language, 2)}{between(driver.performance.interval, (value) => exact(value, language, 2))}</> },
      { title: t('drivers.quadrant'), key: 'quadrant', render: (_, driver) => (driver.quadrant ? `${t(`drivers.quadrant_${driver.quadrant}`)}${driver.quadrant_clear ? '' : t('drivers.unsure')}` : '–') },
      { title: head('kind', 'Brandt (1987); Mikulić, Prebežac (2011), Managing Service Quality 21:46–66'), key: 'kind', render: (_, driver) => <KindTag kind={driver.kind} /> },
    ];
  }, [t, language, found.unit]);
  const save = () => saveCsv('drivers.csv', found.drivers.map((driver) => ({
    driver: driver.column.key, text: columnTexts(driver.column, language).text, weight: driver.relative_weight?.value ?? '', weight_low: driver.relative_weight?.interval?.[0] ?? '', weight_high: driver.relative_weight?.interval?.[1] ?? '',
    lmg: driver.lmg?.value ?? '', coefficient: driver.coefficient.value, coefficient_low: driver.coefficient.interval?.[0] ?? '', coefficient_high: driver.coefficient.interval?.[1] ?? '', p_value: driver.coefficient.p_value ?? '', vif: driver.vif,
    performance: driver.performance.value, quadrant: driver.quadrant ?? '', kind: driver.kind,
  })));
  return (
    <Panel title={t('drivers.table')} note={t('metric.n', { n: exact(found.complete, language) })} tools={<Button size="small" onClick={save}>{t('common.csv')}</Button>}>
      <Table<SurveyDriver> rowKey={(driver) => driver.column.key} size="small" columns={columns} dataSource={found.drivers} pagination={false} scroll={{ x: 'max-content' }} />
    </Panel>
  );
}
