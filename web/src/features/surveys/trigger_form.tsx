// What starts a survey: a ready trigger or one's own conditions, and before it is made what it would have done.
import { Button, Form, Input, InputNumber, Modal, Select, TimePicker } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useCreateSurveyTrigger, useListConnectorKinds, useListConnectors, usePreviewSurveyTrigger, type NewTrigger, type SurveyDetail, type TriggerPreset, type TriggerPreview } from '../../api/generated';
import { ProblemView } from '../../components/problem';
import { exact } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { textIn } from './surveys_page';

export interface WantedTrigger {
  key: string;
  preset?: string;
  where?: string;
  properties?: string;
  delay?: number | null;
  share?: number | null;
  channel: string;
  connector: string;
  quiet?: [Dayjs, Dayjs] | null;
  reminders?: number | null;
  remind_days?: number | null;
  text_zh?: string;
  text_en?: string;
}

const kChannels = ['email', 'sms', 'wechat', 'app', 'web'];

/** "resolved: true | yes", one a line. */
export function propertiesOf(text: string): Record<string, string[]> {
  const out: Record<string, string[]> = {};
  for (const line of text.split('\n')) {
    const colon = line.search(/[:：=]/);
    if (colon <= 0) continue;
    const values = line.slice(colon + 1).split(/[|｜]/).map((value) => value.trim()).filter(Boolean);
    if (values.length > 0) out[line.slice(0, colon).trim()] = values;
  }
  return out;
}

/** As the API takes it. */
export function triggerOf(values: WantedTrigger, presets: TriggerPreset[]): NewTrigger {
  const preset = presets.find((one) => one.key === values.preset);
  const filter = preset ? preset.filter : values.where?.trim() ? { where: values.where.trim() } : {};
  const properties = propertiesOf(values.properties ?? '');
  const [zh, en] = [values.text_zh?.trim(), values.text_en?.trim()];
  return {
    key: values.key,
    connector: values.connector,
    channel: values.channel,
    filter,
    delay_minutes: values.delay ?? preset?.delay_minutes ?? 0,
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(values.share && values.share < 100 && { share: values.share / 100 }),
    ...(values.quiet && { quiet: { from: values.quiet[0].format('HH:mm'), to: values.quiet[1].format('HH:mm') } }),
    ...(values.reminders && { reminders: values.reminders, remind_days: values.remind_days ?? 3 }),
    ...((zh || en) && { messages: { ...(zh && { zh: { text: zh } }), ...(en && { en: { text: en } }) } }),
  };
}

/** Counts of each of 30 days; the height is their number. */
export function Days({ byDay, label }: { byDay: number[]; label: string }) {
  const most = Math.max(1, ...byDay);
  return (
    <svg viewBox="0 0 300 40" width="100%" height={40} preserveAspectRatio="none" role="img" aria-label={label}>
      {byDay.map((count, day) => <rect key={`${day}/${count}`} x={day * 10 + 1} width={8} y={40 - (count / most) * 38} height={Math.max((count / most) * 38, count > 0 ? 1 : 0)} fill="var(--accent)" />)}
    </svg>
  );
}

function Past({ preview }: { preview: TriggerPreview }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <div aria-live="polite">
      <p style={{ marginBottom: 4 }}><b>{t('trigger.would', { asked: exact(preview.asked, language) })}</b></p>
      <p className="muted small" style={{ marginTop: 0 }}>{t(preview.cut ? 'trigger.would_cut' : 'trigger.would_of', { events: exact(preview.events, language), customers: exact(preview.customers, language) })}</p>
      <Days byDay={preview.by_day} label={t('trigger.by_day', { most: exact(Math.max(1, ...preview.by_day), language) })} />
    </div>
  );
}

