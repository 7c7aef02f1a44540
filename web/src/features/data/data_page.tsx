// Does everything arrive, and what does not? Sources, live debugger, quarantine, and how the parts are.
import { Alert, Tabs } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useGetStatus, type Status } from '../../api/generated';
import { DrillNumber } from '../../components/drill_number';
import { Load } from '../../components/load';
import { Page } from '../../components/page';
import { Told } from '../../components/told';
import { compact, duration, exact } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useView } from '../../state/view';
import { ImportsTab } from './imports_tab';
import { ItemsTab } from './items_tab';
import { LiveTab } from './live_tab';
import { PlanTab } from './plan_tab';
import { QuarantineTab } from './quarantine_tab';
import { SourcesTab } from './sources_tab';
import { VirtualTab } from './virtual_tab';

function StatusCards({ status }: { status: Status }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { engine, journal, mover } = status;
  const bytes = (value: number) => `${exact(value / 1_048_576, language)} MB`;
  const all = compact(status.events, language);
  const cards: { title: string; value: ReactNode; hint: string; note: ReactNode; told?: string; bad?: boolean }[] = [
    {
      title: t('status.events'), hint: exact(status.events, language),
      value: status.events === 0 ? all : <DrillNumber className="value small-value" behind="explained" to={{ title: t('status.events'), scope: 'all', why: 'index', shown: exact(status.events, language) }}>{all}</DrillNumber>,
      note: <Link to="/customers" data-drill="link">{t('status.customers', { count: status.customers, customers: exact(status.customers, language) })}</Link>,
    },
    { title: t('status.waiting'), told: t('status.waiting_told'), value: compact(journal.waiting_events, language), hint: exact(journal.waiting_events, language), note: bytes(journal.waiting_bytes) },
    { title: t('status.lag'), told: t('status.lag_told'), value: mover.lag_ms === 0 ? t('status.no_lag') : duration(mover.lag_ms, language), hint: '', note: t('status.blocks', { count: mover.blocks, blocks: exact(mover.blocks, language) }) },
    { title: t('status.engine'), told: t('status.engine_told'), value: t(`engine.${engine.state}`), hint: engine.version, note: `${bytes(engine.memory_bytes)} · ${t('status.restarts', { count: engine.restarts })}`, bad: engine.state !== 'ready' },
  ];
  return (
    <div className="grid cards">
      {cards.map((card) => (
        <div key={card.title} className="stat">
          <div className="top">{card.title}</div>
          {card.told
            ? <Told words={card.told}><button type="button" className="value" data-drill="told" style={{ fontSize: 22, ...(card.bad && { color: 'var(--bad)' }) }} title={card.hint}>{card.value}</button></Told>
            : <span className="value" style={{ fontSize: 22 }} title={card.hint}>{card.value}</span>}
          <div className="meta">{card.note}</div>
        </div>
      ))}
    </div>
  );
}

/** What is wrong or about to be, with what to do: each kind has its words and its unit. */
function Notices({ status }: { status: Status }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const shown = ({ key }: Status['notices'][number], value: number) => {
    if (key === 'clock_jumped') return duration(Math.abs(value) * 1000, language);
    return key === 'names_full' ? exact(value, language) : `${exact(value / 1_048_576, language)} MB`;
  };
  return status.notices.map((notice) => (
    <Alert key={notice.key + notice.subject} showIcon style={{ marginBottom: 12 }} type={notice.key === 'journal_full' ? 'error' : 'warning'}
      title={t(`notice.${notice.key}`, { subject: notice.subject, value: shown(notice, notice.value), limit: shown(notice, notice.limit) })} />
  ));
}

export function DataPage() {
  const { t } = useTranslation();
  const [tab, choose] = useView('sources');
  const language = useLanguage();
  const status = useGetStatus({ refetchInterval: 5_000, keep: true });
  const waiting = status.data?.quarantined ?? 0;
  return (
    <Page title={t('nav.data')} answers={t('data.answers')}>
      <Load query={status} rows={2}>{(data) => <><Notices status={data} /><StatusCards status={data} /></>}</Load>
      <div className="section">
        <Tabs activeKey={tab} onChange={choose} destroyOnHidden items={[
          { key: 'sources', label: t('data.sources'), children: <SourcesTab /> },
          { key: 'virtual', label: t('data.virtual'), children: <VirtualTab /> },
          { key: 'imports', label: t('data.imports'), children: <ImportsTab /> },
          { key: 'items', label: t('data.items'), children: <ItemsTab /> },
          { key: 'live', label: t('data.live'), children: <LiveTab /> },
          { key: 'plan', label: t('data.plan'), children: <PlanTab /> },
          { key: 'quarantine', label: waiting > 0 ? `${t('data.quarantine')} (${exact(waiting, language)})` : t('data.quarantine'), children: <QuarantineTab /> },
        ]} />
      </div>
    </Page>
  );
}
