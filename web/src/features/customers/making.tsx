// What makes this one customer: identifiers, the joins between them with their evidence, and what was taken
// back or refused. Whoever may manage data splits here, and merges.
import { MergeOutlined, SplitCellsOutlined } from '@ant-design/icons';
import { Button, Checkbox, Table, Tag, Tooltip, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useGetCustomerIdentity, type Customer, type CustomerIdentity, type IdentityIdentifier, type IdentityJoin } from '../../api/generated';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { moment } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useScope } from '../../state/filters';
import { useMay } from '../../state/session';
import { MergeDialog } from './merge_dialog';
import { SplitDialog } from './split_dialog';

function Known({ of }: { of: IdentityIdentifier | undefined }) {
  const { t } = useTranslation();
  if (!of) return <span className="muted">–</span>;
  return (
    <span style={{ overflowWrap: 'anywhere' }}>
      <span className="muted small">{t(`identifier.${of.kind}`)}</span> <span className="mono">{of.value}</span>
      {of.verified && <Tag color="green" style={{ marginInlineStart: 6 }}>{t('making.verified')}</Tag>}
      {of.shared && <Tooltip title={t('making.shared_text')}><Tag color="orange" style={{ marginInlineStart: 6 }}>{t('making.shared')}</Tag></Tooltip>}
    </span>
  );
}

function useColumns(making: CustomerIdentity, sourceName: (id: string) => string, pick: ((join: IdentityJoin) => void) | null, picked: Set<string>): TableColumnsType<IdentityJoin> {
  const { t } = useTranslation();
  const language = useLanguage();
  const { zone } = useScope();
  const known = new Map([...making.identifiers, ...making.others].map((one) => [one.subject, one]));
  const columns: TableColumnsType<IdentityJoin> = [
    { title: t('making.together'), key: 'ends', render: (_, join) => <><Known of={known.get(join.left)} /><br /><Known of={known.get(join.right)} /></> },
    {
      title: t('making.because'), key: 'why',
      render: (_, join) => (
        <>
          {t(`evidence.${join.evidence}`)}
          {join.source !== '0' && <span className="muted small"> · {sourceName(join.source)}</span>}
          {join.reason && <div className="muted small">{join.reason}</div>}
        </>
      ),
    },
    { title: t('making.since'), key: 'at', render: (_, join) => <span className="num nowrap">{moment(join.at, language, zone)}</span> },
    {
      title: t('making.state'), key: 'state',
      render: (_, join) => (join.undone
        ? <Tooltip title={join.undone.reason || undefined}><Tag>{t(`taken_back.${join.undone.kind}`)}</Tag><div className="muted small nowrap">{moment(join.undone.at, language, zone)}</div></Tooltip>
        : <Tag color="blue">{t('making.holds')}</Tag>),
    },
  ];
  if (pick) {
    columns.unshift({
      key: 'pick', width: 40,
      render: (_, join) => !join.undone && <Checkbox checked={picked.has(join.version)} onChange={() => pick(join)} aria-label={t('making.choose', { version: join.version })} />,
    });
  }
  return columns;
}

function Joins({ making, sourceName, customer }: { making: CustomerIdentity; sourceName: (id: string) => string; customer: Customer }) {
  const { t } = useTranslation();
  const may = useMay()('manage_data');
  const [picked, setPicked] = useState<Set<string>>(new Set());
  const [dialog, setDialog] = useState<'merge' | 'split' | null>(null);
  const pick = (join: IdentityJoin) => setPicked((before) => {
    const next = new Set(before);
    if (!next.delete(join.version)) next.add(join.version);
    return next;
  });
  const close = () => {
    setDialog(null);
    setPicked(new Set());
  };
  const columns = useColumns(making, sourceName, may ? pick : null, picked);
  const joined = new Set(making.joins.filter((join) => !join.undone).flatMap((join) => [join.left, join.right]));
  const alone = making.identifiers.filter((one) => !joined.has(one.subject));
  return (
    <>
      <p className="muted" style={{ marginTop: 0 }}>{t(making.joins.length === 0 ? 'making.single' : 'making.explain')}</p>
      {making.joins.length > 0 && <Table<IdentityJoin> rowKey="version" size="small" columns={columns} dataSource={making.joins} pagination={{ pageSize: 10, hideOnSinglePage: true, showSizeChanger: false }} scroll={{ x: 'max-content' }} />}
      {alone.length > 0 && <ul style={{ listStyle: 'none', padding: 0 }}>{alone.map((one) => <li key={one.subject}><Known of={one} /></li>)}</ul>}
      {making.conflicts.length > 0 && <p className="muted small">{t('making.refused', { count: making.conflicts.length })} {[...new Set(making.conflicts.map((one) => one.reason))].map((reason) => t(`refused.${reason}`)).join(' · ')}</p>}
      {may && (
        <div style={{ display: 'flex', gap: 8, flexWrap: 'wrap', marginTop: 12 }}>
          <Button icon={<MergeOutlined />} onClick={() => setDialog('merge')}>{t('merge.button')}</Button>
          <Button icon={<SplitCellsOutlined />} disabled={picked.size === 0} onClick={() => setDialog('split')}>{t('split.button', { count: picked.size })}</Button>
        </div>
      )}
      {dialog === 'merge' && <MergeDialog customer={customer} onClose={close} />}
      {dialog === 'split' && <SplitDialog customer={customer} joins={[...picked]} onClose={close} />}
    </>
  );
}

export function Making({ customer, sourceName }: { customer: Customer; sourceName: (id: string) => string }) {
  const { t } = useTranslation();
  const making = useGetCustomerIdentity({ id: customer.id });
  return (
    <Panel title={t('making.title')} className="section">
      <Load query={making} rows={4}>{(data) => <Joins making={data} sourceName={sourceName} customer={customer} />}</Load>
    </Panel>
  );
}
