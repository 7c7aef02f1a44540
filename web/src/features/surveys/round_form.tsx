// Who a round asks: what is wanted, and before anything is sent whom that comes to and who is left out.
import { Button, DatePicker, Form, Input, InputNumber, Modal, Select } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useCreateSurveyRound, useListConnectorKinds, useListConnectors, useListCustomerLists, usePreviewSurveyRound, type NewRound, type RoundOutcome, type SurveyDetail } from '../../api/generated';
import { ProblemView } from '../../components/problem';
import { exact } from '../../format/numbers';
import { useLanguage } from '../../i18n';

interface Wanted {
  key: string;
  list?: string;
  where?: string;
  from?: Dayjs | null;
  to?: Dayjs | null;
  silent_days?: number | null;
  sample?: number | null;
  channel: string;
  connector?: string;
  expires?: Dayjs | null;
  reminders?: number | null;
  remind_days?: number | null;
  text_zh?: string;
  text_en?: string;
}

const kChannels = ['email', 'sms', 'wechat', 'app', 'web'];

/** As the API takes it; `seed` is that of the preview, so that those are asked who were counted. */
function planOf(values: Wanted, seed?: number): NewRound {
  const filter: Record<string, string> = {};
  if (values.where?.trim()) filter.where = values.where.trim();
  if (values.from) filter.from = values.from.format('YYYY-MM-DD');
  const [zh, en] = [values.text_zh?.trim(), values.text_en?.trim()];
  if (values.to) filter.to = values.to.add(1, 'day').format('YYYY-MM-DD');
  return {
    key: values.key,
    channel: values.channel,
    ...(values.list ? { list: values.list } : Object.keys(filter).length > 0 && { filter }),
    ...(values.silent_days && { silent_days: values.silent_days }),
    ...(values.sample && { sample: values.sample }),
    ...(values.sample && seed !== undefined && { seed }),
    ...(values.connector && { connector: values.connector }),
    ...(values.expires && { expires: values.expires.endOf('day').toISOString() }),
    ...(values.connector && values.reminders && { reminders: values.reminders, remind_days: values.remind_days ?? 3 }),
    ...(values.connector && (zh || en) && { messages: { ...(zh && { zh: { text: zh } }), ...(en && { en: { text: en } }) } }),
  };
}

export function Outcome({ outcome, done = false }: { outcome: RoundOutcome; done?: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <dl className="facts" aria-live="polite">
      <div><dt>{t('round.population')}</dt><dd>{exact(outcome.population, language)}</dd></div>
      {outcome.left.map((one) => <div key={one.why}><dt>{t(`round.left_${one.why}`)}</dt><dd>{exact(one.count, language)}</dd></div>)}
      <div><dt>{t(done ? 'round.asked' : 'round.will_be_asked')}</dt><dd><b>{exact(outcome.asked, language)}</b></dd></div>
    </dl>
  );
}

export function RoundForm({ survey, onClose }: { survey: SurveyDetail; onClose: () => void }) {
  const { t } = useTranslation();
  const invalidate = useInvalidate();
  const kinds = useListConnectorKinds({ staleTime: 3_600_000 });
  const connectors = useListConnectors();
  const lists = useListCustomerLists().data?.items ?? [];
  const preview = usePreviewSurveyRound();
  const create = useCreateSurveyRound();
  const [form] = Form.useForm<Wanted>();
  const [seen, setSeen] = useState<RoundOutcome>();
  const connector = Form.useWatch('connector', form);
  const list = Form.useWatch('list', form);
  const writers = connectors.data?.items.filter((one) => kinds.data?.items.some((kind) => kind.key === one.kind && kind.writes)) ?? [];
  const look = async () => {
    const values = await form.validateFields().catch(() => undefined);
    if (!values) return;
    const { key: _, ...plan } = planOf(values);
    preview.mutate({ id: survey.id, body: plan }, { onSuccess: setSeen });
  };
  const send = async () => {
    const values = await form.validateFields().catch(() => undefined);
    if (!values || !seen) return;
    create.mutate({ id: survey.id, body: planOf(values, seen.seed) }, {
      onSuccess: async () => {
        await invalidate('listSurveyRounds', 'getSurveyResults');
        onClose();
      },
    });
  };
  const error = create.error ?? preview.error;
  return (
    <Modal open title={t('round.new')} onCancel={onClose} footer={[
      <Button key="look" loading={preview.isPending} type={seen ? 'default' : 'primary'} onClick={() => void look()}>{t('round.preview')}</Button>,
      <Button key="send" loading={create.isPending} type={seen ? 'primary' : 'default'} disabled={!seen || seen.asked === 0} onClick={() => void send()}>{t('round.make')}</Button>,
    ]}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ channel: 'email' }} onValuesChange={() => setSeen(undefined)}>
        <Form.Item name="key" label={t('round.key')} extra={t('round.key_explain')} rules={[{ required: true, message: t('round.key_needed') }]}><Input maxLength={80} autoComplete="off" /></Form.Item>
        {lists.length > 0 && <Form.Item name="list" label={t('lists.choose')}><Select allowClear options={lists.map((one) => ({ value: one.name, label: one.name }))} /></Form.Item>}
        <Form.Item name="where" hidden={Boolean(list)} label={t('round.where')} extra={t('round.where_explain')}><Input autoComplete="off" /></Form.Item>
        <div className="grid two">
          <Form.Item name="from" hidden={Boolean(list)} label={t('round.from')}><DatePicker style={{ width: '100%' }} /></Form.Item>
          <Form.Item name="to" hidden={Boolean(list)} label={t('round.to')}><DatePicker style={{ width: '100%' }} /></Form.Item>
          <Form.Item name="silent_days" label={t('round.silent_days')} extra={t('round.silent_explain')}><InputNumber min={0} max={365} precision={0} style={{ width: '100%' }} /></Form.Item>
          <Form.Item name="sample" label={t('round.sample')} extra={t('round.sample_explain')}><InputNumber min={1} max={10_000} precision={0} style={{ width: '100%' }} /></Form.Item>
          <Form.Item name="channel" label={t('round.channel')}><Select options={kChannels.map((value) => ({ value, label: t(`round.channel_${value}`) }))} /></Form.Item>
          <Form.Item name="connector" label={t('round.connector')} extra={t('round.connector_explain')}><Select allowClear placeholder={t('round.connector_none')} options={writers.map((one) => ({ value: one.id, label: one.name }))} /></Form.Item>
          <Form.Item name="expires" label={t('round.expires')}><DatePicker style={{ width: '100%' }} /></Form.Item>
        </div>
        {connector && (
          <div className="grid two">
            <Form.Item name="reminders" label={t('round.reminders')}><InputNumber min={0} max={5} precision={0} style={{ width: '100%' }} /></Form.Item>
            <Form.Item name="remind_days" label={t('round.remind_days')}><InputNumber min={1} max={365} precision={0} placeholder="3" style={{ width: '100%' }} /></Form.Item>
            <Form.Item name="text_zh" label={t('trigger.text_zh')} extra={t('trigger.text_explain')}><Input.TextArea autoSize={{ minRows: 1, maxRows: 5 }} /></Form.Item>
            <Form.Item name="text_en" label={t('trigger.text_en')}><Input.TextArea autoSize={{ minRows: 1, maxRows: 5 }} /></Form.Item>
          </div>
        )}
      </Form>
      {seen && <Outcome outcome={seen} />}
      {error && <ProblemView error={error} />}
    </Modal>
  );
}
