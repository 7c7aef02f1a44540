// The touchpoint catalogue as a form: names of channels, touchpoints and stages, and the rules, in order.
import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Alert, App, Button, Input, Select, Table, Tabs, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useGetTouchpoints, usePutTouchpoints, type ChannelInfo, type TouchpointCatalogue, type TouchpointRule } from '../../api/generated';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { ProblemView } from '../../components/problem';
import { useMay } from '../../state/session';

type NamedList = 'channels' | 'touchpoints' | 'stages';
type Edit = <K extends keyof TouchpointCatalogue>(key: K, value: TouchpointCatalogue[K]) => void;

function move<T>(items: T[], from: number, by: number): T[] {
  const next = [...items];
  const [item] = next.splice(from, 1);
  if (item !== undefined) next.splice(from + by, 0, item);
  return next;
}

/** Keys that are empty, wrong or double: the server would refuse them, so say it at the field. */
export function badKeys(items: ChannelInfo[]): Set<number> {
  const seen = new Map<string, number>();
  for (const item of items) seen.set(item.key, (seen.get(item.key) ?? 0) + 1);
  return new Set(items.flatMap((item, index) => (!/^[a-z][a-z0-9_]*$/.test(item.key) || seen.get(item.key)! > 1 ? [index] : [])));
}

function RowTools({ index, count, readOnly, onMove, onRemove }: { index: number; count: number; readOnly: boolean; onMove: (by: number) => void; onRemove: () => void }) {
  const { t } = useTranslation();
  if (readOnly) return null;
  return (
    <span className="nowrap">
      <Button size="small" type="text" icon={<ArrowUpOutlined />} disabled={index === 0} onClick={() => onMove(-1)} aria-label={t('settings.move_up')} />
      <Button size="small" type="text" icon={<ArrowDownOutlined />} disabled={index === count - 1} onClick={() => onMove(1)} aria-label={t('settings.move_down')} />
      <Button size="small" type="text" danger icon={<DeleteOutlined />} onClick={onRemove} aria-label={t('common.remove')} />
    </span>
  );
}

function NamedTable({ list, draft, edit, readOnly }: { list: NamedList; draft: TouchpointCatalogue; edit: Edit; readOnly: boolean }) {
  const { t } = useTranslation();
  const items = draft[list];
  const bad = badKeys(items);
  const put = (index: number, patch: Partial<ChannelInfo>) => edit(list, items.map((item, at) => (at === index ? { ...item, ...patch } : item)));
  const field = (key: keyof ChannelInfo, title: string) => ({
    title, key,
    render: (_: unknown, item: ChannelInfo, index: number) => (
      <Input value={item[key]} readOnly={readOnly} status={key === 'key' && bad.has(index) ? 'error' : ''} aria-label={`${title} ${index + 1}`} onChange={(event) => put(index, { [key]: event.target.value })} />
    ),
  });
  const columns: TableColumnsType<ChannelInfo> = [
    field('key', t('settings.key')), field('name_zh', '中文'), field('name_en', 'English'),
    { key: 'tools', align: 'end', render: (_, _item, index) => <RowTools index={index} count={items.length} readOnly={readOnly} onMove={(by) => edit(list, move(items, index, by))} onRemove={() => edit(list, items.filter((_entry, at) => at !== index))} /> },
  ];
  return (
    <>
      <Table<ChannelInfo> rowKey={(item) => String(items.indexOf(item))} size="small" columns={columns} dataSource={items} pagination={false} scroll={{ x: 560 }} />
      {!readOnly && <Button style={{ marginTop: 10 }} icon={<PlusOutlined />} onClick={() => edit(list, [...items, { key: '', name_en: '', name_zh: '' }])}>{t('settings.add')}</Button>}
      {bad.size > 0 && <p style={{ color: 'var(--bad)' }}>{t('settings.key_rule')}</p>}
    </>
  );
}

const kTypes = ['track', 'identify', 'page', 'screen', 'group', 'alias'];
const kEmptyRule: TouchpointRule = { type: '', name: '', source: '', channel: '', set_channel: '', touchpoint: '', stage: '' };

