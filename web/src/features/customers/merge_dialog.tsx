// Making two customers one: find the other, look at what would change, say why.
import { Alert, App, Button, Checkbox, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useInvalidate } from '../../api/client';
import { useListCustomers, useMergeCustomers, usePreviewMerge, type Customer, type CustomerSummary } from '../../api/generated';
import { Load } from '../../components/load';
import { ProblemView } from '../../components/problem';
import { moment } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useScope } from '../../state/filters';
import { People } from './people';
import { kOfCustomers } from './split_dialog';

function Find({ except, onFound }: { except: string; onFound: (id: string) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { zone } = useScope();
  const [asked, setAsked] = useState('');
  const found = useListCustomers({ q: asked }, { enabled: asked !== '' });
  const items: CustomerSummary[] = found.data?.pages.flatMap((page) => page.items).filter((item) => item.id !== except) ?? [];
  return (
    <>
      <Input.Search allowClear enterButton placeholder={t('customer.search')} aria-label={t('customer.search')} loading={asked !== '' && found.isPending} onSearch={(text) => setAsked(text.trim())} />
      {found.isError && <ProblemView error={found.error} />}
      {asked !== '' && found.isSuccess && items.length === 0 && <p className="muted">{t('merge.nobody')}</p>}
      <ul style={{ listStyle: 'none', padding: 0 }}>
        {items.map((item) => (
          <li key={item.id} style={{ padding: '8px 0', display: 'flex', gap: 10, justifyContent: 'space-between', alignItems: 'center' }}>
            <span>{item.name || t('customer.unnamed')} <span className="mono muted small">{item.id}</span><br /><span className="muted small">{t('customer.last_seen')} {moment(item.last_seen, language, zone)}</span></span>
            <Button size="small" onClick={() => onFound(item.id)}>{t('merge.choose')}</Button>
          </li>
        ))}
      </ul>
    </>
  );
}

function Confirm({ customer, other, onBack, onClose }: { customer: Customer; other: string; onBack: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const invalidate = useInvalidate();
  const [force, setForce] = useState(false);
  const preview = usePreviewMerge({ id: customer.id, with: other });
  const merge = useMergeCustomers();
  const obstacle = preview.data?.obstacle ?? null;
  const submit = ({ reason }: { reason: string }) => merge.mutate({ id: customer.id, body: { with: other, reason, force } }, {
    onSuccess: async (done) => {
      void message.success(t('merge.done'));
      onClose();
      await invalidate(...kOfCustomers);
      const survivor = done.customers[0];
      if (survivor && survivor !== customer.id) void navigate(`/customers/${survivor}`, { replace: true });
    },
  });
  return (
    <>
      <Load query={preview} rows={5}>
        {(data) => (
          <>
            <People people={data.before} title={() => t('merge.before')} />
            <People people={[data.after]} title={() => t('merge.after')} />
          </>
        )}
      </Load>
      <Form layout="vertical" onFinish={submit} requiredMark={false}>
        {obstacle && (
          <Form.Item>
            <Alert type="warning" showIcon title={t(`refused.${obstacle}`)} description={<Checkbox checked={force} onChange={(event) => setForce(event.target.checked)}>{t('merge.force')}</Checkbox>} />
          </Form.Item>
        )}
        <Form.Item name="reason" label={t('merge.reason')} rules={[{ required: true, min: 3, max: 200, message: t('reveal.reason_rule') }]}>
          <Input.TextArea rows={2} maxLength={200} placeholder={t('merge.example')} />
        </Form.Item>
        {merge.isError && <div style={{ marginBottom: 16 }}><ProblemView error={merge.error} /></div>}
        <div style={{ display: 'flex', gap: 8 }}>
          <Button type="primary" htmlType="submit" loading={merge.isPending} disabled={!preview.isSuccess || (obstacle !== null && !force)}>{t('merge.confirm')}</Button>
          <Button onClick={onBack}>{t('merge.other')}</Button>
        </div>
      </Form>
    </>
  );
}

export function MergeDialog({ customer, onClose }: { customer: Customer; onClose: () => void }) {
  const { t } = useTranslation();
  const [other, setOther] = useState<string | null>(null);
  return (
    <Modal open title={t('merge.title')} onCancel={onClose} footer={null} width={760} destroyOnHidden>
      <p className="muted">{t('merge.text')}</p>
      {other === null ? <Find except={customer.id} onFound={setOther} /> : <Confirm customer={customer} other={other} onBack={() => setOther(null)} onClose={onClose} />}
    </Modal>
  );
}
