// How many customers reach each step, how long they take, and who stops where.
import { FunnelPlotOutlined } from '@ant-design/icons';
import { Drawer, Segmented, Select, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { useGetFunnel, useListFunnelCustomers, useListJourneyDefinitions, type Funnel, type FunnelLevel, type GetFunnelParams } from '../../api/generated';
import { ExportMenu } from '../../charts/chart';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { Teach } from '../../components/teach';
import { duration, exact, moment, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { filterSearch, useScope } from '../../state/filters';
import { DefinitionPicker } from './friction_tab';
import { KeepList } from './keep_list';

type Order = NonNullable<GetFunnelParams['order']>;
type By = NonNullable<GetFunnelParams['by']>;
const kOrders: Order[] = ['ordered', 'strict', 'unordered'];
const kBys: By[] = ['none', 'channel', 'unit'];
const kWindows = [1, 24, 72, 168, 336, 720];
const kDefault = ['product', 'cart', 'checkout', 'order'];
const kStepsMax = 6;

function useStepName(data: Funnel): (at: number) => string {
  const { t } = useTranslation();
  const names = useNames();
  return (at) => {
    if (data.order === 'unordered') return t('journey.any_steps', { count: at + 1 });
    const step = data.steps[at]!;
    return step.name || names.touchpoint(step.touchpoint);
  };
}

function Levels({ data, open }: { data: Funnel; open: (step: number) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const name = useStepName(data);
  const { levels } = data.all;
  const lost = (at: number) => levels[at]!.customers - (levels[at + 1]?.customers ?? 0);
  return (
    <div className="funnel" data-testid="funnel">
      {levels.map((level: FunnelLevel, at: number) => (
        <div key={at} className="funnel-level">
          <div className="funnel-words"><b>{name(at)}</b> <span className="num">{exact(level.customers, language)}</span>
            {at > 0 && level.of_first !== null && <span className="muted small num"> {percent(level.of_first, language)}{level.low !== null && level.high !== null && ` [${percent(level.low, language)}, ${percent(level.high, language)}]`}</span>}
            {level.median_ms !== null && <span className="muted small"> · {t('journey.median', { time: duration(level.median_ms, language) })} · {t('journey.p90', { time: duration(level.p90_ms ?? 0, language) })}</span>}
          </div>
          <div className="funnel-track"><div className="funnel-bar" style={{ width: `${100 * (level.of_first ?? 0)}%` }} /></div>
          <button type="button" className="link small" data-drill="explained" onClick={() => open(at + 1)}>
            {at + 1 < levels.length ? t('journey.stopped_here', { shown: exact(lost(at), language) }) : t('journey.converted', { shown: exact(level.customers, language) })}
          </button>
        </div>
      ))}
    </div>
  );
}

function Groups({ data }: { data: Funnel }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const name = useStepName(data);
  if (data.groups.length === 0) return null;
  return (
    <Table size="small" pagination={false} scroll={{ x: 'max-content' }} rowKey="key" style={{ marginTop: 16 }} dataSource={data.groups} columns={[
      { title: t(`by.${data.by}`), key: 'key', render: (_, group) => (data.by === 'channel' ? names.channel(group.key) : group.key) || '–' },
      ...data.steps.map((_, at) => ({
        title: name(at), key: `step${at}`, align: 'end' as const,
        render: (__: unknown, group: Funnel['all']) => <span className="num">{exact(group.levels[at]!.customers, language)} <span className="muted small">{at > 0 && group.levels[at]!.of_first !== null && percent(group.levels[at]!.of_first ?? 0, language)}</span></span>,
      })),
    ]} />
  );
}

function Stopped({ params, step, title, suggested, close }: { params: GetFunnelParams; step: number; title: string; suggested: string; close: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [search] = useSearchParams();
  const { zone } = useScope();
  const customers = useListFunnelCustomers({ ...params, step, limit: 100 });
  return (
    <Drawer open onClose={close} size="large" title={title}>
      <KeepList params={params} step={step} suggested={suggested} />
      <Load query={customers} rows={6}>
        {(data) => (
          <Table size="small" pagination={false} rowKey="customer" dataSource={data.items} columns={[
            { title: t('journey.customer'), key: 'customer', render: (_, row) => <Link to={`/customers/${row.customer}${filterSearch(search)}`}>{row.name || t('customer.unnamed')} <span className="mono muted small">{row.customer}</span></Link> },
            { title: t('journey.latest_step'), key: 'at', render: (_, row) => <span className="num">{moment(row.at, language, zone)}</span> },
          ]} />
        )}
      </Load>
    </Drawer>
  );
}

export function FunnelTab() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { query, ready } = useScope();
  const names = useNames();
  const definitions = useListJourneyDefinitions();
  const [definition, setDefinition] = useState<string>();
  const [steps, setSteps] = useState<string[]>(kDefault);
  const [order, setOrder] = useState<Order>('ordered');
  const [by, setBy] = useState<By>('none');
  const [hours, setHours] = useState(168);
  const [shown, setShown] = useState<number>();
  const enough = steps.length >= 2 && steps.length <= kStepsMax;
  const params: GetFunnelParams = { ...query, steps: steps.join(','), order, by, window_hours: hours };
  const funnel = useGetFunnel(params, { enabled: ready && enough, keep: true });
  const data = funnel.data;
  const choose = (key: string | undefined) => {
    setDefinition(key);
    const found = definitions.data?.items.find((item) => item.key === key);
    if (!found || found.steps.length < 2) return;
    setSteps(found.steps);
    setHours(found.gap_days * 24);
  };
  const suggested = (step: number) => {
    const at = data?.steps[step - 1];
    return t(step < (data?.steps.length ?? 0) ? 'lists.suggested_stopped' : 'lists.suggested_converted', { step: at ? at.name || names.touchpoint(at.touchpoint) : step });
  };
  return (
    <Panel title={t('journey.funnel')} note={t('journey.funnel_answers')}
      tools={data && <ExportMenu name="funnel" svg={() => null} rows={() => [data.all, ...data.groups].flatMap((group) => group.levels.map((level, at) => ({ group: group.key, step: at + 1, name: data.steps[at]!.name || data.steps[at]!.touchpoint, customers: level.customers, of_first: level.of_first ?? '', median_ms: level.median_ms ?? '' })))} />}>
      <div className="filter-line" style={{ gap: '8px 16px' }}>
        <DefinitionPicker value={definition} onChange={choose} />
        <Select mode="multiple" style={{ minWidth: 260, maxWidth: '100%' }} value={steps} maxCount={kStepsMax} aria-label={t('journey.funnel_steps')} placeholder={t('journey.funnel_steps')}
          onChange={(keys: string[]) => setSteps(keys)} options={names.touchpoints.map((key) => ({ value: key, label: names.touchpoint(key) }))} />
        <Segmented<Order> value={order} onChange={setOrder} options={kOrders.map((value) => ({ value, label: t(`journey.order_${value}`) }))} />
        <Select<number> value={hours} onChange={setHours} aria-label={t('journey.window')} options={[...new Set([...kWindows, hours])].sort((a, b) => a - b).map((value) => ({ value, label: t('journey.within', { time: duration(value * 3_600_000, language) }) }))} />
        <Segmented<By> value={by} onChange={setBy} options={kBys.map((value) => ({ value, label: value === 'none' ? t('journey.undivided') : t(`by.${value}`) }))} />
      </div>
      {!enough ? <Teach icon={<FunnelPlotOutlined />} title={t('journey.funnel_steps')} text={t('journey.funnel_needs')} /> : (
        <Load query={funnel} rows={8}>
          {(found) => (found.all.levels[0]!.customers === 0
            ? <Teach icon={<FunnelPlotOutlined />} title={t('journey.funnel_empty')} text={t('journey.funnel_empty_text')} />
            : <><Levels data={found} open={setShown} /><Groups data={found} /></>)}
        </Load>
      )}
      <p className="muted small" style={{ margin: '8px 0 0' }}>{t(`journey.order_${order}_words`)}</p>
      {shown !== undefined && data && <Stopped params={params} step={shown} close={() => setShown(undefined)} suggested={suggested(shown)} title={shown < data.steps.length ? t('journey.stopped_title', { step: shown }) : t('journey.converted_title')} />}
    </Panel>
  );
}