function RuleTable({ draft, edit, readOnly }: { draft: TouchpointCatalogue; edit: Edit; readOnly: boolean }) {
  const { t, i18n } = useTranslation();
  const rules = draft.rules;
  const [search, setSearch] = useState('');
  const shown = useMemo(() => rules.map((rule, index) => ({ rule, index })).filter(({ rule }) => Object.values(rule).join(' ').toLowerCase().includes(search.toLowerCase())), [rules, search]);
  const put = (index: number, patch: Partial<TouchpointRule>) => edit('rules', rules.map((rule, at) => (at === index ? { ...rule, ...patch } : rule)));
  const options = (items: ChannelInfo[]) => items.map((item) => ({ value: item.key, label: i18n.language === 'zh' ? item.name_zh : item.name_en }));
  const choice = (key: keyof TouchpointRule, list: { value: string; label: string }[]) => ({
    title: t(`rule.${key}`), key,
    render: (_: unknown, { rule, index }: { rule: TouchpointRule; index: number }) => (
      <Select style={{ minWidth: 118, width: '100%' }} allowClear showSearch disabled={readOnly} placeholder={t(key === 'type' || key === 'channel' ? 'rule.any' : 'rule.keep')} aria-label={`${t(`rule.${key}`)} ${index + 1}`}
        value={rule[key] || undefined} options={list} onChange={(value?: string) => put(index, { [key]: value ?? '' })} />
    ),
  });
  const text = (key: 'name' | 'source') => ({
    title: t(`rule.${key}`), key,
    render: (_: unknown, { rule, index }: { rule: TouchpointRule; index: number }) => (
      <Input style={{ minWidth: 130 }} value={rule[key]} readOnly={readOnly} placeholder={t('rule.any')} aria-label={`${t(`rule.${key}`)} ${index + 1}`} onChange={(event) => put(index, { [key]: event.target.value })} />
    ),
  });
  const columns: TableColumnsType<{ rule: TouchpointRule; index: number }> = [
    { title: '#', key: 'number', render: (_, row) => <span className="muted num">{row.index + 1}</span> },
    choice('type', kTypes.map((type) => ({ value: type, label: t(`type.${type}`) }))), text('name'), text('source'), choice('channel', options(draft.channels)),
    choice('set_channel', options(draft.channels)), choice('touchpoint', options(draft.touchpoints)), choice('stage', options(draft.stages)),
    { key: 'tools', align: 'end', render: (_, row) => <RowTools index={row.index} count={rules.length} readOnly={readOnly} onMove={(by) => edit('rules', move(rules, row.index, by))} onRemove={() => edit('rules', rules.filter((_rule, at) => at !== row.index))} /> },
  ];
  return (
    <>
      <p className="muted" style={{ marginTop: 0 }}>{t('settings.rules_explain')}</p>
      <Input allowClear style={{ maxWidth: 280, marginBottom: 10 }} value={search} onChange={(event) => setSearch(event.target.value)} placeholder={t('settings.rules_search')} aria-label={t('settings.rules_search')} />
      <Table rowKey="index" size="small" columns={columns} dataSource={shown} pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }} scroll={{ x: 'max-content' }} />
      {!readOnly && <Button style={{ marginTop: 10 }} icon={<PlusOutlined />} onClick={() => { setSearch(''); edit('rules', [kEmptyRule, ...rules]); }}>{t('settings.rule_add')}</Button>}
    </>
  );
}

function Editor({ catalogue }: { catalogue: TouchpointCatalogue }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const readOnly = !useMay()('manage_data');
  const invalidate = useInvalidate();
  const put = usePutTouchpoints();
  const [draft, setDraft] = useState(catalogue);
  const changed = draft !== catalogue;
  const edit: Edit = (key, value) => setDraft((before) => ({ ...before, [key]: value }));
  const lists: NamedList[] = ['channels', 'touchpoints', 'stages'];
  const wrong = lists.some((list) => badKeys(draft[list]).size > 0);
  const save = () => put.mutate({ body: draft }, {
    onSuccess: async () => {
      void message.success(t('settings.catalogue_saved'));
      await invalidate('getTouchpoints');
    },
  });
  return (
    <Panel title={t('settings.touchpoints')} note={t('settings.touchpoints_note')} tools={!readOnly && (
      <>
        <Button disabled={!changed} onClick={() => setDraft(catalogue)}>{t('common.undo')}</Button>
        <Button type="primary" disabled={!changed || wrong} loading={put.isPending} onClick={save}>{t('common.save')}</Button>
      </>
    )}>
      {changed && <Alert type="info" showIcon title={t('settings.unsaved')} style={{ marginBottom: 12 }} />}
      {put.isError && <div style={{ marginBottom: 12 }}><ProblemView error={put.error} /></div>}
      <Tabs items={[
        { key: 'rules', label: `${t('settings.rules')} (${draft.rules.length})`, children: <RuleTable draft={draft} edit={edit} readOnly={readOnly} /> },
        ...lists.map((list) => ({ key: list, label: `${t(`settings.list_${list}`)} (${draft[list].length})`, children: <NamedTable list={list} draft={draft} edit={edit} readOnly={readOnly} /> })),
      ]} />
    </Panel>
  );
}

export function TouchpointsTab() {
  const catalogue = useGetTouchpoints();
  return <Load query={catalogue} rows={10}>{(data) => <Editor key={data.version} catalogue={data} />}</Load>;
}
