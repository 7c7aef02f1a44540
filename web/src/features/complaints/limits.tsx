// What each role may give without asking: an administrator's table, changed as a whole.
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { App, Button, InputNumber, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { usePutComplaintLimits, type ComplaintLimit } from '../../api/generated';
import { Panel } from '../../components/page';
import { ProblemView } from '../../components/problem';
import { money, minorDigits } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useMay } from '../../state/session';
import { useCategories } from './words';

const kRoles: ComplaintLimit['role'][] = ['agent', 'manager', 'analyst', 'privacy_officer', 'viewer'];
const kCurrencies = ['CNY', 'USD', 'EUR', 'HKD', 'GBP', 'JPY'];

export interface LimitRow { id: number; role: ComplaintLimit['role']; currency: string; complaint: number | null; day: number | null }

/** Amounts as people write them; without end: null. */
export function rowsOf(limits: ComplaintLimit[]): LimitRow[] {
  const amount = (minor: string, currency: string) => (minor.startsWith('-') ? null : Number(minor) / 10 ** minorDigits(currency));
  return limits.map((one, id) => ({ id, role: one.role, currency: one.currency, complaint: amount(one.complaint, one.currency), day: amount(one.day, one.currency) }));
}
export function limitsOf(rows: LimitRow[]): ComplaintLimit[] {
  const minor = (amount: number | null, currency: string) => (amount === null ? '-1' : String(Math.round(amount * 10 ** minorDigits(currency))));
  return rows.map((one) => ({ role: one.role, currency: one.currency, complaint: minor(one.complaint, one.currency), day: minor(one.day, one.currency) }));
}

function Editor({ limits, onClose }: { limits: ComplaintLimit[]; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const invalidate = useInvalidate();
  const put = usePutComplaintLimits();
  const [rows, setRows] = useState(() => rowsOf(limits));
  const change = (id: number, part: Partial<LimitRow>) => setRows(rows.map((one) => (one.id === id ? { ...one, ...part } : one)));
  const add = () => setRows([...rows, { id: Math.max(-1, ...rows.map((one) => one.id)) + 1, role: 'agent', currency: 'CNY', complaint: 0, day: 0 }]);
  const save = (wanted: LimitRow[]) => put.mutate({ body: { items: limitsOf(wanted) } }, {
    onSuccess: async () => {
      await invalidate('getComplaintCatalogue');
      void message.success(t('remedy_limit.saved'));
      onClose();
    },
  });
  return (
    <Modal open width={680} title={t('remedy_limit.edit')} onCancel={onClose} footer={[
      <Button key="reset" loading={put.isPending} onClick={() => save([])}>{t('remedy_limit.reset')}</Button>,
      <Button key="save" type="primary" loading={put.isPending} disabled={rows.length === 0} onClick={() => save(rows)}>{t('common.save')}</Button>,
    ]}>
      <p className="muted small">{t('remedy_limit.explain')}</p>
      {rows.map((row) => (
        <div key={row.id} style={{ display: 'flex', flexWrap: 'wrap', gap: 8, padding: '8px 0', borderTop: '1px solid var(--border)' }}>
          <Select aria-label={t('remedy_limit.role')} style={{ width: 120 }} value={row.role} onChange={(role) => change(row.id, { role })} options={kRoles.map((value) => ({ value, label: t(`role.${value}`) }))} />
          <Select aria-label={t('complaint.currency')} style={{ width: 86 }} value={row.currency} onChange={(currency) => change(row.id, { currency })} options={[...new Set([row.currency, ...kCurrencies])].map((value) => ({ value, label: value }))} />
          <InputNumber<number> aria-label={t('remedy_limit.complaint')} prefix={<span className="muted small">{t('remedy_limit.complaint')}</span>} style={{ width: 170 }} min={0} placeholder={t('remedy_limit.endless')} value={row.complaint} onChange={(complaint) => change(row.id, { complaint })} />
          <InputNumber<number> aria-label={t('remedy_limit.day')} prefix={<span className="muted small">{t('remedy_limit.day')}</span>} style={{ width: 170 }} min={0} placeholder={t('remedy_limit.endless')} value={row.day} onChange={(day) => change(row.id, { day })} />
          <Button type="text" aria-label={t('complaint_rule.remove')} icon={<DeleteOutlined />} onClick={() => setRows(rows.filter((one) => one.id !== row.id))} />
        </div>
      ))}
      <Button size="small" icon={<PlusOutlined />} style={{ marginTop: 8 }} onClick={add}>{t('remedy_limit.add')}</Button>
      {put.error && <ProblemView error={put.error} />}
    </Modal>
  );
}

export function Limits() {
  const { t } = useTranslation();
  const language = useLanguage();
  const may = useMay();
  const { catalogue } = useCategories();
  const [editing, setEditing] = useState(false);
  const limits = catalogue?.limits ?? [];
  const shown = (minor: string, currency: string) => (minor.startsWith('-') ? t('remedy_limit.endless') : money({ minor, currency }, language));
  return (
    <Panel title={t('remedy_limit.limits')} note={t('remedy_limit.note')} tools={may('manage_users') && <Button size="small" onClick={() => setEditing(true)}>{t('complaint.change')}</Button>}>
      <div style={{ overflowX: 'auto' }}>
        <table className="plain-table">
          <thead><tr><th>{t('remedy_limit.role')}</th><th className="num">{t('remedy_limit.complaint')}</th><th className="num">{t('remedy_limit.day')}</th></tr></thead>
          <tbody>
            {limits.map((one) => <tr key={`${one.role} ${one.currency}`}><td>{t(`role.${one.role}`)}</td><td className="num">{shown(one.complaint, one.currency)}</td><td className="num">{shown(one.day, one.currency)}</td></tr>)}
          </tbody>
        </table>
      </div>
      {editing && <Editor limits={limits} onClose={() => setEditing(false)} />}
    </Panel>
  );
}
