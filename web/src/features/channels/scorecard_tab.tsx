// Each channel in a row: what it does, at which cost, how well, and what it is better or worse at than the others.
import { ShopOutlined } from '@ant-design/icons';
import { Button, InputNumber, Popover, Table, Tag, Tooltip, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useGetChannelScorecard, type ChannelMeasure, type ChannelRow } from '../../api/generated';
import { ExportMenu } from '../../charts/chart';
import { DrillNumber } from '../../components/drill_number';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { Teach } from '../../components/teach';
import { Told } from '../../components/told';
import { exact, metricValue } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import type { Drill } from '../../state/drill';
import { useScope } from '../../state/filters';
import { costsOf, writeCosts, type Costs } from './costs';

const kContacts = 'contact,ticket';
const kKeys: ChannelMeasure['key'][] = ['conversion', 'waiting', 'abandonment', 'handling', 'first_contact', 'satisfaction', 'retention', 'cost', 'cost_per_customer', 'acquisition'];

/** The events that stand behind a measure of a channel. */
function behind(key: ChannelMeasure['key'], channel: string, instrument: string): Drill {
  if (key === 'satisfaction') return { instrument, why: 'channel_answers' };
  if (key === 'conversion') return { channel, why: 'channel_conversion' };
  if (key === 'retention') return { channel, why: 'channel_retention' };
  return { channel, touchpoint: kContacts, why: 'channel_contacts' };
}

