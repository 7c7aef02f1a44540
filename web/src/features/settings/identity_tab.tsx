// The rules of identity as a form: trust and limits of each kind of identifier, values that are nobody's, and
// which value of a trait is shown.
import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { App, Button, Checkbox, Input, InputNumber, Select, Table, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useGetIdentityRules, useListSources, usePutIdentityRules, type BlockedValue, type IdentityKindRule, type IdentityRules, type SurvivorRule } from '../../api/generated';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { ProblemView } from '../../components/problem';

type Edit = <K extends keyof IdentityRules>(key: K, value: IdentityRules[K]) => void;

const kExclusive: IdentityKindRule['exclusive'][] = ['no', 'per_source', 'everywhere'];
const kJoins: IdentityKindRule['joins'][] = ['always', 'verified', 'never'];
const kSurvivors: SurvivorRule['rule'][] = ['latest', 'most_trusted', 'most_frequent'];

function swapped<T>(items: T[], at: number, by: number): T[] {
  const next = [...items];
  const [item] = next.splice(at, 1);
  if (item !== undefined) next.splice(at + by, 0, item);
  return next;
}

function Kinds({ rules, edit }: { rules: IdentityRules; edit: Edit }) {
  const { t } = useTranslation();
  const put = (index: number, patch: Partial<IdentityKindRule>) => edit('kinds', rules.kinds.map((kind, at) => (at === index ? { ...kind, ...patch } : kind)));
  const columns: TableColumnsType<IdentityKindRule> = [
    { title: t('rules.trust'), key: 'rank', render: (_, _kind, index) => <span className="muted num">{index + 1}</span> },
    { title: t('rules.kind'), key: 'kind', render: (_, kind) => <span className="nowrap">{t(`identifier.${kind.kind}`)}</span> },
    { title: t('rules.limit'), key: 'limit', render: (_, kind, index) => <InputNumber min={1} max={1_000_000} precision={0} value={kind.limit} aria-label={`${t('rules.limit')} ${kind.kind}`} onChange={(value) => put(index, { limit: value ?? 1 })} /> },
    { title: t('rules.exclusive'), key: 'exclusive', render: (_, kind, index) => <Select style={{ minWidth: 150 }} value={kind.exclusive} aria-label={`${t('rules.exclusive')} ${kind.kind}`} options={kExclusive.map((value) => ({ value, label: t(`exclusive.${value}`) }))} onChange={(value) => put(index, { exclusive: value })} /> },
    { title: t('rules.joins'), key: 'joins', render: (_, kind, index) => <Select style={{ minWidth: 130 }} value={kind.joins} aria-label={`${t('rules.joins')} ${kind.kind}`} options={kJoins.map((value) => ({ value, label: t(`joins.${value}`) }))} onChange={(value) => put(index, { joins: value })} /> },
    { title: t('rules.shared_after'), key: 'shared', render: (_, kind, index) => <InputNumber min={0} max={1_000_000} precision={0} value={kind.shared_after} aria-label={`${t('rules.shared_after')} ${kind.kind}`} onChange={(value) => put(index, { shared_after: value ?? 0 })} /> },
    {
      key: 'tools', align: 'end',
      render: (_, _kind, index) => (
        <span className="nowrap">
          <Button size="small" type="text" icon={<ArrowUpOutlined />} disabled={index === 0} onClick={() => edit('kinds', swapped(rules.kinds, index, -1))} aria-label={t('settings.move_up')} />
          <Button size="small" type="text" icon={<ArrowDownOutlined />} disabled={index === rules.kinds.length - 1} onClick={() => edit('kinds', swapped(rules.kinds, index, 1))} aria-label={t('settings.move_down')} />
        </span>
      ),
    },
  ];
  return <Table<IdentityKindRule> rowKey="kind" size="small" columns={columns} dataSource={rules.kinds} pagination={false} scroll={{ x: 'max-content' }} />;
}

function Blocked({ rules, edit }: { rules: IdentityRules; edit: Edit }) {
  const { t } = useTranslation();
  const put = (index: number, patch: Partial<BlockedValue>) => edit('blocked', rules.blocked.map((one, at) => (at === index ? { ...one, ...patch } : one)));
  return (
    <>
      {rules.blocked.map((one, index) => (
        <div key={index} style={{ display: 'flex', gap: 8, marginBottom: 8, flexWrap: 'wrap' }}>
          <Select style={{ width: 170 }} value={one.kind} aria-label={`${t('rules.kind')} ${index + 1}`} options={rules.kinds.map(({ kind }) => ({ value: kind, label: t(`identifier.${kind}`) }))} onChange={(kind) => put(index, { kind })} />
          <Input style={{ width: 260 }} maxLength={256} value={one.value} aria-label={`${t('rules.value')} ${index + 1}`} onChange={(event) => put(index, { value: event.target.value })} />
          <Button type="text" danger icon={<DeleteOutlined />} onClick={() => edit('blocked', rules.blocked.filter((_one, at) => at !== index))} aria-label={t('common.remove')} />
        </div>
      ))}
      <Button icon={<PlusOutlined />} onClick={() => edit('blocked', [...rules.blocked, { kind: 'phone', value: '' }])}>{t('rules.block')}</Button>
    </>
  );
}

