// Events as a table, page by page; and the drawer that shows those behind a number.
import { DownloadOutlined } from '@ant-design/icons';
import { Button, Drawer, Table, Tag, type TableColumnsType } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { useListEvents, type Event } from '../api/generated';
import { saveCsv } from '../format/export';
import { exact, moment, money } from '../format/numbers';
import { useLanguage } from '../i18n';
import { useNames } from '../state/catalogue';
import { useDrill, type Drill } from '../state/drill';
import { filterSearch, useScope } from '../state/filters';
import { useMay } from '../state/session';
import { ProblemView } from './problem';
import { ScoreChip } from './score';

function Details({ event }: { event: Event }) {
  const { t } = useTranslation();
  const properties = Object.entries(event.properties);
  return (
    <div style={{ display: 'grid', gap: 6 }}>
      {event.text && <blockquote className="quote">{event.text}</blockquote>}
      <div className="mono muted small">{t('event.id')} {event.event_id}{event.case_id && ` · ${t('event.case')} ${event.case_id}`}</div>
      {properties.length > 0 && (
        <div className="mono small">{properties.map(([key, value]) => <div key={key}><span className="muted">{key}</span> {value}</div>)}</div>
      )}
    </div>
  );
}

function useColumns(withCustomer: boolean): TableColumnsType<Event> {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const { zone } = useScope();
  const [params] = useSearchParams();
  const search = filterSearch(params);
  return useMemo(() => {
    const columns: TableColumnsType<Event> = [
      { title: t('event.at'), key: 'at', render: (_, event) => <span className="num nowrap">{moment(event.at, language, zone)}</span> },
      { title: t('event.name'), key: 'name', render: (_, event) => event.name || <span className="muted">{event.type}</span> },
      { title: t('event.channel'), key: 'channel', render: (_, event) => <Tag>{names.channel(event.channel)}</Tag> },
      {
        title: t('event.touchpoint'), key: 'touchpoint',
        render: (_, event) => <span>{names.touchpoint(event.touchpoint)} <span className="muted">· {names.stage(event.stage)}</span></span>,
      },
      { title: t('event.amount'), key: 'amount', align: 'end', render: (_, event) => event.amount && <span className="num nowrap">{money(event.amount, language)}</span> },
      { title: t('event.score'), key: 'score', align: 'center', render: (_, event) => event.score !== null && <ScoreChip score={event.score} instrument={event.instrument} /> },
    ];
    if (withCustomer) {
      columns.splice(1, 0, {
        title: t('event.customer'), key: 'customer',
        render: (_, event) => <Link to={`/customers/${event.customer_id}${search}`} className="mono">{event.customer_id}</Link>,
      });
    }
    return columns;
  }, [t, language, names, zone, search, withCustomer]);
}

export function EventTable({ events, loading, more, onMore, withCustomer = true }: {
  events: Event[]; loading: boolean; more: boolean; onMore: () => void; withCustomer?: boolean;
}) {
  const { t } = useTranslation();
  const columns = useColumns(withCustomer);
  return (
    <>
      <Table<Event>
        rowKey="event_id" size="small" columns={columns} dataSource={events} pagination={false} loading={loading && events.length === 0}
        scroll={{ x: 'max-content' }} locale={{ emptyText: t('event.none') }}
        expandable={{ expandedRowRender: (event) => <Details event={event} />, rowExpandable: (event) => event.text !== '' || event.case_id !== '' || Object.keys(event.properties).length > 0 }}
      />
      <div style={{ display: 'flex', gap: 8, marginTop: 12 }}>
        {more && <Button onClick={onMore} loading={loading}>{t('common.more')}</Button>}
        {events.length > 0 && (
          <Button icon={<DownloadOutlined />} onClick={() => saveCsv('events.csv', events.map((event) => ({
            at: event.at, event_id: event.event_id, customer_id: event.customer_id, name: event.name, channel: event.channel,
            touchpoint: event.touchpoint, stage: event.stage, amount_minor: event.amount?.minor ?? '', currency: event.amount?.currency ?? '',
            instrument: event.instrument, score: event.score ?? '', text: event.text,
          })))}>{t('common.csv')}</Button>
        )}
      </div>
    </>
  );
}

function DrillEvents({ drill }: { drill: Drill }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { query, ready } = useScope();
  const { title: _title, shown, why, scope, score_min, score_max, ...rest } = drill;
  const events = useListEvents({
    ...(scope === 'all' ? { from: '1970-01-01', to: '2100-01-01' } : query), ...rest, count: 'true',
    ...(score_min !== undefined && { score_min: Number(score_min) }),
    ...(score_max !== undefined && { score_max: Number(score_max) }),
  }, { enabled: ready });
  const items = events.data?.pages.flatMap((page) => page.items) ?? [];
  if (events.isError) return <ProblemView error={events.error} retry={() => void events.refetch()} />;
  const total = events.data?.pages[0]?.total;
  const whole = total ?? { events: items.length, customers: new Set(items.map((event) => event.customer_id)).size };
  return (
    <>
      {events.isSuccess && (
        <p data-testid="drill-total" data-events={whole.events} data-customers={whole.customers}>
          {shown && <><b className="num">{shown}</b> · </>}{t('drill.total', { events: exact(whole.events, language), customers: exact(whole.customers, language) })}
        </p>
      )}
      {why && <p className="muted" data-testid="drill-why">{t(`drill.why_${why}`)}</p>}
      <p className="muted small">{t('drill.explain')}</p>
      <EventTable events={items} loading={events.isFetching} more={events.hasNextPage} onMore={() => void events.fetchNextPage()} />
    </>
  );
}

export function DrillDrawer() {
  const { t } = useTranslation();
  const may = useMay();
  const { drill, close } = useDrill();
  return (
    <Drawer
      open={drill !== null} onClose={close} size={Math.min(980, window.innerWidth)} title={drill?.title ?? t('drill.title')} destroyOnHidden
      closable={{ 'aria-label': t('common.close') }}
    >
      {drill && (may('view_customers') ? <DrillEvents key={JSON.stringify(drill)} drill={drill} /> : <p>{t('drill.not_allowed')}</p>)}
    </Drawer>
  );
}
