// What events are about: products, articles, stores and groups, as their sources describe them.
import { DownloadOutlined, TagsOutlined } from '@ant-design/icons';
import { Button, Input, Segmented, Select, Switch, Table, Tag, type TableColumnsType } from 'antd';
import type { TFunction } from 'i18next';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useListItems, useListItemTypes, useListSources, type Item } from '../../api/generated';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { ProblemView } from '../../components/problem';
import { Teach } from '../../components/teach';
import { saveCsv } from '../../format/export';
import { exact, moment } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { readable } from '../../state/catalogue';

const kTypesAsButtons = 5;
const kShown = 4;

const typeName = (t: TFunction, type: string) => (type === 'group' ? t('item.group') : type);

/** The first few properties; the rest when the row is opened. */
function Properties({ item }: { item: Item }) {
  const { t } = useTranslation();
  const all = Object.entries(item.properties);
  if (all.length === 0) return <span className="muted">{t(item.at ? 'item.no_properties' : 'item.only_named')}</span>;
  return (
    <span className="small" style={{ overflowWrap: 'anywhere' }}>
      {all.slice(0, kShown).map(([key, value]) => <span key={key} style={{ marginInlineEnd: 12 }}><span className="muted">{readable(key)}</span> {value.length > 60 ? `${value.slice(0, 60)}…` : value}</span>)}
      {all.length > kShown && <span className="muted">{t('item.more', { count: all.length - kShown })}</span>}
    </span>
  );
}

function AllProperties({ item }: { item: Item }) {
  return (
    <dl style={{ margin: 0, display: 'grid', gridTemplateColumns: 'minmax(80px, max-content) 1fr', gap: '4px 16px' }}>
      {Object.entries(item.properties).map(([key, value]) => [
        <dt key={`${key} name`} className="muted" style={{ overflowWrap: 'anywhere' }}>{key}</dt>,
        <dd key={key} style={{ margin: 0, overflowWrap: 'anywhere' }}>{value}</dd>,
      ])}
    </dl>
  );
}

function useColumns(): TableColumnsType<Item> {
  const { t } = useTranslation();
  const language = useLanguage();
  const sources = useListSources({ staleTime: 60_000 });
  return useMemo(() => [
    { title: t('item.id'), key: 'id', render: (_, item) => <><span className="mono" style={{ overflowWrap: 'anywhere' }}>{item.id}</span>{item.gone && <Tag style={{ marginInlineStart: 8 }}>{t('item.gone')}</Tag>}<div className="small muted phone-only">{typeName(t, item.type)}</div></> },
    { title: t('item.type'), key: 'type', responsive: ['md'], render: (_, item) => typeName(t, item.type) },
    { title: t('item.properties'), key: 'properties', render: (_, item) => <Properties item={item} /> },
    { title: t('quarantine.source'), key: 'source', responsive: ['md'], render: (_, item) => sources.data?.items.find((entry) => entry.id === item.source)?.name ?? item.source },
    { title: t('item.at'), key: 'at', responsive: ['md'], render: (_, item) => (item.at ? <span className="num nowrap">{moment(item.at, language)}</span> : '–') },
  ], [t, language, sources.data]);
}

function Items({ type }: { type: string }) {
  const { t } = useTranslation();
  const columns = useColumns();
  const [params, setParams] = useSearchParams();
  const text = params.get('q') ?? '';
  const [gone, setGone] = useState(false);
  const found = useListItems({ ...(type && { type }), ...(text && { q: text }), ...(gone && { gone: 'true' as const }) });
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  const find = (value: string) => setParams((current) => {
    const address = new URLSearchParams(current);
    if (value.trim()) address.set('q', value.trim());
    else address.delete('q');
    return address;
  }, { replace: true });
  return (
    <>
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: 12, alignItems: 'center', margin: '12px 0' }}>
        <Input.Search size="small" allowClear placeholder={t('item.search')} aria-label={t('item.search')} style={{ width: 240 }} defaultValue={text} onSearch={find} />
        <label style={{ display: 'inline-flex', gap: 8, alignItems: 'center' }}><Switch size="small" checked={gone} onChange={setGone} /> {t('item.show_gone')}</label>
        <Button size="small" icon={<DownloadOutlined />} disabled={items.length === 0} onClick={() => saveCsv('items.csv', items.map((item) => ({ type: item.type, id: item.id, source: item.source, at: item.at ?? '', gone: item.gone, properties: JSON.stringify(item.properties) })))}>{t('common.csv')}</Button>
      </div>
      {found.isError && <ProblemView error={found.error} retry={() => void found.refetch()} />}
      {!found.isError && (
        <Table<Item>
          rowKey={(item) => `${item.type} ${item.id} ${item.source}`} size="small" columns={columns} dataSource={items} pagination={false} loading={found.isPending} scroll={{ x: true }}
          locale={{ emptyText: t('item.none_found') }}
          expandable={{ rowExpandable: (item) => Object.keys(item.properties).length > 0, expandedRowRender: (item) => <AllProperties item={item} /> }}
        />
      )}
      {found.hasNextPage && <Button style={{ marginTop: 12 }} loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>{t('common.more')}</Button>}
    </>
  );
}

export function ItemsTab() {
  const { t } = useTranslation();
  const language = useLanguage();
  const types = useListItemTypes();
  const [type, setType] = useState('');
  return (
    <Panel title={t('item.title')} note={t('item.note')}>
      <Load query={types}>
        {({ items }) => {
          if (items.length === 0) return <Teach icon={<TagsOutlined />} title={t('item.empty')} text={t('item.empty_text')} />;
          const options = [{ value: '', label: t('item.all_types') }, ...items.map((entry) => ({ value: entry.type, label: `${typeName(t, entry.type)} (${exact(entry.items, language)})` }))];
          return (
            <>
              {items.length <= kTypesAsButtons
                ? <Segmented size="small" value={type} onChange={setType} options={options} style={{ maxWidth: '100%', overflowX: 'auto' }} />
                : <Select size="small" showSearch aria-label={t('item.type')} value={type} onChange={setType} options={options} style={{ minWidth: 200, maxWidth: '100%' }} />}
              <Items key={type} type={type} />
            </>
          );
        }}
      </Load>
    </Panel>
  );
}
