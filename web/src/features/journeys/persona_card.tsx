// The persona that the journeys are of: who these customers are, and how many.
import { useTranslation } from 'react-i18next';
import { useGetPersonaSizes } from '../../api/generated';
import { Panel } from '../../components/page';
import { exact, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useFilters, useScope } from '../../state/filters';
import { usePersonas } from './personas';

export function PersonaCard() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { filters } = useFilters();
  const { query: { persona, ...query }, ready } = useScope();
  const { items, name } = usePersonas();
  const chosen = items.find((one) => one.key === filters.persona);
  const sizes = useGetPersonaSizes(query, { enabled: ready && persona !== undefined && chosen !== undefined });
  if (!chosen) return null;
  const size = sizes.data?.items.find((one) => one.key === chosen.key);
  const parts = (['description', 'goals', 'frustrations'] as const).filter((part) => chosen[part] !== '');
  return (
    <Panel title={name(chosen)} note={size && size.customers !== null && t('persona.is', { count: size.customers, shown: exact(size.customers, language), share: size.share === null ? '–' : percent(size.share, language) })}>
      <div data-testid="persona-card">
        {chosen.quote && <blockquote style={{ margin: '0 0 8px', paddingInlineStart: 10, borderInlineStart: '3px solid var(--border)', overflowWrap: 'anywhere', whiteSpace: 'pre-line' }}>{chosen.quote}</blockquote>}
        {parts.length > 0 && (
          <div style={{ display: 'grid', gap: 12, gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 220px), 1fr))' }}>
            {parts.map((part) => <div key={part}><div className="muted small">{t(`persona.${part}`)}</div><div style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-line' }}>{chosen[part]}</div></div>)}
          </div>
        )}
        <div className="muted small" style={{ marginTop: 8 }}>{t('persona.where')}</div>
        <code className="small" style={{ overflowWrap: 'anywhere' }}>{chosen.where}</code>
      </div>
    </Panel>
  );
}
