// Keeps the customers behind a step of a funnel as a list.
import { SaveOutlined } from '@ant-design/icons';
import { Alert, Button, Input, InputNumber } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useInvalidate } from '../../api/client';
import { useKeepFunnelCustomers, type CustomerList, type GetFunnelParams } from '../../api/generated';
import { ProblemView } from '../../components/problem';
import { exact } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { listFilter } from '../customers/lists';

const kDays = 90;
const kDaysMax = 730;

export function KeepList({ params, step, suggested }: { params: GetFunnelParams; step: number; suggested: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const invalidate = useInvalidate();
  const keep = useKeepFunnelCustomers();
  const [name, setName] = useState(suggested);
  const [days, setDays] = useState(kDays);
  const [made, setMade] = useState<CustomerList>();
  const save = () => keep.mutate({ ...params, step, body: { name: name.trim(), days } }, {
    onSuccess: async (list) => {
      setMade(list);
      await invalidate('listCustomerLists');
    },
  });
  return (
    <div className="panel" data-testid="keep-list">
      <b>{t('lists.keep')}</b>
      <p className="muted small" style={{ margin: '2px 0 8px' }}>{t('lists.keep_words')}</p>
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: 8, alignItems: 'end' }}>
        <label className="form-line" style={{ flex: '1 1 220px' }}><span className="muted small">{t('lists.name')}</span><Input value={name} maxLength={60} aria-label={t('lists.name')} onChange={(event) => setName(event.target.value)} /></label>
        <label className="form-line"><span className="muted small">{t('lists.days')}</span><InputNumber min={1} max={kDaysMax} precision={0} value={days} aria-label={t('lists.days')} onChange={(value) => setDays(value ?? kDays)} /></label>
        <Button type="primary" icon={<SaveOutlined />} disabled={name.trim() === ''} loading={keep.isPending} onClick={save}>{t('lists.keep')}</Button>
      </div>
      {made && <Alert style={{ marginTop: 8 }} type="success" role="status" showIcon title={<Link to={`/customers?where=${encodeURIComponent(listFilter(made.name))}`}>{t('lists.done', { shown: exact(made.size, language), name: made.name })}</Link>} />}
      {keep.isError && <div style={{ marginTop: 8 }}><ProblemView error={keep.error} /></div>}
    </div>
  );
}
