// Standing rules: events and comments that open complaints by themselves; what they did, and a new one.
import { PlusOutlined, ThunderboltOutlined } from '@ant-design/icons';
import { Button, Popconfirm, Space, Switch, Table, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useDeleteComplaintRule, useListComplaintRules, usePutComplaintRule, type ComplaintRule } from '../../api/generated';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { useProblemNotice } from '../../components/problem';
import { Teach } from '../../components/teach';
import { exact } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { conditionsOf } from '../surveys/survey_triggers';
import { RuleForm } from './rule_form';
import { planOf } from './rule_plan';
import { SeverityTag, useCategories } from './words';

/** What it looks for, in words. */
function useLooksFor() {
  const { t } = useTranslation();
  const language = useLanguage();
  return (rule: ComplaintRule) => [
    conditionsOf(rule),
    rule.labels.map((key) => t(`complaint_rule.label_${key.replace('.', '_')}`, { defaultValue: key })).join(t('common.list')),
    rule.sentiment_max !== null && t('complaint_rule.sentiment_at_most', { value: exact(rule.sentiment_max, language, 2) }),
    rule.aspect && `${t('complaint_rule.aspect')} ${rule.aspect}${rule.aspect_sentiment && ` (${t(`texts.${rule.aspect_sentiment}`)})`}`,
  ].filter(Boolean).join(' · ');
}

function Details({ rule }: { rule: ComplaintRule }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const looksFor = useLooksFor();
  const facts = [
    rule.owner.name ? t('complaint_rule.owner_is', { name: rule.owner.name }) : t('complaint_rule.owner_none'),
    rule.unit && t('complaint_rule.unit_is', { name: names.unit(rule.unit) }),
    rule.quiet_days > 0 ? t('complaint_rule.quiet_is', { n: exact(rule.quiet_days, language) }) : t('complaint_rule.quiet_none'),
    t('complaint_rule.within_is', { n: exact(rule.within_days, language) }),
  ].filter(Boolean);
  return (
    <>
      <p className="small" style={{ marginTop: 0, overflowWrap: 'anywhere' }}><code>{looksFor(rule)}</code></p>
      <p className="muted small" style={{ marginBottom: 0 }}>{facts.join(' · ')}</p>
      {rule.error && <p className="small" role="alert" style={{ color: 'var(--bad)' }}>{t('trigger.error')} {rule.error}</p>}
    </>
  );
}

function Tools({ rule, onChange }: { rule: ComplaintRule; onChange: () => void }) {
  const { t } = useTranslation();
  const notice = useProblemNotice();
  const invalidate = useInvalidate();
  const remove = useDeleteComplaintRule();
  return (
    <Space size={4}>
      <Button size="small" onClick={onChange}>{t('complaint.change')}</Button>
      <Popconfirm title={t('complaint_rule.remove_sure')} okText={t('complaint_rule.remove')} cancelText={t('common.cancel')} onConfirm={() => remove.mutate({ id: rule.id }, { onSuccess: () => invalidate('listComplaintRules'), onError: notice })}>
        <Button size="small" danger>{t('complaint_rule.remove')}</Button>
      </Popconfirm>
    </Space>
  );
}

function OnOff({ rule }: { rule: ComplaintRule }) {
  const { t } = useTranslation();
  const notice = useProblemNotice();
  const invalidate = useInvalidate();
  const put = usePutComplaintRule();
  const to = (on: boolean) => put.mutate({ id: rule.id, body: { ...planOf(rule), name: rule.name, on } }, { onSuccess: () => invalidate('listComplaintRules'), onError: notice });
  return <Switch size="small" aria-label={t('complaint_rule.on')} checked={rule.on} loading={put.isPending} onChange={to} />;
}

export function Rules() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { name } = useCategories();
  const rules = useListComplaintRules({ refetchInterval: 10_000, keep: true });
  const [form, setForm] = useState<{ rule?: ComplaintRule }>();
  const columns = useMemo<TableColumnsType<ComplaintRule>>(() => [
    { title: t('complaint_rule.name'), key: 'name', render: (_, one) => <strong>{one.name}</strong> },
    { title: t('complaint_rule.on'), key: 'on', render: (_, one) => <OnOff rule={one} /> },
    { title: t('complaint.category'), key: 'category', render: (_, one) => (one.category ? name(one.category) : <span className="muted">{t('complaint_rule.by_words')}</span>) },
    { title: t('complaint.severity'), key: 'severity', render: (_, one) => (one.severity ? <SeverityTag severity={one.severity} /> : <span className="muted">{t('complaint_rule.by_category')}</span>) },
    { title: t('complaint_rule.events'), key: 'events', align: 'end', render: (_, one) => exact(one.events, language) },
    { title: t('complaint_rule.opened'), key: 'opened', align: 'end', render: (_, one) => <b>{exact(one.opened, language)}</b> },
    { title: t('complaint_rule.joined'), key: 'joined', align: 'end', render: (_, one) => exact(one.joined, language) },
    { title: '', key: 'tools', render: (_, one) => <Tools rule={one} onChange={() => setForm({ rule: one })} /> },
  ], [t, language, name]);
  const add = <Button type="primary" icon={<PlusOutlined />} onClick={() => setForm({})}>{t('complaint_rule.new')}</Button>;
  return (
    <Load query={rules}>
      {({ items }) => (
        <Panel title={t('complaint_rule.rules')} note={t('complaint_rule.note')} tools={items.length > 0 && add}>
          {items.length === 0
            ? <Teach icon={<ThunderboltOutlined />} title={t('complaint_rule.empty')} text={t('complaint_rule.empty_text')} action={add} />
            : <Table<ComplaintRule> rowKey="id" size="small" columns={columns} dataSource={items} scroll={{ x: 'max-content' }} expandable={{ expandedRowRender: (one) => <Details rule={one} /> }} pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }} />}
          {form && <RuleForm rule={form.rule} onClose={() => setForm(undefined)} />}
        </Panel>
      )}
    </Load>
  );
}
