// Who is told of bursts, and what was told: each burst of a brand once.
import { App, Button, Form, Input, Modal, Select, Space, Switch, Table, Tag, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useListBurstMessages, useListConnectorKinds, useListConnectors, usePutBurstRecipient, type BurstMessage, type BurstRecipient } from '../../api/generated';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { ProblemView, useProblemNotice } from '../../components/problem';
import { exact, moment } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useScope } from '../../state/filters';
import { useMay, useSession } from '../../state/session';

const kColours = { waiting: 'gold', sent: 'green', given_up: 'red' } as const;

function RecipientForm({ recipient, onClose }: { recipient: BurstRecipient | null; onClose: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { message } = App.useApp();
  const invalidate = useInvalidate();
  const kinds = useListConnectorKinds({ staleTime: 3_600_000 });
  const connectors = useListConnectors();
  const put = usePutBurstRecipient();
  const [form] = Form.useForm<BurstRecipient>();
  const writers = connectors.data?.items.filter((one) => kinds.data?.items.some((kind) => kind.key === one.kind && kind.writes)) ?? [];
  const save = (wanted: BurstRecipient) => put.mutate({ body: { recipient: wanted } }, {
    onSuccess: async () => {
      await invalidate('listBurstMessages');
      void message.success(t('burst_message.saved'));
      onClose();
    },
  });
  return (
    <Modal open title={t('burst_message.tell')} onCancel={onClose} okText={t('common.save')} cancelText={t('common.cancel')} confirmLoading={put.isPending} onOk={() => form.submit()}>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={save} initialValues={recipient ?? { to: '', language, negative_only: false }}>
        <Form.Item name="connector" label={t('round.connector')} extra={writers.length === 0 ? t('trigger.connector_missing') : undefined} rules={[{ required: true, message: t('record.required') }]}><Select options={writers.map((one) => ({ value: one.id, label: one.name }))} /></Form.Item>
        <Form.Item name="to" label={t('burst_message.to')} extra={t('burst_message.to_explain')}><Input maxLength={300} autoComplete="off" /></Form.Item>
        <Form.Item name="language" label={t('burst_message.language')}><Select options={[{ value: 'zh', label: '中文' }, { value: 'en', label: 'English' }]} /></Form.Item>
        <Form.Item name="negative_only" label={t('burst_message.negative_only')} valuePropName="checked"><Switch /></Form.Item>
      </Form>
      {put.error && <ProblemView error={put.error} />}
    </Modal>
  );
}

function Tools({ recipient, onEdit }: { recipient: BurstRecipient | null; onEdit: () => void }) {
  const { t } = useTranslation();
  const notice = useProblemNotice();
  const invalidate = useInvalidate();
  const put = usePutBurstRecipient();
  return (
    <Space size={4}>
      <Button size="small" onClick={onEdit}>{t(recipient ? 'complaint.change' : 'burst_message.tell')}</Button>
      {recipient && <Button size="small" danger loading={put.isPending} onClick={() => put.mutate({ body: { recipient: null } }, { onSuccess: () => invalidate('listBurstMessages'), onError: notice })}>{t('burst_message.stop')}</Button>}
    </Space>
  );
}

export function BurstMessages({ name }: { name: (key: string) => string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { zone } = useScope();
  const may = useMay();
  const { all_units: everywhere } = useSession();
  const told = useListBurstMessages({ refetchInterval: 30_000, keep: true });
  const connectors = useListConnectors({ enabled: may('manage_data') });
  const [editing, setEditing] = useState(false);
  const columns = useMemo<TableColumnsType<BurstMessage>>(() => [
    { title: t('reputation.brand'), key: 'brand', render: (_, one) => <>{name(one.brand)}{one.of === 'negative' && <> <Tag color="error">{t('reputation.of_negative')}</Tag></>}</> },
    { title: t('burst_message.when'), key: 'from', render: (_, one) => <span className="nowrap">{moment(one.from, language, zone)} – {moment(one.to, language, zone)}</span> },
    { title: t('reputation.mentions'), key: 'mentions', align: 'end', render: (_, one) => exact(one.mentions, language) },
    { title: t('burst_message.state'), key: 'state', render: (_, one) => <><Tag color={kColours[one.state]}>{t(`burst_message.state_${one.state}`)}</Tag>{one.error && one.state !== 'sent' && <code className="small">{one.error}</code>}</> },
    { title: t('burst_message.sent'), key: 'sent', render: (_, one) => <span className="nowrap">{one.sent && moment(one.sent, language, zone)}</span> },
  ], [t, language, zone, name]);
  const connector = (id: string) => connectors.data?.items.find((one) => one.id === id)?.name ?? id;
  return (
    <Load query={told} rows={2}>
      {({ recipient, items }) => (
        <Panel title={t('burst_message.messages')} note={t('burst_message.note')} tools={may('manage_data') && everywhere && <Tools recipient={recipient} onEdit={() => setEditing(true)} />}>
          <p style={{ marginTop: 0 }} data-testid="burst-recipient">{recipient ? t(recipient.negative_only ? 'burst_message.goes_negative' : 'burst_message.goes', { connector: connector(recipient.connector), to: recipient.to }) : t('burst_message.nobody')}</p>
          {items.length > 0 && <Table<BurstMessage> rowKey="id" size="small" columns={columns} dataSource={items} scroll={{ x: 'max-content' }} pagination={{ pageSize: 5, hideOnSinglePage: true, showSizeChanger: false }} />}
          {editing && <RecipientForm recipient={recipient} onClose={() => setEditing(false)} />}
        </Panel>
      )}
    </Load>
  );
}
