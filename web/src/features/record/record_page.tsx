// What people enter by hand: a visit, a call, an order handed over. The forms are the service's; none is known here.
import { FormOutlined } from '@ant-design/icons';
import { App, Button, DatePicker, Form, Input, InputNumber, Radio, Select } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCreateEntry, useListForms, useListUnits, type EntryMade, type Form as EntryForm, type FormField } from '../../api/generated';
import { Load } from '../../components/load';
import { Page, Panel } from '../../components/page';
import { ProblemView } from '../../components/problem';
import { Teach } from '../../components/teach';
import { moment } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { useAddress } from '../../state/address';

const kIdentifiers = ['phone', 'user_id', 'loyalty_id', 'email', 'order_id', 'wechat_openid'];

function FieldInput({ field, named }: { field: FormField; named: (item: { name_en: string; name_zh: string }) => string }) {
  const { t } = useTranslation();
  const name = ['values', field.key];
  const label = named(field);
  const rules = [{ required: field.required, message: t('record.required') }];
  const range = { ...(field.least !== undefined && { min: field.least }), ...(field.most !== undefined && { max: field.most }) };
  switch (field.kind) {
    case 'choice': return <Form.Item name={name} label={label} rules={rules}><Select allowClear={!field.required} options={(field.options ?? []).map((option) => ({ value: option.key, label: named(option) }))} /></Form.Item>;
    case 'flag': return <Form.Item name={name} label={label} rules={rules}><Radio.Group options={[{ value: true, label: t('record.yes') }, { value: false, label: t('record.no') }]} /></Form.Item>;
    case 'number': return <Form.Item name={name} label={label} rules={rules}><InputNumber {...range} style={{ width: '100%' }} /></Form.Item>;
    case 'score': return <Form.Item name={name} label={label} rules={rules}><Radio.Group optionType="button" options={Array.from({ length: (field.most ?? 5) - (field.least ?? 1) + 1 }, (_, at) => (field.least ?? 1) + at)} /></Form.Item>;
    case 'note': return <Form.Item name={name} label={label} rules={rules}><Input.TextArea rows={3} {...(field.most && { maxLength: field.most })} /></Form.Item>;
    default: return <Form.Item name={name} label={label} rules={rules}><Input autoComplete="off" {...(field.most && { maxLength: field.most })} /></Form.Item>;
  }
}

interface Filled {
  kind: string;
  value: string;
  at?: Dayjs;
  unit?: string;
  channel?: string;
  values?: Record<string, string | number | boolean | null>;
}

const freshId = () => crypto.getRandomValues(new Uint32Array(4)).reduce((text, word) => text + word.toString(16).padStart(8, '0'), '');

function EntrySheet({ form, named, onMade }: { form: EntryForm; named: (item: { name_en: string; name_zh: string }) => string; onMade: (made: EntryMade) => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const names = useNames();
  const units = useListUnits({ staleTime: 300_000 }).data?.items ?? [];
  const create = useCreateEntry();
  const [sheet] = Form.useForm<Filled>();
  const [id, setId] = useState(freshId); // kept until it is taken: a second press counts once
  const submit = ({ kind, value, at, unit, channel, values }: Filled) => create.mutate({
    form: form.key,
    body: {
      id, customer: [{ kind, value: value.trim() }], values: Object.fromEntries(Object.entries(values ?? {}).filter(([, given]) => given !== undefined)),
      ...(at && { at: at.toISOString() }), ...(unit && { unit }), ...(channel && { channel }),
    },
  }, {
    onSuccess: (made) => {
      void message.success(t('record.done'));
      setId(freshId());
      sheet.resetFields();
      onMade(made);
    },
  });
  return (
    <Form form={sheet} layout="vertical" onFinish={submit} initialValues={{ kind: 'phone' }} requiredMark={false}>
      <div className="grid two" style={{ rowGap: 0 }}>
        <Form.Item label={t('record.customer')} htmlFor="record-customer" style={{ marginBottom: 0 }}>
          <div style={{ display: 'flex', gap: 8 }}>
            <Form.Item name="kind" style={{ width: 130 }}><Select aria-label={t('record.kind')} options={kIdentifiers.map((kind) => ({ value: kind, label: t(`identifier.${kind}`) }))} /></Form.Item>
            <Form.Item name="value" style={{ flex: 1 }} rules={[{ required: true, whitespace: true, message: t('record.required') }]}><Input id="record-customer" autoComplete="off" maxLength={120} /></Form.Item>
          </div>
        </Form.Item>
        <Form.Item name="at" label={t('record.at')}><DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" placeholder={t('record.now')} style={{ width: '100%' }} /></Form.Item>
        {units.length > 0 && <Form.Item name="unit" label={t('record.unit')}><Select allowClear showSearch={{ optionFilterProp: 'label' }} options={units.map((unit) => ({ value: unit.key, label: names.unit(unit.key) }))} /></Form.Item>}
        {!form.channel && <Form.Item name="channel" label={t('record.channel')}><Select allowClear options={names.channels.map((channel) => ({ value: channel, label: names.channel(channel) }))} /></Form.Item>}
        {form.fields.map((field) => <FieldInput key={field.key} field={field} named={named} />)}
      </div>
      {create.isError && <div style={{ marginBottom: 16 }}><ProblemView error={create.error} /></div>}
      <Button type="primary" htmlType="submit" loading={create.isPending}>{t('record.save')}</Button>
    </Form>
  );
}

export function RecordPage() {
  const { t } = useTranslation();
  const language = useLanguage();
  const forms = useListForms();
  const [chosen, choose] = useAddress('form', '');
  const [made, setMade] = useState<(EntryMade & { form: string })[]>([]);
  const named = (item: { name_en: string; name_zh: string }) => (language === 'zh' ? item.name_zh : item.name_en);
  return (
    <Page title={t('nav.record')} answers={t('record.answers')}>
      <Load query={forms}>{({ forms: all }) => {
        const form = all.find((item) => item.key === chosen) ?? all[0];
        if (!form) return <Panel><Teach icon={<FormOutlined />} title={t('record.none')} text="" /></Panel>;
        return (
          <>
            <Panel title={t('record.what')}>
              <div role="group" aria-label={t('record.what')} style={{ display: 'flex', flexWrap: 'wrap', gap: 8 }}>
                {all.map((item) => <Button key={item.key} type={item.key === form.key ? 'primary' : 'default'} ghost={item.key === form.key} aria-pressed={item.key === form.key} onClick={() => choose(item.key)}>{named(item)}</Button>)}
              </div>
            </Panel>
            <div className="section"><Panel title={named(form)}><EntrySheet key={form.key} form={form} named={named} onMade={(entry) => setMade((before) => [{ ...entry, form: named(form) }, ...before].slice(0, 20))} /></Panel></div>
            {made.length > 0 && (
              <div className="section"><Panel title={t('record.made')}>
                <ul style={{ margin: 0, paddingInlineStart: 18 }}>{made.map((entry) => <li key={entry.message_id}>{entry.form} · {moment(entry.at, language)}</li>)}</ul>
              </Panel></div>
            )}
          </>
        );
      }}</Load>
    </Page>
  );
}
