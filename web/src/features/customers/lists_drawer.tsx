// Kept lists of customers: what each is, who is on it, and removing one.
import { DeleteOutlined, TeamOutlined } from '@ant-design/icons';
import { App, Button, Drawer, Popconfirm, Table, type TableColumnsType } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useInvalidate } from '../../api/client';
import { useDeleteCustomerList, useListCustomerLists, type CustomerList } from '../../api/generated';
import { Load } from '../../components/load';
import { useProblemNotice } from '../../components/problem';
import { Teach } from '../../components/teach';
import { day, exact } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { useScope } from '../../state/filters';
import { funnelOrigin, listFilter } from './lists';

function Origin({ list }: { list: CustomerList }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const { zone } = useScope();
  const origin = funnelOrigin(list);
  if (!origin) return <span className="muted">–</span>;
  const steps = origin.steps.map((step) => step.name || names.touchpoint(step.touchpoint)).join(' → ');
  const conditions = Object.entries(origin.conditions).map(([key, value]) => (key === 'where' ? value : `${key} = ${value}`));
  return (
    <>
      <div>{t(origin.converted ? 'lists.of_funnel_converted' : 'lists.of_funnel_stopped', { steps, step: origin.step })}</div>
      <div className="muted small">{[t('lists.range', { from: day(origin.from, language, zone), to: day(origin.to, language, zone) }), ...conditions].join(' · ')}</div>
    </>
  );
}

export function ListsDrawer({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { zone } = useScope();
  const { message } = App.useApp();
  const notice = useProblemNotice();
  const invalidate = useInvalidate();
  const lists = useListCustomerLists();
  const remove = useDeleteCustomerList();
  const drop = (id: string) => remove.mutate({ id }, {
    onSuccess: async () => {
      void message.success(t('lists.removed'));
      await invalidate('listCustomerLists');
    },
    onError: notice,
  });
  const columns: TableColumnsType<CustomerList> = [
    { title: t('lists.name'), key: 'name', render: (_, list) => <><Link to={`/customers?where=${encodeURIComponent(listFilter(list.name))}`} onClick={close} title={t('lists.open')}>{list.name}</Link><br /><code className="muted small">{listFilter(list.name)}</code></> },
    { title: t('lists.size'), key: 'size', align: 'end', render: (_, list) => <span className="num">{exact(list.size, language)}</span> },
    { title: t('lists.origin'), key: 'origin', render: (_, list) => <Origin list={list} /> },
    { title: t('lists.made'), key: 'made', render: (_, list) => <span className="num nowrap">{day(list.made, language, zone)}</span> },
    { title: t('lists.expires'), key: 'expires', render: (_, list) => <span className="num nowrap">{day(list.expires, language, zone)}</span> },
    {
      key: 'tools', align: 'end',
      render: (_, list) => list.removable && (
        <Popconfirm title={t('lists.remove_sure')} onConfirm={() => drop(list.id)}>
          <Button size="small" type="text" danger icon={<DeleteOutlined />} aria-label={`${t('common.remove')} ${list.name}`} />
        </Popconfirm>
      ),
    },
  ];
  return (
    <Drawer open size="large" onClose={close} title={t('lists.kept')}>
      <p className="muted" style={{ marginTop: 0 }}>{t('lists.words')}</p>
      <Load query={lists} rows={5}>
        {({ items }) => (items.length === 0
          ? <Teach icon={<TeamOutlined />} title={t('lists.none')} text={t('lists.none_text')} />
          : <Table<CustomerList> rowKey="id" size="small" columns={columns} dataSource={items} scroll={{ x: 'max-content' }} pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }} />)}
      </Load>
    </Drawer>
  );
}
