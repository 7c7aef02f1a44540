// Repairs by rule: declared, tried on the newest entries, then applied and replayed.
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { App, Button, Drawer, Input, Select, Table, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useListFixes, usePreviewFix, useReplayQuarantine, type FixPreview, type FixRule, type QuarantineSelection } from '../../api/generated';
import { ProblemView } from '../../components/problem';
import { ago, exact } from '../../format/numbers';
import { useLanguage } from '../../i18n';

const kRules = ['rename', 'default', 'convert', 'time', 'drop', 'map'] as const;
/** Which fields a kind of rule has beside its path, in the order in which they are filled in. */
export const kFields: Record<FixRule['rule'], ('to' | 'format' | 'zone' | 'from' | 'value')[]> = { rename: ['to'], default: ['value'], convert: ['to'], time: ['format', 'zone'], drop: [], map: ['from', 'value'] };

/** A rule as the server takes it: only the fields of its kind, empty ones left out but for values. */
export function cleanRule(rule: FixRule): FixRule {
  const out: FixRule = { rule: rule.rule, path: rule.path.trim() };
  for (const field of kFields[rule.rule]) {
    const value = rule[field];
    if (field === 'value' || field === 'from') out[field] = value ?? '';
    else if (value) out[field] = String(value);
  }
  return out;
}

function RuleRow({ rule, change, remove }: { rule: FixRule; change: (rule: FixRule) => void; remove: () => void }) {
  const { t } = useTranslation();
  return (
    <div style={{ display: 'flex', flexWrap: 'wrap', gap: 6 }}>
      <Select size="small" aria-label={t('fix.rule')} style={{ width: 130 }} value={rule.rule} onChange={(kind) => change({ rule: kind, path: rule.path })} options={kRules.map((key) => ({ value: key, label: t(`fix.${key}`) }))} />
      <Input size="small" aria-label={t('fix.path')} placeholder={t('fix.path_example')} style={{ width: 200 }} value={rule.path} onChange={(event) => change({ ...rule, path: event.target.value })} />
      {kFields[rule.rule].map((field) => (rule.rule === 'convert'
        ? <Select key={field} size="small" aria-label={t('fix.to')} style={{ width: 120 }} value={rule.to ?? 'number'} onChange={(to) => change({ ...rule, to })} options={['number', 'integer', 'string', 'boolean'].map((key) => ({ value: key, label: key }))} />
        : <Input key={field} size="small" aria-label={t(`fix.${field}`)} placeholder={field === 'format' ? '%d/%m/%Y %H:%M' : t(`fix.${field}`)} style={{ width: 160 }} value={String(rule[field] ?? '')} onChange={(event) => change({ ...rule, [field]: event.target.value })} />))}
      <Button size="small" type="text" danger icon={<DeleteOutlined />} aria-label={t('fix.remove')} onClick={remove} />
    </div>
  );
}

function Applied() {
  const { t } = useTranslation();
  const language = useLanguage();
  const fixes = useListFixes({});
  if (!fixes.data || fixes.data.items.length === 0) return null;
  return (
    <div style={{ marginTop: 20 }}>
      <h3>{t('fix.applied')}</h3>
      <ul className="small" style={{ paddingInlineStart: 18 }}>
        {fixes.data.items.slice(0, 10).map((item) => (
          <li key={item.id}>{ago(item.at, language)}: {item.rules.map((rule) => `${t(`fix.${rule.rule}`)} ${rule.path}`).join(', ')} · {t('quarantine.replayed', { replayed: exact(item.replayed, language), still: exact(item.still, language) })}</li>
        ))}
      </ul>
    </div>
  );
}

export function FixDrawer({ open, onClose, selection, count }: { open: boolean; onClose: () => void; selection: QuarantineSelection; count: number }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const invalidate = useInvalidate();
  const [rules, setRules] = useState<FixRule[]>([{ rule: 'rename', path: '' }]);
  const [shown, setShown] = useState<FixPreview | null>(null);
  const preview = usePreviewFix();
  const replay = useReplayQuarantine();
  const change = (next: FixRule[]) => {
    setRules(next);
    setShown(null);
  };
  const body = { ...selection, rules: rules.map((rule) => cleanRule(rule.rule === 'convert' && !rule.to ? { ...rule, to: 'number' } : rule)) };
  const ready = rules.length > 0 && rules.every((rule) => rule.path.trim() !== '');
  const accepted = shown?.items.filter((item) => item.accepted).length ?? 0;
  const apply = () => replay.mutate({ body }, {
    onSuccess: (result) => {
      void message.info(t('quarantine.replayed', { replayed: result.replayed, still: result.still_quarantined }));
      void invalidate('listQuarantine', 'getSourceStats', 'getStatus', 'listFixes');
      setShown(null);
      onClose();
    },
  });
  return (
    <Drawer open={open} onClose={onClose} size="large" title={t('fix.title', { count })}>
      <p className="muted">{t('fix.text')}</p>
      <div style={{ display: 'grid', gap: 8 }}>
        {rules.map((rule, index) => (
          // Rules have no identity but their place.
          <RuleRow key={index} rule={rule} change={(next) => change(rules.map((old, at) => (at === index ? next : old)))} remove={() => change(rules.filter((_, at) => at !== index))} />
        ))}
        <div><Button size="small" icon={<PlusOutlined />} disabled={rules.length >= 20} onClick={() => change([...rules, { rule: 'rename', path: '' }])}>{t('fix.add')}</Button></div>
      </div>
      <div style={{ display: 'flex', gap: 8, margin: '14px 0' }}>
        <Button data-testid="fix-preview" disabled={!ready} loading={preview.isPending} onClick={() => preview.mutate({ body }, { onSuccess: setShown })}>{t('fix.try')}</Button>
        <Button type="primary" data-testid="fix-apply" disabled={!ready || !shown || accepted === 0} loading={replay.isPending} onClick={apply}>{t('fix.apply', { count })}</Button>
      </div>
      {preview.isError && <ProblemView error={preview.error} />}
      {replay.isError && <ProblemView error={replay.error} />}
      {shown && (
        <>
          <p>{t('fix.result', { accepted, of: shown.items.length })}</p>
          <Table size="small" rowKey="id" pagination={false} dataSource={shown.items} scroll={{ x: 'max-content' }} columns={[
            { title: t('fix.outcome'), key: 'outcome', render: (_, item) => (item.accepted ? <Tag color="success">{t('fix.accepted')}</Tag> : <><Tag color="error">{t('fix.stays')}</Tag><div className="small" style={{ maxWidth: 160 }}>{item.problem}</div></>) },
            { title: t('fix.before'), key: 'before', render: (_, item) => <pre style={{ margin: 0, maxWidth: 300, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{item.before}</pre> },
            { title: t('fix.after'), key: 'after', render: (_, item) => <pre style={{ margin: 0, maxWidth: 300, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{item.after}</pre> },
          ]} />
        </>
      )}
      <Applied />
    </Drawer>
  );
}
