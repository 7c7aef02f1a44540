// What was changed because of complaints, and to how many customers that was told.
import { BulbOutlined } from '@ant-design/icons';
import { App, Button, Form, Input, Modal, Select, Table, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useCreateImprovement, useListComplaints, useListImprovements, type Improvement } from '../../api/generated';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { ProblemView } from '../../components/problem';
import { Teach } from '../../components/teach';
import { exact, moment } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useMay } from '../../state/session';
import { freshKey } from './new_complaint';
import { useCategories } from './words';

function NewImprovement({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { name } = useCategories();
  const complaints = useListComplaints({ limit: 200 });
  const create = useCreateImprovement();
  const invalidate = useInvalidate();
  const [form] = Form.useForm<{ title: string; message: string; complaints: string[] }>();
  const [client] = useState(freshKey);
  const items = complaints.data?.pages.flatMap((page) => page.items) ?? [];
  const submit = (values: { title: string; message: string; complaints: string[] }) => create.mutate({ body: { ...values, client } }, {
    onSuccess: async (made) => {
      void message.success(t('complaint.told_n', { n: made.told }));
      await invalidate('listImprovements');
      onClose();
    },
  });
  return (
    <Modal open title={t('complaint.improve')} onCancel={onClose} okText={t('complaint.tell')} cancelText={t('common.cancel')} confirmLoading={create.isPending} onOk={() => form.submit()}>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={submit}>
        <Form.Item name="title" label={t('complaint.what_changed')} rules={[{ required: true, whitespace: true, message: t('record.required') }]}><Input maxLength={60} autoComplete="off" /></Form.Item>
        <Form.Item name="message" label={t('complaint.message')} extra={t('complaint.message_explain')} rules={[{ required: true, whitespace: true, message: t('record.required') }]}><Input.TextArea rows={3} maxLength={600} /></Form.Item>
        <Form.Item name="complaints" label={t('complaint.concerned')} rules={[{ required: true, message: t('record.required') }]}>
          <Select mode="multiple" maxTagCount={8} showSearch={{ optionFilterProp: 'label' }} options={items.map((one) => ({ value: one.id, label: `${one.number} ${name(one.category)}` }))} />
        </Form.Item>
      </Form>
      {create.error && <ProblemView error={create.error} />}
    </Modal>
  );
}

export function Improvements() {
  const { t } = useTranslation();
  const language = useLanguage();
  const may = useMay();
  const improvements = useListImprovements();
  const [making, setMaking] = useState(false);
  const columns = useMemo<TableColumnsType<Improvement>>(() => [
    { title: t('complaint.what_changed'), key: 'title', render: (_, one) => <><strong>{one.title}</strong><div className="muted small" style={{ maxWidth: 480 }}>{one.message}</div></> },
    { title: t('complaint.linked'), key: 'complaints', align: 'end', render: (_, one) => exact(one.complaints, language) },
    { title: t('complaint.told'), key: 'told', align: 'end', render: (_, one) => exact(one.told, language) },
    { title: t('complaint.when'), key: 'at', render: (_, one) => <span className="nowrap">{moment(one.at, language)}</span> },
    { title: t('complaint.by'), key: 'by', render: (_, one) => one.by.name || t('complaint.service') },
  ], [t, language]);
  const add = may('handle_complaints') && <Button type="primary" onClick={() => setMaking(true)}>{t('complaint.improve')}</Button>;
  return (
    <Load query={improvements}>
      {({ items }) => (
        <Panel title={t('complaint.improvements')} note={t('complaint.improvements_note')} tools={items.length > 0 && add}>
          {items.length === 0
            ? <Teach icon={<BulbOutlined />} title={t('complaint.no_improvements')} text={t('complaint.no_improvements_text')} action={add} />
            : <Table<Improvement> rowKey="id" size="small" columns={columns} dataSource={items} scroll={{ x: 'max-content' }} pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }} />}
          {making && <NewImprovement onClose={() => setMaking(false)} />}
        </Panel>
      )}
    </Load>
  );
}
