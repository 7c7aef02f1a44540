// Virtual sources: tables that stay in other systems. Register, look at some rows, see how many belong to customers.
import { DatabaseOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { App, Button, Dropdown, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import {
  useDeleteVirtualSource, useListVirtualKinds, useListVirtualSources, useMatchVirtualSource, usePreviewVirtualSource, type VirtualKind, type VirtualSource,
} from '../../api/generated';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { useProblemNotice } from '../../components/problem';
import { Teach } from '../../components/teach';
import { exact } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { VirtualForm } from './virtual_form';
import { VirtualRowsTable } from './virtual_rows';

function Preview({ id }: { id: string }) {
  const rows = usePreviewVirtualSource({ id, limit: 10 });
  return <Load query={rows} rows={3}>{(data) => <VirtualRowsTable rows={data} />}</Load>;
}

function Matched({ id }: { id: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const match = useMatchVirtualSource({ id });
  return (
    <Load query={match} rows={1}>
      {(data) => <p style={{ margin: 0 }}>{t('virtual.matched', { rows: exact(data.rows, language), matched: exact(data.matched, language), customers: exact(data.customers, language), seconds: exact(data.milliseconds / 1000, language) })}</p>}
    </Load>
  );
}

function place(source: VirtualSource): string {
  const { host, port, database, schema, table, path, url, bucket, object } = source.settings ?? {};
  return [path, url, bucket, object, host && `${host}:${port}`, database, schema && table ? `${schema}.${table}` : table].filter(Boolean).join(' / ');
}

function SourceCard({ source, onEdit }: { source: VirtualSource; onEdit: () => void }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const notice = useProblemNotice();
  const invalidate = useInvalidate();
  const remove = useDeleteVirtualSource();
  const [shown, setShown] = useState<'rows' | 'match' | null>(null);
  const show = (what: 'rows' | 'match') => setShown(shown === what ? null : what);
  const end = () => modal.confirm({
    title: t('connector.remove_title', { name: source.name }), content: t('virtual.remove_text'), okText: t('common.remove'), cancelText: t('common.cancel'), okButtonProps: { danger: true },
    onOk: () => remove.mutateAsync({ id: source.id }).then(() => invalidate('listVirtualSources'), notice),
  });
  return (
    <Panel title={source.name} note={t(`virtual.kind_${source.kind}`)} tools={<Tag className="mono" style={{ margin: 0 }}>{source.key}</Tag>}>
      <div style={{ display: 'grid', gap: 12 }}>
        <div className="mono small" style={{ overflowWrap: 'anywhere' }}>{place(source)}</div>
        <div className="small">{t('virtual.joined', { column: source.key_column, identifier: t(`identifier.${source.key_kind}`) })}{source.owner && ` · ${t('source.owner')}: ${source.owner}`}</div>
        <div>{source.columns.filter((column) => column.name !== source.key_column).map((column) => <Tag key={column.name} style={{ margin: 2, whiteSpace: 'normal' }} title={column.meaning || column.native}>{source.key}.{column.name}</Tag>)}</div>
        <div style={{ display: 'flex', gap: 8, flexWrap: 'wrap' }}>
          <Button size="small" aria-expanded={shown === 'rows'} onClick={() => show('rows')}>{t('virtual.show_rows')}</Button>
          <Button size="small" aria-expanded={shown === 'match'} onClick={() => show('match')}>{t('virtual.show_match')}</Button>
          <Button size="small" onClick={onEdit}>{t('common.edit')}</Button>
          <Button size="small" type="text" danger icon={<DeleteOutlined />} aria-label={t('common.remove')} onClick={end} />
        </div>
        {shown === 'rows' && <Preview id={source.id} />}
        {shown === 'match' && <Matched id={source.id} />}
      </div>
    </Panel>
  );
}

export function VirtualTab() {
  const { t } = useTranslation();
  const kinds = useListVirtualKinds({ staleTime: 3_600_000 });
  const sources = useListVirtualSources();
  const [editing, setEditing] = useState<{ kind: VirtualKind; source?: VirtualSource } | null>(null);
  const items = (kinds.data?.items ?? []).map((kind) => ({ key: kind.key, label: t(`virtual.kind_${kind.key}`), onClick: () => setEditing({ kind }) }));
  const add = <Dropdown menu={{ items }} trigger={['click']} disabled={items.length === 0}><Button type="primary" icon={<PlusOutlined />}>{t('virtual.new')}</Button></Dropdown>;
  return (
    <>
      <Load query={sources}>
        {(data) => (data.items.length === 0
          ? <Panel><Teach icon={<DatabaseOutlined />} title={t('virtual.empty')} text={t('virtual.empty_text')} action={add} /></Panel>
          : (
            <div className="grid">
              <div style={{ textAlign: 'end' }}>{add}</div>
              {data.items.map((source) => {
                const kind = kinds.data?.items.find((one) => one.key === source.kind);
                return <SourceCard key={source.id} source={source} onEdit={() => kind && setEditing({ kind, source })} />;
              })}
            </div>
          ))}
      </Load>
      {editing && <VirtualForm {...editing} onClose={() => setEditing(null)} />}
    </>
  );
}
