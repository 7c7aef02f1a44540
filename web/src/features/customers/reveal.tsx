// Identifiers in clear: asked for with a reason, which is kept; forgotten when the page is left.
import { EyeOutlined } from '@ant-design/icons';
import { Button, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRevealCustomer, type Revealed } from '../../api/generated';
import { ProblemView } from '../../components/problem';

export function Reveal({ id, onRevealed }: { id: string; onRevealed: (revealed: Revealed) => void }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const reveal = useRevealCustomer();
  const submit = ({ reason }: { reason: string }) => reveal.mutate({ id, body: { reason } }, {
    onSuccess: (revealed) => {
      onRevealed(revealed);
      setOpen(false);
    },
  });
  return (
    <>
      <Button size="small" icon={<EyeOutlined />} onClick={() => setOpen(true)}>{t('reveal.button')}</Button>
      <Modal open={open} title={t('reveal.title')} onCancel={() => setOpen(false)} footer={null} destroyOnHidden>
        <p className="muted">{t('reveal.text')}</p>
        <Form layout="vertical" onFinish={submit} requiredMark={false}>
          <Form.Item name="reason" label={t('reveal.reason')} rules={[{ required: true, min: 3, max: 200, message: t('reveal.reason_rule') }]}>
            <Input.TextArea rows={2} maxLength={200} autoFocus placeholder={t('reveal.example')} />
          </Form.Item>
          {reveal.isError && <div style={{ marginBottom: 16 }}><ProblemView error={reveal.error} /></div>}
          <Button type="primary" htmlType="submit" loading={reveal.isPending}>{t('reveal.button')}</Button>
        </Form>
      </Modal>
    </>
  );
}
