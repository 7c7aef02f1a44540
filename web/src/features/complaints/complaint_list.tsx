// The list: filters that live in the address, and the colour of the clock.
import { AlertOutlined } from '@ant-design/icons';
import { Button, Checkbox, Select, Table, type TableColumnsType } from 'antd';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { useListComplaints, type Complaint } from '../../api/generated';
import { Panel } from '../../components/page';
import { ProblemView } from '../../components/problem';
import { Teach } from '../../components/teach';
import { moment } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useAddress } from '../../state/address';
import { useNames } from '../../state/catalogue';
import { useFilters, useScope } from '../../state/filters';
import { useMay } from '../../state/session';
import { ClockTag, SeverityTag, StateTag, kSeverityKeys, kStateKeys, useCategories } from './words';

function useColumns(): TableColumnsType<Complaint> {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const { name } = useCategories();
  const { zone } = useScope();
  return useMemo(() => [
    { title: t('complaint.number'), key: 'number', fixed: 'start', width: 120, render: (_, one) => <Link to={`/complaints/${one.id}`}>{one.number}</Link> },
    { title: t('complaint.clock'), key: 'clock', render: (_, one) => <><ClockTag clock={one.clock} /><br /><span className="muted small nowrap">{moment(one.state === 'new' ? one.accept_due : one.due, language, zone)}</span></> },
    { title: t('complaint.state'), key: 'state', render: (_, one) => <><StateTag state={one.state} />{one.waiting && <div className="muted small">{t('complaint.waits')}</div>}</> },
    { title: t('complaint.category'), key: 'category', render: (_, one) => name(one.category) },
    { title: t('complaint.severity'), key: 'severity', render: (_, one) => <SeverityTag severity={one.severity} /> },
    { title: t('complaint.customer'), key: 'customer', render: (_, one) => (one.customer_id ? <Link to={`/customers/${one.customer_id}`}>{one.customer || t('customer.unnamed')}</Link> : <span className="muted">{t('complaint.unknown')}</span>) },
    { title: t('complaint.channel'), key: 'channel', render: (_, one) => names.channel(one.channel) },
    { title: t('complaint.owner'), key: 'owner', render: (_, one) => one.owner.name || <span className="muted">{t('complaint.nobody')}</span> },
    { title: t('complaint.opened'), key: 'opened', render: (_, one) => <span className="nowrap">{moment(one.opened, language, zone)}</span> },
  ], [t, language, names, name, zone]);
}

export function ComplaintList({ add }: { add: ReactNode }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const may = useMay();
  const { filters } = useFilters();
  const { options } = useCategories();
  const columns = useColumns();
  const [state, setState] = useAddress('state', '');
  const [category, setCategory] = useAddress('category', '');
  const [severity, setSeverity] = useAddress('severity', '');
  const [only, setOnly] = useAddress('only', '');
  const chosen = only.split(',').filter(Boolean);
  const complaints = useListComplaints({
    limit: 50, ...(state && { state }), ...(category && { category }), ...(severity && { severity }),
    ...(chosen.includes('mine') && { owner: 'me' }), ...(chosen.includes('overdue') && { overdue: 'true' }), ...(chosen.includes('waiting') && { waiting: 'true' }),
    ...(filters.channels.length > 0 && { channel: filters.channels.join(',') }), ...(filters.units.length > 0 && { units: filters.units.join(',') }),
  }, { refetchInterval: 15_000 });
  const items = complaints.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = Boolean(state || category || severity || only || filters.channels.length > 0 || filters.units.length > 0);
  return (
    <Panel>
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: 8, alignItems: 'center', marginBottom: 12 }}>
        <Select aria-label={t('complaint.state')} mode="multiple" maxTagCount="responsive" allowClear placeholder={t('complaint.state')} style={{ minWidth: 180 }} value={state.split(',').filter(Boolean)} onChange={(value: string[]) => setState(value.join(','))} options={kStateKeys.map((key) => ({ value: key, label: t(`complaint.state_${key}`) }))} />
        <Select aria-label={t('complaint.category')} allowClear showSearch={{ optionFilterProp: 'label' }} placeholder={t('complaint.category')} style={{ minWidth: 200 }} value={category || null} onChange={(value: string | null) => setCategory(value ?? '')} options={options} />
        <Select aria-label={t('complaint.severity')} allowClear placeholder={t('complaint.severity')} style={{ minWidth: 120 }} value={severity || null} onChange={(value: string | null) => setSeverity(value ?? '')} options={kSeverityKeys.map((key) => ({ value: key, label: t(`complaint.severity_${key}`) }))} />
        <Checkbox.Group value={chosen} onChange={(value) => setOnly(value.join(','))} options={[...(may('handle_complaints') ? [{ value: 'mine', label: t('complaint.only_mine') }] : []), { value: 'overdue', label: t('complaint.only_overdue') }, { value: 'waiting', label: t('complaint.only_waiting') }]} />
      </div>
      {complaints.isError && <ProblemView error={complaints.error} retry={() => void complaints.refetch()} />}
      {complaints.isSuccess && items.length === 0
        ? <Teach icon={<AlertOutlined />} title={t(filtered ? 'complaint.none_fit' : 'complaint.empty')} text={t(filtered ? 'complaint.none_fit_text' : 'complaint.empty_text')} action={!filtered && add} />
        : !complaints.isError && (
          <Table<Complaint>
            rowKey="id" size="small" columns={columns} dataSource={items} pagination={false} loading={complaints.isPending} scroll={{ x: 'max-content' }}
            onRow={(one) => ({ style: { cursor: 'pointer' }, onClick: (event) => !(event.target as HTMLElement).closest('a, button') && void navigate(`/complaints/${one.id}`) })}
          />
        )}
      {complaints.hasNextPage && <Button style={{ marginTop: 12 }} loading={complaints.isFetchingNextPage} onClick={() => void complaints.fetchNextPage()}>{t('common.more')}</Button>}
    </Panel>
  );
}
