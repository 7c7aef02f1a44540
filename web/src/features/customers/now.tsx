// What is going on with a customer: labels that hold, and conversations that wait for an end.
import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Customer } from '../../api/generated';
import { DrillNumber } from '../../components/drill_number';
import { Panel } from '../../components/page';
import { ago, moment } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { useScope } from '../../state/filters';

const kColours: Record<string, string> = { lifecycle: 'blue', value: 'gold', voice: 'purple', service: 'red', behaviour: 'cyan', consent: 'green' };

export function Labels({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (customer.labels.length === 0) return null;
  return (
    <div role="list" aria-label={t('customer.labels')} style={{ display: 'flex', flexWrap: 'wrap', gap: 6, marginTop: 12 }}>
      {customer.labels.map((label) => <Tag key={label.key} role="listitem" color={kColours[label.group] ?? 'default'} style={{ margin: 0 }}>{language === 'zh' ? label.name_zh : label.name_en}</Tag>)}
    </div>
  );
}

export function OpenConversations({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const { zone } = useScope();
  if (customer.open_conversations.length === 0) return null;
  return (
    <Panel title={t('customer.open')} note={t('customer.open_note')}>
      <ul style={{ margin: 0, padding: 0, listStyle: 'none', display: 'grid', gap: 10 }}>
        {customer.open_conversations.map((one) => (
          <li key={one.case_id} style={{ minWidth: 0 }}>
            <div style={{ display: 'flex', flexWrap: 'wrap', gap: '4px 10px', alignItems: 'center' }}>
              <DrillNumber behind="explained" className="mono" to={{ title: `${t('event.case')} ${one.case_id}`, case: one.case_id, customer: customer.id, scope: 'all', why: 'case' }}>{one.case_id}</DrillNumber>
              <Tag style={{ margin: 0 }}>{names.channel(one.channel)}</Tag>
              {one.touchpoint && <span className="muted small">{names.touchpoint(one.touchpoint)}</span>}
            </div>
            <div className="muted small">
              {t('customer.opened', { at: moment(one.opened_at, language, zone) })} · {one.last_event} <span title={moment(one.last_at, language, zone)}>{ago(one.last_at, language)}</span>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
