// Customer 360: who this is, how they feel, what they did.
import { ArrowLeftOutlined } from '@ant-design/icons';
import { Tag, Tooltip } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { useGetCustomer, useListSources, type Customer, type Revealed } from '../../api/generated';
import { Load } from '../../components/load';
import { Page, Panel } from '../../components/page';
import { day, moment, money } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { readable, useNames } from '../../state/catalogue';
import { filterSearch, useScope } from '../../state/filters';
import { useMay } from '../../state/session';
import { EventsNumber, OrdersNumber, ScoreNumber, SpendNumber } from './numbers';
import { BestChannelPanel } from './best_channel';
import { Interview } from './interview';
import { Making } from './making';
import { Labels, OpenConversations } from './now';
import { Reveal } from './reveal';
import { CustomerTimeline } from './timeline';
import { VirtualPanels } from './virtual';

function useSourceName(): (id: string) => string {
  const may = useMay();
  const { t } = useTranslation();
  const sources = useListSources({ enabled: may('manage_data'), staleTime: 300_000 });
  return (id) => sources.data?.items.find((source) => source.id === id)?.name ?? t('event.source_number', { id });
}

function Facts({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { zone } = useScope();
  const names = useNames();
  const { scores } = customer;
  return (
    <Panel>
      <dl className="facts" style={{ margin: 0 }}>
        <div><dt>{t('customer.spend')}</dt><dd><SpendNumber customer={customer} /></dd></div>
        <div><dt>{t('customer.orders')}</dt><dd><OrdersNumber customer={customer} /></dd></div>
        <div><dt>{t('customer.events')}</dt><dd><EventsNumber customer={customer} /></dd></div>
        {customer.average_order && <div><dt>{t('customer.average_order')}</dt><dd>{money(customer.average_order, language, true)}</dd></div>}
        {customer.stage && <div><dt>{t('customer.stage')}</dt><dd className="plain">{names.stage(customer.stage)}</dd></div>}
        {customer.journey && <div><dt>{t('customer.journey')}</dt><dd className="plain">{t(customer.journey.whole ? 'customer.journey_since' : 'customer.journey_before', { at: day(customer.journey.since, language, zone), count: customer.journey.interactions })}</dd></div>}
        {(['nps', 'csat', 'ces'] as const).map((key) => <div key={key}><dt title={t(`instrument.${key}`)}>{key.toUpperCase()}</dt><dd><ScoreNumber customer={customer} score={scores[key]} instrument={key} /></dd></div>)}
        <div><dt>{t('customer.first_seen')}</dt><dd className="plain">{day(customer.first_seen, language, zone)}</dd></div>
        <div><dt>{t('customer.last_seen')}</dt><dd className="plain">{moment(customer.last_seen, language, zone)}</dd></div>
      </dl>
      <Labels customer={customer} />
    </Panel>
  );
}

function Identifiers({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const may = useMay();
  const [clear, setClear] = useState<Revealed | null>(null);
  const shown = clear?.identifiers ?? customer.identifiers;
  return (
    <Panel title={t('customer.identifiers')} note={clear ? t('reveal.shown') : undefined} tools={may('reveal_sensitive') && !clear && <Reveal id={customer.id} onRevealed={setClear} />}>
      {shown.length === 0 && <p className="muted">{t('customer.no_identifiers')}</p>}
      <dl style={{ margin: 0, display: 'grid', gap: 8 }}>
        {shown.map((item) => (
          <div key={`${item.kind} ${item.value}`} style={{ display: 'flex', gap: 12, justifyContent: 'space-between' }}>
            <dt className="muted nowrap">{t(`identifier.${item.kind}`)}</dt>
            <dd className="mono" style={{ margin: 0, overflowWrap: 'anywhere', textAlign: 'end' }}>{'verified' in item && item.verified === true && <Tag color="green">{t('making.verified')}</Tag>}{item.value}</dd>
          </div>
        ))}
        {clear?.traits.map((trait) => (
          <div key={`trait ${trait.key}`} style={{ display: 'flex', gap: 12, justifyContent: 'space-between' }}>
            <dt className="muted">{readable(trait.key)}</dt><dd style={{ margin: 0, overflowWrap: 'anywhere', textAlign: 'end' }}>{trait.value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

function Traits({ customer, sourceName }: { customer: Customer; sourceName: (id: string) => string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { zone } = useScope();
  return (
    <Panel title={t('customer.traits')}>
      {customer.traits.length === 0 && <p className="muted">{t('customer.no_traits')}</p>}
      <dl style={{ margin: 0, display: 'grid', gap: 8 }}>
        {customer.traits.map((trait) => (
          <div key={trait.key} style={{ display: 'flex', gap: 12, justifyContent: 'space-between' }}>
            <dt className="muted">{readable(trait.key)}</dt>
            <dd style={{ margin: 0, overflowWrap: 'anywhere', textAlign: 'end' }}>
              <Tooltip title={t('customer.trait_origin', { source: sourceName(trait.source), at: day(trait.at, language, zone) })}><span tabIndex={0}>{trait.value}</span></Tooltip>
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

function Consent({ customer, sourceName }: { customer: Customer; sourceName: (id: string) => string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { zone } = useScope();
  if (customer.consent.length === 0) return null;
  const word = (value: string) => (value === 'true' ? t('customer.consented') : value === 'false' ? t('customer.declined') : value);
  return (
    <Panel title={t('customer.consent')}>
      <dl style={{ margin: 0, display: 'grid', gap: 8 }}>
        {customer.consent.map((one) => (
          <div key={one.key} style={{ display: 'flex', gap: 12, justifyContent: 'space-between' }}>
            <dt className="muted">{readable(one.key)}</dt>
            <dd style={{ margin: 0 }}><Tooltip title={t('customer.trait_origin', { source: sourceName(one.source), at: day(one.at, language, zone) })}><span tabIndex={0}>{word(one.value)}</span></Tooltip></dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

function Content({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const may = useMay();
  const names = useNames();
  const sourceName = useSourceName();
  return (
    <>
      <Facts customer={customer} />
      <div className="grid two section">
        <CustomerTimeline id={customer.id} channels={customer.channels} sourceName={sourceName} />
        <div className="grid" style={{ alignContent: 'start' }}>
          <OpenConversations customer={customer} />
          <BestChannelPanel key={`best ${customer.id}`} id={customer.id} />
          <Identifiers key={customer.id} customer={customer} />
          <Traits customer={customer} sourceName={sourceName} />
          <Consent customer={customer} sourceName={sourceName} />
          {may('manage_data') && <Panel title={t('interview.panel')} tools={<Interview id={customer.id} />}><p className="muted small" style={{ margin: 0 }}>{t('interview.note')}</p></Panel>}
          {customer.channels.length + customer.units.length > 0 && <Panel title={t('customer.where')}>
            {customer.channels.length > 0 && <><div className="small muted">{t('customer.channels')}</div><p style={{ margin: '4px 0 10px' }}>{customer.channels.map((key) => <Tag key={key} style={{ margin: 2 }}>{names.channel(key)}</Tag>)}</p></>}
            {customer.units.length > 0 && <><div className="small muted">{t('customer.units')}</div><p style={{ margin: '4px 0 0' }}>{customer.units.map((key) => <Tag key={key} style={{ margin: 2 }}>{names.unit(key)}</Tag>)}</p></>}
          </Panel>}
        </div>
      </div>
      <div className="grid section"><VirtualPanels id={customer.id} /></div>
      <Making key={customer.id} customer={customer} sourceName={sourceName} />
    </>
  );
}

export function CustomerPage() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const search = filterSearch(params);
  const customer = useGetCustomer({ id });
  const survivor = customer.data?.id;
  useEffect(() => {
    if (survivor && survivor !== id) void navigate(`/customers/${survivor}${search}`, { replace: true });
  }, [survivor, id, navigate, search]);
  return (
    <Page
      title={customer.data ? customer.data.name || t('customer.unnamed') : t('customer.one')}
      answers={<><Link to={`/customers${search}`}><ArrowLeftOutlined /> {t('nav.customers')}</Link> · <span className="mono">{id}</span></>}
    >
      <Load query={customer} rows={12}>{(data) => <Content customer={data} />}</Load>
    </Page>
  );
}
