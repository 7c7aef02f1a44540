// A rule: what it looks for, what it opens, and before it is kept what it would have done.
import { Button, Form, Input, InputNumber, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useInvalidate } from '../../api/client';
import { useCreateComplaintRule, useGetTextAspects, useListUnits, usePreviewComplaintRule, usePutComplaintRule, type ComplaintRule, type ComplaintRulePreview } from '../../api/generated';
import { ProblemView } from '../../components/problem';
import { exact, moment } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { useScope } from '../../state/filters';
import { Days } from '../surveys/trigger_form';
import { keptOf, rulePlanOf, valuesOf, type WantedRule } from './rule_plan';
import { kSeverityKeys, useCategories } from './words';

const kLabels = ['intent.complain', 'intent.refund', 'intent.cancel', 'flag.urgent', 'flag.toxic', 'emotion.anger', 'emotion.disappointment'];
const kInstruments = ['nps', 'csat', 'ces', 'review'];
const kTones = ['negative', 'neutral', 'positive'] as const;

function Past({ preview }: { preview: ComplaintRulePreview }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const { name } = useCategories();
  const { zone } = useScope();
  return (
    <div aria-live="polite" data-testid="rule-preview">
      <p style={{ marginBottom: 4 }}><b>{t('complaint_rule.would', { opened: exact(preview.opened, language) })}</b></p>
      <p className="muted small" style={{ marginTop: 0 }}>{t(preview.cut ? 'complaint_rule.would_cut' : 'complaint_rule.would_of', { events: exact(preview.events, language), customers: exact(preview.customers, language), joined: exact(preview.joined, language) })}</p>
      <Days byDay={preview.by_day} label={t('complaint_rule.by_day', { most: exact(Math.max(0, ...preview.by_day), language) })} />
      {preview.examples.map((one) => (
        <div key={one.event_id} style={{ padding: '8px 0', borderTop: '1px solid var(--border)' }}>
          <div style={{ overflowWrap: 'anywhere' }}>{one.text}</div>
          <div className="muted small">{moment(one.at, language, zone)} · {names.channel(one.channel)} · {name(one.category)} · <Link to={`/customers/${one.customer_id}`}>{one.customer || t('customer.unnamed')}</Link></div>
        </div>
      ))}
    </div>
  );
}

function Conditions() {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const { query } = useScope();
  const aspects = useGetTextAspects({ ...query, compare: 'none' }).data?.items ?? [];
  return (
    <>
      <h3 className="small">{t('complaint_rule.when')}</h3>
      <div className="grid two" style={{ rowGap: 0 }}>
        <Form.Item name="event" label={t('complaint_rule.event')} extra={t('complaint_rule.event_explain')}><Input autoComplete="off" /></Form.Item>
        <Form.Item name="channels" label={t('complaint.channel')}><Select mode="multiple" allowClear options={names.channels.map((channel) => ({ value: channel, label: names.channel(channel) }))} /></Form.Item>
        <Form.Item name="instrument" label={t('complaint_rule.instrument')}><Select allowClear options={kInstruments.map((value) => ({ value, label: value.toUpperCase() }))} /></Form.Item>
        <Form.Item name="score_max" label={t('complaint_rule.score_max')}><InputNumber style={{ width: '100%' }} /></Form.Item>
      </div>
      <Form.Item name="properties" label={t('trigger.properties')} extra={t('trigger.properties_explain')}><Input.TextArea autoSize={{ minRows: 1, maxRows: 5 }} spellCheck={false} /></Form.Item>
      <Form.Item name="where" label={t('complaint_rule.where')} extra={t('trigger.where_explain')}><Input autoComplete="off" /></Form.Item>
      <h3 className="small">{t('complaint_rule.comment')}</h3>
      <div className="grid two" style={{ rowGap: 0 }}>
        <Form.Item name="labels" label={t('complaint_rule.labels')} extra={t('complaint_rule.labels_explain')}><Select mode="multiple" allowClear options={kLabels.map((value) => ({ value, label: t(`complaint_rule.label_${value.replace('.', '_')}`) }))} /></Form.Item>
        <Form.Item name="sentiment_max" label={t('complaint_rule.sentiment_max')} extra={t('complaint_rule.sentiment_explain')}><InputNumber min={-1} max={0.99} step={0.1} style={{ width: '100%' }} /></Form.Item>
        <Form.Item name="aspect" label={t('complaint_rule.aspect')}><Select allowClear showSearch={{ optionFilterProp: 'label' }} options={aspects.map((one) => ({ value: one.aspect, label: language === 'zh' ? one.name_zh : one.name_en }))} /></Form.Item>
        <Form.Item name="aspect_sentiment" label={t('complaint_rule.aspect_sentiment')}><Select allowClear options={kTones.map((value) => ({ value, label: t(`texts.${value}`) }))} /></Form.Item>
      </div>
    </>
  );
}

