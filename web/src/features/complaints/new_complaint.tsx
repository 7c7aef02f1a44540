// A complaint that somebody takes down: what was said, who says it; the category is suggested while one types.
import { Alert, Form, Input, Modal, Select } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useInvalidate } from '../../api/client';
import { useCreateComplaint, useListUnits, useSuggestComplaintCategory } from '../../api/generated';
import { ProblemView } from '../../components/problem';
import { percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { useSession } from '../../state/session';
import { kSeverityKeys, useCategories } from './words';

const kIdentifiers = ['phone', 'user_id', 'loyalty_id', 'email', 'order_id', 'wechat_openid'];
const kTypingPause = 400;

interface Filled { text: string; kind: string; value?: string; channel?: string; unit?: string; category?: string; severity?: 'low' | 'medium' | 'high' | 'critical' }

export const freshKey = () => crypto.getRandomValues(new Uint32Array(4)).reduce((text, word) => text + word.toString(16).padStart(8, '0'), '');

/** What the words speak for, after a pause in typing. */
function Suggested({ text, onTake }: { text: string; onTake: (category: string) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { name } = useCategories();
  const { mutate, data } = useSuggestComplaintCategory();
  useEffect(() => {
    const timer = setTimeout(() => mutate({ body: { text: text.slice(0, 2_000) } }), kTypingPause);
    return () => clearTimeout(timer);
  }, [text, mutate]);
  const best = text.trim() ? data?.items[0] : undefined;
  if (!best) return null;
  return (
    <Alert
      type="info" style={{ marginBottom: 16 }} title={t('complaint.suggests', { category: name(best.category), share: percent(best.confidence, language, 0) })}
      description={t('complaint.because', { words: best.words.join(t('common.list')) })} action={<button type="button" className="link" onClick={() => onTake(best.category)}>{t('complaint.take')}</button>}
    />
  );
}

export function NewComplaint({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const names = useNames();
  const { all_units: everywhere } = useSession();
  const { options } = useCategories();
  const units = useListUnits({ staleTime: 300_000 }).data?.items ?? [];
  const invalidate = useInvalidate();
  const create = useCreateComplaint();
  const [form] = Form.useForm<Filled>();
  const [client] = useState(freshKey); // kept: a second press opens one complaint
  const text = Form.useWatch('text', form) ?? '';
  const submit = ({ kind, value, ...rest }: Filled) => create.mutate({
    body: { client, text: rest.text, ...(value?.trim() && { person: [{ kind, value: value.trim() }] }), ...(rest.channel && { channel: rest.channel }), ...(rest.unit && { unit: rest.unit }), ...(rest.category && { category: rest.category }), ...(rest.severity && { severity: rest.severity }) },
  }, {
    onSuccess: async (made) => {
      await invalidate('listComplaints');
      await navigate(`/complaints/${made.complaint.id}`);
    },
  });
  return (
    <Modal open title={t('complaint.new')} onCancel={onClose} okText={t('complaint.open')} cancelText={t('common.cancel')} confirmLoading={create.isPending} onOk={() => form.submit()}>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={submit} initialValues={{ kind: 'phone' }}>
        <Form.Item name="text" label={t('complaint.text')} rules={[{ required: true, whitespace: true, message: t('record.required') }]}><Input.TextArea rows={4} maxLength={2000} /></Form.Item>
        <Suggested text={text} onTake={(category) => form.setFieldValue('category', category)} />
        <Form.Item name="category" label={t('complaint.category')} extra={t('complaint.category_explain')}><Select allowClear showSearch={{ optionFilterProp: 'label' }} options={options} /></Form.Item>
        <Form.Item label={t('complaint.customer')} htmlFor="complaint-customer" style={{ marginBottom: 0 }}>
          <div style={{ display: 'flex', gap: 8 }}>
            <Form.Item name="kind" style={{ width: 130 }}><Select aria-label={t('record.kind')} options={kIdentifiers.map((kind) => ({ value: kind, label: t(`identifier.${kind}`) }))} /></Form.Item>
            <Form.Item name="value" style={{ flex: 1 }}><Input id="complaint-customer" autoComplete="off" maxLength={120} /></Form.Item>
          </div>
        </Form.Item>
        <div className="grid two" style={{ rowGap: 0 }}>
          <Form.Item name="channel" label={t('complaint.channel')}><Select allowClear options={names.channels.map((channel) => ({ value: channel, label: names.channel(channel) }))} /></Form.Item>
          <Form.Item name="severity" label={t('complaint.severity')} extra={t('complaint.severity_explain')}><Select allowClear options={kSeverityKeys.map((key) => ({ value: key, label: t(`complaint.severity_${key}`) }))} /></Form.Item>
        </div>
        {units.length > 0 && <Form.Item name="unit" label={t('record.unit')} rules={[{ required: !everywhere, message: t('record.required') }]}><Select allowClear showSearch={{ optionFilterProp: 'label' }} options={units.map((unit) => ({ value: unit.key, label: names.unit(unit.key) }))} /></Form.Item>}
      </Form>
      {create.error && <ProblemView error={create.error} />}
    </Modal>
  );
}
