// Customers side by side, as they are or would be: for previews of merge and split.
import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Person } from '../../api/generated';
import { day, exact, money } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useScope } from '../../state/filters';

const kShown = 8;

export function PersonCard({ person, title }: { person: Person; title: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { zone } = useScope();
  return (
    <div className="panel" style={{ margin: 0, minWidth: 0 }}>
      <div className="muted small">{title}</div>
      <b>{person.name || t('customer.unnamed')}</b> <span className="mono muted small">{person.id}</span>
      <dl className="facts" style={{ margin: '8px 0' }}>
        <div><dt>{t('customer.events')}</dt><dd>{exact(person.events, language)}</dd></div>
        <div><dt>{t('customer.orders')}</dt><dd>{exact(person.orders, language)}</dd></div>
        {person.spend && <div><dt>{t('customer.spend')}</dt><dd>{money(person.spend, language, true)}</dd></div>}
        {person.last_seen && person.events > 0 && <div><dt>{t('customer.last_seen')}</dt><dd className="plain">{day(person.last_seen, language, zone)}</dd></div>}
      </dl>
      {person.identifiers.slice(0, kShown).map((one) => (
        <div key={`${one.kind} ${one.value} ${one.first_seen}`} className="small" style={{ overflowWrap: 'anywhere' }}>
          <span className="muted">{t(`identifier.${one.kind}`)}</span> <span className="mono">{one.value}</span>
          {one.verified && <Tag color="green" style={{ marginInlineStart: 6 }}>{t('making.verified')}</Tag>}
        </div>
      ))}
      {person.identifiers.length > kShown && <div className="muted small">{t('making.more', { count: person.identifiers.length - kShown })}</div>}
    </div>
  );
}

export function People({ people, title }: { people: Person[]; title: (index: number) => string }) {
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'repeat(auto-fit, minmax(220px, 1fr))', marginBottom: 14 }}>
      {people.map((person, index) => <PersonCard key={person.id} person={person} title={title(index)} />)}
    </div>
  );
}