function MeasureCell({ measure, row, instrument }: { measure: ChannelMeasure; row: ChannelRow; instrument: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const channel = useNames().channel(row.channel);
  if (measure.value === null) return <Tooltip title={measure.young > 0 && t('channels.young', { n: exact(measure.young, language) })}><span className="muted small">{t(`channels.why_${measure.why}`)}</span></Tooltip>;
  const write = (value: number) => (measure.unit === 'money' ? exact(value, language, 2) : metricValue(value, measure.unit, language));
  const shown = write(measure.value);
  if (measure.unit === 'money') return <Told words={t(`channels.words_${measure.key}`)}><button type="button" className="link num" data-drill="told">{shown}</button></Told>;
  const interval = measure.low !== null && measure.high !== null && t('metric.interval', { low: write(measure.low), high: write(measure.high) });
  return (
    <Tooltip title={<>{interval}<br />{t('metric.n', { n: exact(measure.n, language) })}{measure.young > 0 && <><br />{t('channels.young', { n: exact(measure.young, language) })}</>}</>}>
      <DrillNumber behind="explained" className={`nowrap ${measure.verdict === 'strong' ? 'good' : ''}${measure.verdict === 'weak' ? 'bad' : ''}`}
        to={{ title: `${channel} · ${t(`channels.${measure.key}`)}`, shown, ...behind(measure.key, row.channel, instrument) }}>
        {measure.verdict === 'strong' && '▲ '}{measure.verdict === 'weak' && '▼ '}{shown}
      </DrillNumber>
    </Tooltip>
  );
}

/** What the channel is better and worse at than the others, by what customers come for. */
function Verdicts({ row }: { row: ChannelRow }) {
  const { t } = useTranslation();
  const told = row.measures.filter((measure) => measure.verdict !== '');
  if (told.length === 0) return <span className="muted">–</span>;
  return (
    <span className="channel-verdicts">
      {told.map((measure) => (
        <Tooltip key={measure.key} title={t(`channels.purpose_${measure.purpose}`)}>
          <Tag color={measure.verdict === 'strong' ? 'green' : 'orange'}>{measure.verdict === 'strong' ? '▲' : '▼'} {t(`channels.${measure.key}`)}</Tag>
        </Tooltip>
      ))}
    </span>
  );
}

function CostsButton({ rows, costs, save }: { rows: ChannelRow[]; costs: Costs; save: (costs: Costs) => void }) {
  const { t } = useTranslation();
  const names = useNames();
  const [open, setOpen] = useState(false);
  const [draft, setDraft] = useState<Costs>({});
  return (
    <Popover trigger="click" open={open} placement="bottomRight" onOpenChange={(next) => {
      setOpen(next);
      if (next) setDraft(costs);
    }} content={(
      <div className="channel-costs">
        <p className="muted small">{t('channels.costs_text')}</p>
        {rows.map((row) => (
          <label key={row.channel}>
            <span>{names.channel(row.channel)}</span>
            <InputNumber<number> min={0} value={draft[row.channel] ?? null} aria-label={names.channel(row.channel)} onChange={(value) => setDraft((now) => {
              const { [row.channel]: _gone, ...rest } = now;
              return value === null ? rest : { ...rest, [row.channel]: value };
            })} />
          </label>
        ))}
        <Button type="primary" size="small" onClick={() => {
          setOpen(false);
          save(draft);
        }}>{t('channels.costs_use')}</Button>
      </div>
    )}>
      <Button size="small">{t('channels.costs')}</Button>
    </Popover>
  );
}

function useColumns(instrument: string): TableColumnsType<ChannelRow> {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  return useMemo(() => {
    const measure = (key: ChannelMeasure['key']): TableColumnsType<ChannelRow>[number] => ({
      title: <Tooltip title={t(`channels.words_${key}`)}>{t(`channels.${key}`)}</Tooltip>, key, align: 'end',
      render: (_, row) => {
        const found = row.measures.find((one) => one.key === key);
        return found && <MeasureCell measure={found} row={row} instrument={instrument} />;
      },
    });
    const count = (row: ChannelRow, value: number, to: Drill) => (value === 0 ? <span className="num muted">0</span>
      : <DrillNumber behind="explained" to={{ title: names.channel(row.channel), channel: row.channel, shown: exact(value, language), ...to }}>{exact(value, language)}</DrillNumber>);
    return [
      { title: t('channels.channel'), key: 'channel', fixed: 'start', render: (_, row) => <b>{names.channel(row.channel)}</b> },
      { title: t('channels.verdicts'), key: 'verdicts', render: (_, row) => <Verdicts row={row} /> },
      { title: t('channels.events'), key: 'events', align: 'end', render: (_, row) => <DrillNumber behind="events" count={row.events} to={{ title: names.channel(row.channel), channel: row.channel }}>{exact(row.events, language)}</DrillNumber> },
      { title: t('channels.customers'), key: 'customers', align: 'end', render: (_, row) => <DrillNumber behind="customers" count={row.customers} to={{ title: names.channel(row.channel), channel: row.channel, why: 'customers', shown: exact(row.customers, language) }}>{exact(row.customers, language)}</DrillNumber> },
      { title: t('channels.won'), key: 'won', align: 'end', render: (_, row) => count(row, row.won, { why: 'won' }) },
      { title: t('channels.orders'), key: 'orders', align: 'end', render: (_, row) => count(row, row.orders, { touchpoint: 'order', why: 'orders' }) },
      { title: t('channels.contacts'), key: 'contacts', align: 'end', render: (_, row) => count(row, row.contacts, { touchpoint: kContacts, why: 'channel_contacts' }) },
      ...kKeys.map(measure),
    ];
  }, [t, language, names, instrument]);
}

export function ScorecardTab() {
  const { t } = useTranslation();
  const { query, ready } = useScope();
  const [params, setParams] = useSearchParams();
  const costs = costsOf(params.get('costs'));
  const card = useGetChannelScorecard({ ...query, ...(params.get('costs') && { costs: params.get('costs') ?? '' }) }, { enabled: ready, keep: true });
  const columns = useColumns(card.data?.satisfaction ?? '');
  const save = (next: Costs) => setParams((current) => {
    const address = new URLSearchParams(current);
    const text = writeCosts(next);
    if (text) address.set('costs', text);
    else address.delete('costs');
    return address;
  }, { replace: true });
  return (
    <Panel title={t('channels.scorecard')} note={card.data && t('channels.retention_note', { days: card.data.retention_days })}
      tools={card.data && (
        <>
          <CostsButton rows={card.data.items} costs={costs} save={save} />
          <ExportMenu name="channels" svg={() => null} rows={() => card.data.items.map((row) => ({
            channel: row.channel, events: row.events, customers: row.customers, won: row.won, orders: row.orders, contacts: row.contacts,
            ...Object.fromEntries(row.measures.map((measure) => [measure.key, measure.value ?? measure.why])),
          }))} />
        </>
      )}>
      <Load query={card} rows={10}>
        {(data) => (data.items.length === 0
          ? <Teach icon={<ShopOutlined />} title={t('channels.empty')} text={t('channels.empty_text')} />
          : <Table<ChannelRow> rowKey="channel" size="middle" columns={columns} dataSource={data.items} pagination={false} scroll={{ x: 'max-content' }} />)}
      </Load>
      <p className="muted small" style={{ margin: '8px 0 0' }}>{t('channels.verdict_note')}</p>
    </Panel>
  );
}