export function TriggerForm({ survey, presets, onClose }: { survey: SurveyDetail; presets: TriggerPreset[]; onClose: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const invalidate = useInvalidate();
  const kinds = useListConnectorKinds({ staleTime: 3_600_000 });
  const connectors = useListConnectors();
  const preview = usePreviewSurveyTrigger();
  const create = useCreateSurveyTrigger();
  const [form] = Form.useForm<WantedTrigger>();
  const [seen, setSeen] = useState<TriggerPreview>();
  const preset = Form.useWatch('preset', form);
  const writers = connectors.data?.items.filter((one) => kinds.data?.items.some((kind) => kind.key === one.kind && kind.writes)) ?? [];
  const changed = (part: Partial<WantedTrigger>) => {
    setSeen(undefined);
    const ready = presets.find((one) => one.key === part.preset);
    if (ready) form.setFieldsValue({ delay: ready.delay_minutes, key: form.getFieldValue('key') as string || ready.key });
  };
  const look = async () => {
    const values = await form.validateFields().catch(() => undefined);
    if (!values) return;
    const { key: _, ...plan } = triggerOf(values, presets);
    preview.mutate({ id: survey.id, body: plan }, { onSuccess: setSeen });
  };
  const make = async () => {
    const values = await form.validateFields().catch(() => undefined);
    if (!values) return;
    create.mutate({ id: survey.id, body: triggerOf(values, presets) }, {
      onSuccess: async () => {
        await invalidate('listSurveyTriggers');
        onClose();
      },
    });
  };
  const error = create.error ?? preview.error;
  return (
    <Modal open title={t('trigger.new')} onCancel={onClose} footer={[
      <Button key="look" loading={preview.isPending} type={seen ? 'default' : 'primary'} onClick={() => void look()}>{t('round.preview')}</Button>,
      <Button key="make" loading={create.isPending} type={seen ? 'primary' : 'default'} disabled={!seen} onClick={() => void make()}>{t('trigger.make')}</Button>,
    ]}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ channel: 'email', share: 100 }} onValuesChange={changed}>
        <Form.Item name="preset" label={t('trigger.preset')}><Select allowClear placeholder={t('trigger.preset_none')} options={presets.map((one) => ({ value: one.key, label: textIn(one.title, language) }))} /></Form.Item>
        {!preset && <Form.Item name="where" label={t('trigger.where')} extra={t('trigger.where_explain')} rules={[{ required: true, message: t('trigger.where_needed') }]}><Input autoComplete="off" /></Form.Item>}
        <Form.Item name="key" label={t('round.key')} extra={t('trigger.key_explain')} rules={[{ required: true, message: t('trigger.key_needed') }]}><Input maxLength={80} autoComplete="off" /></Form.Item>
        <Form.Item name="properties" label={t('trigger.properties')} extra={t('trigger.properties_explain')}><Input.TextArea autoSize={{ minRows: 1, maxRows: 5 }} spellCheck={false} /></Form.Item>
        <div className="grid two">
          <Form.Item name="delay" label={t('trigger.delay')}><InputNumber min={0} max={43_200} precision={0} placeholder="0" style={{ width: '100%' }} /></Form.Item>
          <Form.Item name="share" label={t('trigger.share')}><InputNumber min={0.1} max={100} style={{ width: '100%' }} /></Form.Item>
          <Form.Item name="channel" label={t('round.channel')}><Select options={kChannels.map((value) => ({ value, label: t(`round.channel_${value}`) }))} /></Form.Item>
          <Form.Item name="connector" label={t('round.connector')} extra={writers.length === 0 ? t('trigger.connector_missing') : t('round.connector_explain')} rules={[{ required: true, message: t('trigger.connector_needed') }]}><Select options={writers.map((one) => ({ value: one.id, label: one.name }))} /></Form.Item>
          <Form.Item name="quiet" label={t('trigger.quiet')} extra={t('trigger.quiet_explain')}><TimePicker.RangePicker format="HH:mm" order={false} style={{ width: '100%' }} /></Form.Item>
          <Form.Item name="reminders" label={t('round.reminders')}><InputNumber min={0} max={5} precision={0} style={{ width: '100%' }} /></Form.Item>
        </div>
        <Form.Item name="text_zh" label={t('trigger.text_zh')} extra={t('trigger.text_explain')}><Input.TextArea autoSize={{ minRows: 1, maxRows: 5 }} /></Form.Item>
        <Form.Item name="text_en" label={t('trigger.text_en')}><Input.TextArea autoSize={{ minRows: 1, maxRows: 5 }} /></Form.Item>
      </Form>
      {seen && <Past preview={seen} />}
      {error && <ProblemView error={error} />}
    </Modal>
  );
}