function Survivors({ rules, edit }: { rules: IdentityRules; edit: Edit }) {
  const { t } = useTranslation();
  const sources = useListSources({ staleTime: 300_000 });
  const put = (index: number, patch: Partial<SurvivorRule>) => edit('traits', rules.traits.map((one, at) => (at === index ? { ...one, ...patch } : one)));
  return (
    <>
      {rules.traits.map((one, index) => (
        <div key={index} style={{ display: 'flex', gap: 8, marginBottom: 8, flexWrap: 'wrap' }}>
          <Input style={{ width: 200 }} maxLength={120} value={one.key} placeholder="city" aria-label={`${t('customer.traits')} ${index + 1}`} onChange={(event) => put(index, { key: event.target.value })} />
          <Select style={{ width: 220 }} value={one.rule} aria-label={`${t('rules.survivor')} ${index + 1}`} options={kSurvivors.map((value) => ({ value, label: t(`survivor.${value}`) }))} onChange={(rule) => put(index, { rule })} />
          <Button type="text" danger icon={<DeleteOutlined />} onClick={() => edit('traits', rules.traits.filter((_one, at) => at !== index))} aria-label={t('common.remove')} />
        </div>
      ))}
      <Button icon={<PlusOutlined />} onClick={() => edit('traits', [...rules.traits, { key: '', rule: 'most_trusted' }])}>{t('rules.survivor_add')}</Button>
      <div style={{ marginTop: 14 }}>
        <div className="small muted">{t('rules.trusted')}</div>
        <Select mode="multiple" style={{ width: '100%', maxWidth: 480 }} value={rules.trusted_sources} aria-label={t('rules.trusted')} options={(sources.data?.items ?? []).map((source) => ({ value: source.id, label: source.name }))} onChange={(value) => edit('trusted_sources', value)} />
      </div>
    </>
  );
}

function Editor({ rules }: { rules: IdentityRules }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const invalidate = useInvalidate();
  const put = usePutIdentityRules();
  const [draft, setDraft] = useState(rules);
  const edit: Edit = (key, value) => setDraft((before) => ({ ...before, [key]: value }));
  const wrong = draft.blocked.some((one) => !one.value.trim()) || draft.traits.some((one) => !one.key.trim());
  const save = () => put.mutate({ body: draft }, {
    onSuccess: async () => {
      void message.success(t('rules.saved'));
      await invalidate('getIdentityRules');
    },
  });
  return (
    <div style={{ display: 'grid', gap: 14 }}>
      <p className="muted" style={{ marginTop: 0 }}>{t('rules.explain')}</p>
      <Panel title={t('rules.kinds')}><Kinds rules={draft} edit={edit} /></Panel>
      <Panel title={t('rules.shared')}>
        <p className="muted" style={{ marginTop: 0 }}>{t('rules.shared_text')}</p>
        <p><Checkbox checked={draft.release_shared} onChange={(event) => edit('release_shared', event.target.checked)}>{t('rules.release')}</Checkbox></p>
        <Blocked rules={draft} edit={edit} />
      </Panel>
      <Panel title={t('rules.consent')}>
        <p className="muted" style={{ marginTop: 0 }}>{t('rules.consent_text')}</p>
        <Input style={{ maxWidth: 260 }} maxLength={60} value={draft.consent} aria-label={t('rules.consent')} onChange={(event) => edit('consent', event.target.value)} />
      </Panel>
      <Panel title={t('rules.survivors')}>
        <p className="muted" style={{ marginTop: 0 }}>{t('rules.survivors_text')}</p>
        <Survivors rules={draft} edit={edit} />
      </Panel>
      {put.isError && <div style={{ marginBottom: 12 }}><ProblemView error={put.error} /></div>}
      <div style={{ display: 'flex', gap: 8 }}>
        <Button type="primary" disabled={draft === rules || wrong} loading={put.isPending} onClick={save}>{t('common.save')}</Button>
        <Button disabled={draft === rules} onClick={() => setDraft(rules)}>{t('common.cancel')}</Button>
      </div>
    </div>
  );
}

export function IdentityTab() {
  const rules = useGetIdentityRules();
  return <Load query={rules} rows={10}>{(data) => <Editor key={data.version} rules={data} />}</Load>;
}
