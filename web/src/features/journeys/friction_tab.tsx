// What goes wrong in journeys, whom it befalls and what it costs, worst first.
import { CheckCircleOutlined } from '@ant-design/icons';
import { Drawer, Select, Table, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { useGetFriction, useListFrictionCustomers, useListJourneyDefinitions, type Friction, type FrictionReport } from '../../api/generated';
import { ExportMenu } from '../../charts/chart';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { Teach } from '../../components/teach';
import { Told } from '../../components/told';
import { exact, moment, money, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { filterSearch, useScope } from '../../state/filters';

/** Kinds of journeys to choose from; none chosen: all journeys. */
export function DefinitionPicker({ value, onChange }: { value: string | undefined; onChange: (key: string | undefined) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const definitions = useListJourneyDefinitions();
  return (
    <Select allowClear style={{ minWidth: 180 }} value={value ?? null} placeholder={t('journey.all_journeys')} aria-label={t('journey.definition')}
      onChange={(key: string | null) => onChange(key ?? undefined)}
      options={definitions.data?.items.map((item) => ({ value: item.key, label: (language === 'zh' ? item.name_zh || item.name_en : item.name_en || item.name_zh) })) ?? []} />
  );
}

/** Places are touchpoints, except channels of a bounce and events of a wait. */
export function usePlace(): (one: Friction) => string {
  const names = useNames();
  return (one) => {
    if (one.detector === 'channel_bounce') return `${names.channel(one.place)} ⇄ ${names.channel(one.other)}`;
    if (one.detector === 'wait') return `${one.place} → ${one.other}`;
    if (one.detector === 'back_and_forth') return `${names.touchpoint(one.place)} ⇄ ${names.touchpoint(one.other)}`;
    return one.other ? `${names.touchpoint(one.place)} · ${one.other}` : names.touchpoint(one.place);
  };
}

/** Two digits with a true minus; what rounds to nothing has no sign. */
const signed = (value: number) => (Math.abs(value) < 0.005 ? 0 : value).toFixed(2).replace('-', '−');

function Loss({ one, instrument }: { one: Friction; instrument: string }) {
  const { t } = useTranslation();
  if (!one.loss) return <span className="muted">{t('journey.no_answers')}</span>;
  const { loss } = one;
  return (
    <Told words={t('journey.loss_words', { with: loss.with, without: loss.without, unmatched: loss.unmatched, instrument: instrument.toUpperCase() })}>
      <button type="button" className="link num" data-drill="told">
        {loss.low === null || loss.high === null
          ? t('journey.few_answers')
          : <>{signed(loss.value)} <span className="muted small">[{signed(loss.low)}, {signed(loss.high)}]</span></>}
      </button>
    </Told>
  );
}

/** Whom a friction befell. */
export function Affected({ one, definition, close }: { one: Friction; definition: string | undefined; close: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [params] = useSearchParams();
  const { query, ready, zone } = useScope();
  const place = usePlace();
  const customers = useListFrictionCustomers({ ...query, ...(definition && { definition }), detector: one.detector, place: one.place, other: one.other, limit: 100 }, { enabled: ready });
  return (
    <Drawer open onClose={close} size="large" title={`${t(`journey.detector.${one.detector}`)}: ${place(one)}`}>
      <p className="muted">{t(`journey.detector_words.${one.detector}`)}</p>
      <Load query={customers} rows={6}>
        {(data) => (
          <Table size="small" pagination={false} rowKey="customer" dataSource={data.items} columns={[
            { title: t('journey.customer'), key: 'customer', render: (_, row) => <Link to={`/customers/${row.customer}${filterSearch(params)}`}>{row.name || t('customer.unnamed')} <span className="mono muted small">{row.customer}</span></Link> },
            { title: t('journey.struck_at'), key: 'at', render: (_, row) => <span className="num">{moment(row.at, language, zone)}</span> },
            { title: t('journey.journeys'), key: 'journeys', align: 'end', render: (_, row) => <span className="num">{exact(row.journeys, language)}</span> },
          ]} />
        )}
      </Load>
    </Drawer>
  );
}

function Frictions({ data, open }: { data: FrictionReport; open: (one: Friction) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const place = usePlace();
  return (
    <Table size="small" pagination={false} scroll={{ x: 'max-content' }} rowKey="key" data-testid="frictions"
      dataSource={data.items.map((item) => ({ ...item, key: `${item.detector}:${item.place}:${item.other}` }))} columns={[
        {
          title: t('journey.friction'), key: 'friction',
          render: (_, row) => (
            <>
              <Told words={t(`journey.detector_words.${row.detector}`)}><button type="button" className="link" data-drill="told"><b>{t(`journey.detector.${row.detector}`)}</b></button></Told>
              <div className="muted small">{place(row)} {row.moment && <Tag color="gold">{t('journey.moment')}</Tag>}</div>
            </>
          ),
        },
        { title: t('journey.harm'), key: 'harm', align: 'end', render: (_, row) => (row.harm ? <span className="num">{row.harm.value.toFixed(3).replace('-', '−')} {row.holds && <Tag color="red">{t('journey.holds')}</Tag>}</span> : <span className="muted">–</span>) },
        { title: t('journey.loss'), key: 'loss', align: 'end', render: (_, row) => <Loss one={row} instrument={data.instrument} /> },
        { title: t('journey.customers'), key: 'customers', align: 'end', render: (_, row) => <button type="button" className="link num" data-drill="explained" onClick={() => open(row)}>{exact(row.customers, language)}</button> },
        { title: t('journey.journeys'), key: 'journeys', align: 'end', render: (_, row) => <span className="num">{exact(row.journeys, language)} <span className="muted small">{percent(row.journeys / Math.max(1, data.journeys), language)}</span></span> },
        { title: t('journey.at_stake'), key: 'value', align: 'end', render: (_, row) => <span className="num">{row.value ? money(row.value, language, true) : '–'}</span> },
      ]} />
  );
}

export function FrictionTab() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { query, ready } = useScope();
  const [definition, setDefinition] = useState<string>();
  const [shown, setShown] = useState<Friction>();
  const report = useGetFriction({ ...query, ...(definition && { definition }), top: 50 }, { enabled: ready, keep: true });
  const data = report.data;
  return (
    <Panel title={t('journey.friction')} note={data && t('journey.of_answers', { count: data.journeys, shown: exact(data.journeys, language), answers: exact(data.answers, language), instrument: data.instrument.toUpperCase() || '–' })}
      tools={data && <ExportMenu name="friction" svg={() => null} rows={() => data.items.map((item) => ({ detector: item.detector, place: item.place, other: item.other, journeys: item.journeys, customers: item.customers, loss: item.loss?.value ?? '', low: item.loss?.low ?? '', high: item.loss?.high ?? '', holds: item.holds ? 1 : 0, harm: item.harm?.value ?? '' }))} />}>
      <div className="filter-line" style={{ gap: '4px 24px' }}><DefinitionPicker value={definition} onChange={setDefinition} /></div>
      <Load query={report} rows={10}>
        {(found) => (found.items.length === 0
          ? <Teach icon={<CheckCircleOutlined />} title={t(found.journeys === 0 ? 'journey.empty' : 'journey.no_friction')} text={t(found.journeys === 0 ? 'journey.empty_text' : 'journey.no_friction_text')} />
          : (
            <>
              <Frictions data={found} open={setShown} />
              <p className="muted small" style={{ margin: '8px 0 0' }}>{t('journey.friction_note')}</p>
            </>
          ))}
      </Load>
      {shown && <Affected one={shown} definition={definition} close={() => setShown(undefined)} />}
    </Panel>
  );
}
