// Who are our customers? Find one by any identifier, or browse by last contact.
import { DownloadOutlined, MergeOutlined, SearchOutlined, TeamOutlined, UnorderedListOutlined } from '@ant-design/icons';
import { Button, Input, Table, Tag, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { useListCustomers, type CustomerSummary } from '../../api/generated';
import { Page, Panel } from '../../components/page';
import { ProblemView } from '../../components/problem';
import { Teach } from '../../components/teach';
import { saveCsv } from '../../format/export';
import { moment } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useMay } from '../../state/session';
import { useNames } from '../../state/catalogue';
import { filterSearch, useFilters, useScope } from '../../state/filters';
import { ListsDrawer } from './lists_drawer';
import { EventsNumber, OrdersNumber, ScoreNumber, SpendNumber } from './numbers';

function useColumns(search: string): TableColumnsType<CustomerSummary> {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const { zone } = useScope();
  return useMemo(() => [
    {
      title: t('customer.name'), key: 'name', fixed: 'start', width: 190,
      render: (_, item) => <Link to={`/customers/${item.id}${search}`}>{item.name || t('customer.unnamed')}<br /><span className="mono muted small">{item.id}</span></Link>,
    },
    { title: t('customer.last_seen'), key: 'last_seen', render: (_, item) => <span className="num nowrap">{moment(item.last_seen, language, zone)}</span> },
    { title: t('customer.channels'), key: 'channels', render: (_, item) => <span>{item.channels.map((key) => <Tag key={key} style={{ margin: 2 }}>{names.channel(key)}</Tag>)}</span> },
    { title: t('customer.events'), key: 'events', align: 'end', render: (_, item) => <EventsNumber customer={item} /> },
    { title: t('customer.orders'), key: 'orders', align: 'end', render: (_, item) => <span className="num"><OrdersNumber customer={item} /></span> },
    { title: t('customer.spend'), key: 'spend', align: 'end', render: (_, item) => <SpendNumber customer={item} /> },
    { title: 'NPS', key: 'nps', align: 'center', render: (_, item) => <ScoreNumber customer={item} score={item.nps} instrument="nps" /> },
  ], [t, language, names, zone, search]);
}

function Nothing({ asked }: { asked: string }) {
  const { t } = useTranslation();
  return asked
    ? <Teach icon={<SearchOutlined />} title={t('customer.not_found')} text={t('customer.not_found_text')} />
    : <Teach icon={<TeamOutlined />} title={t('customer.empty')} text={t('customer.empty_text')} action={<Link to="/data"><Button type="primary">{t('overview.connect')}</Button></Link>} />;
}

export function CustomersPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const asked = params.get('q') ?? '';
  const where = asked ? '' : params.get('where') ?? '';
  const { filters } = useFilters();
  const search = filterSearch(params);
  const columns = useColumns(search);
  const may = useMay();
  const [showsLists, setShowsLists] = useState(false);
  const customers = useListCustomers({ ...(asked && { q: asked }), ...(where && { where }), ...(filters.units.length > 0 && { units: filters.units.join(',') }) });
  const items = customers.data?.pages.flatMap((page) => page.items) ?? [];
  const find = (name: 'q' | 'where') => (text: string) => setParams((current) => {
    const address = new URLSearchParams(current);
    address.delete('q');
    address.delete('where');
    if (text.trim()) address.set(name, text.trim());
    return address;
  });
  return (
    <Page title={t('nav.customers')} answers={t('customer.answers')} actions={(
      <>
      {may('manage_data') && <Link to="/customers/review"><Button icon={<MergeOutlined />}>{t('review.title')}</Button></Link>}
      <Button icon={<UnorderedListOutlined />} onClick={() => setShowsLists(true)}>{t('lists.title')}</Button>
      <Button icon={<DownloadOutlined />} disabled={items.length === 0} onClick={() => saveCsv('customers.csv', items.map((item) => ({
        id: item.id, name: item.name, first_seen: item.first_seen, last_seen: item.last_seen, events: item.events, orders: item.orders,
        spend_minor: item.spend?.minor ?? '', currency: item.spend?.currency ?? '', channels: item.channels.join(' '), nps: item.nps ?? '',
      })))}>{t('common.csv')}</Button>
      </>
    )}>
      {showsLists && <ListsDrawer close={() => setShowsLists(false)} />}
      <Panel>
        <Input.Search
          key={asked} size="large" allowClear enterButton defaultValue={asked} placeholder={t('customer.search')} aria-label={t('customer.search')}
          onSearch={find('q')} style={{ maxWidth: 620, marginBottom: 10 }}
        />
        <Input.Search
          key={`where ${where}`} allowClear enterButton={t('customer.filter')} defaultValue={where} placeholder={t('customer.where_example')} aria-label={t('customer.where_label')} title={t('customer.where_explain')}
          className="mono" onSearch={find('where')} style={{ maxWidth: 820, marginBottom: 14 }}
        />
        {customers.isError && <ProblemView error={customers.error} retry={() => void customers.refetch()} />}
        {customers.isSuccess && items.length === 0
          ? <Nothing asked={asked || where} />
          : !customers.isError && (
            <Table<CustomerSummary>
              rowKey="id" size="middle" columns={columns} dataSource={items} pagination={false} loading={customers.isPending} scroll={{ x: 'max-content' }}
              onRow={(item) => ({ style: { cursor: 'pointer' }, onClick: (event) => !(event.target as HTMLElement).closest('a, button') && void navigate(`/customers/${item.id}${search}`) })}
            />
          )}
        {customers.hasNextPage && <Button style={{ marginTop: 12 }} loading={customers.isFetchingNextPage} onClick={() => void customers.fetchNextPage()}>{t('common.more')}</Button>}
      </Panel>
    </Page>
  );
}
