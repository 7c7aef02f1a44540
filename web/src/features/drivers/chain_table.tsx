// Links and effects of the chain in figures, and as CSV.
import { Button, Table, type TableColumnsType } from 'antd';
import { useTranslation } from 'react-i18next';
import type { ChainEffect, ChainLink, DriverChain } from '../../api/generated';
import { Formula } from '../../components/formula';
import { Panel } from '../../components/page';
import { saveCsv } from '../../format/export';
import { exact, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { signed, useStageName } from './chain_picture';

export function ChainTable({ found }: { found: DriverChain }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const stage = useStageName(found);
  const between = (interval: readonly number[] | null | undefined) => interval && <div className="muted small nowrap">{t('drivers.between', { low: signed(interval[0] ?? 0, language, 3), high: signed(interval[1] ?? 0, language, 3) })}</div>;
  const head = (key: string, source?: string) => <span className="nowrap">{t(`chain.${key}`)} <Formula name={t(`chain.${key}`)} text={t(`chain.${key}_formula`)} {...(source && { source })} /></span>;
  const links: TableColumnsType<ChainLink> = [
    { title: t('chain.link'), key: 'link', render: (_, link) => <div style={{ minWidth: 160 }}>{stage(link.from)} → {stage(link.to)}</div> },
    { title: t(`chain.lag_${found.grain}`), key: 'lag', align: 'right', render: (_, link) => <>{link.lag}<div className="muted small nowrap">{link.fixed ? t('chain.is_fixed') : t('chain.chosen_share', { share: percent(link.lags[link.lag]?.chosen_share ?? 0, language, 0) })}</div></> },
    { title: head('slope', 'Arellano (1987); Cameron, Miller (2015)'), key: 'slope', align: 'right', render: (_, link) => <>{signed(link.slope.value, language, 3)}{between(link.slope.interval)}</> },
    { title: head('interval', 'Cameron, Miller (2015), Journal of Human Resources 50:317–372'), key: 'interval', align: 'right', render: (_, link) => between(link.interval) ?? '–' },
    { title: head('standardised'), key: 'standardised', align: 'right', render: (_, link) => signed(link.standardised, language, 3) },
    { title: 'R²', key: 'r2', align: 'right', render: (_, link) => percent(link.r2, language) },
    { title: t('chain.rows_short'), key: 'rows', align: 'right', render: (_, link) => <>{exact(link.rows, language)}<div className="muted small nowrap">{`${link.units} × ${link.periods}`}</div></> },
  ];
  const effects: TableColumnsType<ChainEffect> = [
    { title: t('chain.effect_of', { name: stage(found.stages.at(-1)?.metric ?? '') }), key: 'stage', render: (_, effect) => <div style={{ minWidth: 160 }}>{stage(effect.stage)}</div> },
    { title: t(`chain.lag_${found.grain}`), key: 'lag', align: 'right', render: (_, effect) => effect.lag },
    { title: head('product', 'MacKinnon, Lockwood, Williams (2004), Multivariate Behavioral Research 39:99–128'), key: 'value', align: 'right', render: (_, effect) => <>{signed(effect.value, language, 3)}{between(effect.interval)}</> },
    { title: t('chain.standardised'), key: 'standardised', align: 'right', render: (_, effect) => <>{signed(effect.standardised, language, 3)}{between(effect.standardised_interval)}</> },
  ];
  const save = () => saveCsv('chain.csv', found.links.map((link, i) => ({
    from: link.from, to: link.to, lag: link.lag, slope: link.slope.value, low: link.interval?.[0] ?? '', high: link.interval?.[1] ?? '', standardised: link.standardised, r2: link.r2, rows: link.rows, units: link.units, periods: link.periods,
    effect_on_last: found.effects[i]?.value ?? '', effect_low: found.effects[i]?.interval?.[0] ?? '', effect_high: found.effects[i]?.interval?.[1] ?? '',
  })));
  return (
    <Panel title={t('drivers.table')} note={t('chain.draws', { n: exact(found.resamples, language) })} tools={<Button size="small" onClick={save}>{t('common.csv')}</Button>}>
      <Table<ChainLink> rowKey="from" size="small" columns={links} dataSource={found.links} pagination={false} scroll={{ x: 'max-content' }} />
      <div className="section"><Table<ChainEffect> rowKey="stage" size="small" columns={effects} dataSource={found.effects} pagination={false} scroll={{ x: 'max-content' }} /></div>
    </Panel>
  );
}
