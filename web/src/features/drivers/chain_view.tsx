// The service-profit chain: stages as metrics, links with slope, interval and lag, drawn from units over time.
import { Alert, AutoComplete, InputNumber, Segmented, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/client';
import { useGetDriverChain, type DriverChain } from '../../api/generated';
import { Panel, PanelSkeleton } from '../../components/page';
import { ProblemView } from '../../components/problem';
import { exact } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useAddress } from '../../state/address';
import { useMetricCatalogue } from '../../state/catalogue';
import { useScope } from '../../state/filters';
import { ChainPicture } from './chain_picture';
import { ChainTable } from './chain_table';
import { LagProfiles } from './lag_profiles';

const kUsual = ['on_time_share', 'csat_mean', 'repeat_rate', 'revenue'];
const kGrains = ['day', 'week', 'month'] as const;
const kUnits = ['unit', 'channel', 'touchpoint', 'stage'] as const;
const kRefusals = ['too_few_rows', 'bad_drivers'];
const kStagesMax = 6;
const kLagsMax = 12;
/** Sizes grow by shares rather than by steps. */
const kSizes = ['money', 'count'];

/** What the API is asked for: sizes as logarithms. */
export function stageWords(keys: readonly string[], unitOf: (key: string) => string | undefined): string {
  return keys.map((key) => (kSizes.includes(unitOf(key) ?? '') ? `log(${key})` : key)).join(',');
}

function Found({ found }: { found: DriverChain }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <>
      <p className="muted" style={{ margin: '0 0 12px' }}>{t('chain.sample', { units: exact(found.units, language), periods: exact(found.periods, language), first: found.first_period, last: found.last_period })}</p>
      <ChainPicture found={found} />
      <div className="section"><LagProfiles found={found} /></div>
      <div className="section"><ChainTable found={found} /></div>
    </>
  );
}

export function ChainView() {
  const { t } = useTranslation();
  const { items, find, name } = useMetricCatalogue();
  const { query, ready } = useScope();
  const [stagesText, setStages] = useAddress('stages', kUsual.join(','));
  const [by, setBy] = useAddress('by', 'unit');
  const [grainText, setGrain] = useAddress('grain', 'month');
  const [lagsText, setLags] = useAddress('lags', '3');
  const grain = kGrains.find((one) => one === grainText) ?? 'month';
  const lags = Math.min(kLagsMax, Math.max(0, Number.parseInt(lagsText, 10) || 0));
  const stages = stagesText.split(',').filter((key) => key !== '' && (items.length === 0 || find(key)));
  const enough = stages.length >= 2 && items.length > 0;
  const found = useGetDriverChain({ ...query, stages: stageWords(stages, (key) => find(key)?.unit), by, grain, lags }, { enabled: ready && enough, keep: true });
  const refused = found.error instanceof ApiProblem && kRefusals.includes(found.error.problem.code) ? found.error.problem : null;
  return (
    <>
      <div className="filter-line">
        <label className="nowrap" htmlFor="chain-stages">{t('chain.stages')}</label>
        <Select id="chain-stages" mode="multiple" maxCount={kStagesMax} style={{ minWidth: 260, flex: 2 }} value={stages} onChange={(next) => setStages(next.join(','))} optionFilterProp="label" options={items.map((metric) => ({ value: metric.key, label: name(metric.key) }))} />
      </div>
      <div className="filter-line">
        <label className="nowrap" htmlFor="chain-by">{t('chain.by')}</label>
        <AutoComplete id="chain-by" style={{ minWidth: 170 }} value={by} onChange={setBy} options={kUnits.map((one) => ({ value: one, label: t(`chain.by_${one}`) }))} placeholder="trait.city" />
        <Segmented aria-label={t('chain.grain')} value={grain} onChange={setGrain} options={kGrains.map((one) => ({ value: one, label: t(`chain.grain_${one}`) }))} />
        <label className="nowrap" htmlFor="chain-lags">{t('chain.lags')}</label>
        <InputNumber id="chain-lags" min={0} max={kLagsMax} value={lags} onChange={(next) => setLags(String(next ?? 0))} style={{ width: 70 }} />
      </div>
      <p className="muted small" style={{ margin: '0 0 12px' }}>{t('chain.choose')}</p>
      {!enough && items.length > 0
        ? <Alert role="status" type="info" showIcon title={t('chain.two_stages')} />
        : refused
          ? <Alert role="status" type="info" showIcon title={t(`chain.refused_${refused.code}`)} description={<><div>{refused.detail}</div><div>{t('chain.refused_help')}</div></>} />
          : found.data ? <Found found={found.data} />
            : found.isError ? <ProblemView error={found.error} retry={() => void found.refetch()} /> : <Panel><PanelSkeleton rows={10} /></Panel>}
    </>
  );
}