function Outcome() {
  const { t } = useTranslation();
  const names = useNames();
  const { options, catalogue } = useCategories();
  const units = useListUnits({ staleTime: 300_000 }).data?.items ?? [];
  return (
    <>
      <h3 className="small">{t('complaint_rule.then')}</h3>
      <div className="grid two" style={{ rowGap: 0 }}>
        <Form.Item name="category" label={t('complaint.category')} extra={t('complaint_rule.category_explain')}><Select allowClear showSearch={{ optionFilterProp: 'label' }} options={options} /></Form.Item>
        <Form.Item name="severity" label={t('complaint.severity')} extra={t('complaint.severity_explain')}><Select allowClear options={kSeverityKeys.map((key) => ({ value: key, label: t(`complaint.severity_${key}`) }))} /></Form.Item>
        <Form.Item name="owner" label={t('complaint_rule.owner')} extra={t('complaint_rule.owner_explain')}><Select allowClear options={(catalogue?.people ?? []).flatMap((person) => (person.id ? [{ value: person.id, label: person.name }] : []))} /></Form.Item>
        <Form.Item name="unit" label={t('record.unit')} extra={t('complaint_rule.unit_explain')}><Select allowClear showSearch={{ optionFilterProp: 'label' }} options={units.map((unit) => ({ value: unit.key, label: names.unit(unit.key) }))} /></Form.Item>
        <Form.Item name="quiet_days" label={t('complaint_rule.quiet_days')} extra={t('complaint_rule.quiet_explain')}><InputNumber min={0} max={365} precision={0} style={{ width: '100%' }} /></Form.Item>
        <Form.Item name="within_days" label={t('complaint_rule.within_days')} extra={t('complaint_rule.within_explain')}><InputNumber min={1} max={60} precision={0} style={{ width: '100%' }} /></Form.Item>
      </div>
    </>
  );
}

export function RuleForm({ rule, onClose }: { rule: ComplaintRule | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  const invalidate = useInvalidate();
  const preview = usePreviewComplaintRule();
  const create = useCreateComplaintRule();
  const put = usePutComplaintRule();
  const [form] = Form.useForm<WantedRule>();
  const [seen, setSeen] = useState<ComplaintRulePreview>();
  const wanted = async () => {
    const values = await form.validateFields().catch(() => undefined);
    return values && { name: values.name, plan: rulePlanOf(values, keptOf(rule)) };
  };
  const look = async () => {
    const found = await wanted();
    if (found) preview.mutate({ body: found.plan }, { onSuccess: setSeen });
  };
  const save = async () => {
    const found = await wanted();
    if (!found) return;
    const done = { onSuccess: async () => { await invalidate('listComplaintRules'); onClose(); } };
    if (rule) put.mutate({ id: rule.id, body: { ...found.plan, name: found.name, on: rule.on } }, done);
    else create.mutate({ body: { ...found.plan, name: found.name } }, done);
  };
  const error = create.error ?? put.error ?? preview.error;
  return (
    <Modal open width={680} title={rule ? rule.name : t('complaint_rule.new')} onCancel={onClose} footer={[
      <Button key="look" loading={preview.isPending} type={seen ? 'default' : 'primary'} onClick={() => void look()}>{t('round.preview')}</Button>,
      <Button key="save" loading={create.isPending || put.isPending} type={seen ? 'primary' : 'default'} disabled={!seen} onClick={() => void save()}>{t(rule ? 'common.save' : 'trigger.make')}</Button>,
    ]}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={valuesOf(rule)} onValuesChange={() => setSeen(undefined)}>
        <Form.Item name="name" label={t('complaint_rule.name')} rules={[{ required: true, whitespace: true, message: t('record.required') }]}><Input maxLength={60} autoComplete="off" /></Form.Item>
        <Conditions />
        <Outcome />
      </Form>
      {seen && <Past preview={seen} />}
      {error && <ProblemView error={error} />}
    </Modal>
  );
}
