// Taking joins back: who would be left, and why it is done.
import { App, Button, Form, Input, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { usePreviewSplit, useSplitCustomer, type Customer } from '../../api/generated';
import { Load } from '../../components/load';
import { ProblemView } from '../../components/problem';
import { People } from './people';

/** What shows something of a customer. */
export const kOfCustomers = ['getCustomer', 'getCustomerIdentity', 'getTimeline', 'listCustomers', 'listEvents'];

export function SplitDialog({ customer, joins, onClose }: { customer: Customer; joins: string[]; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const invalidate = useInvalidate();
  const preview = usePreviewSplit({ id: customer.id, joins: joins.join(',') });
  const split = useSplitCustomer();
  const submit = ({ reason }: { reason: string }) => split.mutate({ id: customer.id, body: { joins, reason } }, {
    onSuccess: async () => {
      void message.success(t('split.done'));
      onClose();
      await invalidate(...kOfCustomers);
    },
  });
  return (
    <Modal open title={t('split.title')} onCancel={onClose} footer={null} width={760} destroyOnHidden>
      <p className="muted">{t('split.text')}</p>
      <Load query={preview} rows={5}>{(data) => <People people={data.customers} title={(index) => t('split.would_be', { number: index + 1 })} />}</Load>
      <Form layout="vertical" onFinish={submit} requiredMark={false}>
        <Form.Item name="reason" label={t('merge.reason')} rules={[{ required: true, min: 3, max: 200, message: t('reveal.reason_rule') }]}>
          <Input.TextArea rows={2} maxLength={200} placeholder={t('split.example')} />
        </Form.Item>
        {split.isError && <div style={{ marginBottom: 16 }}><ProblemView error={split.error} /></div>}
        <Button type="primary" danger htmlType="submit" loading={split.isPending} disabled={!preview.isSuccess}>{t('split.confirm')}</Button>
      </Form>
    </Modal>
  );
}
